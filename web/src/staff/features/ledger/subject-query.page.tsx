import { ledger } from '@sanjiang/contract'
import type { SubjectTrace } from '@sanjiang/contract/ledger'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { timeText } from '../../../ui/instant.ts'
import { Listing, Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { BulkTrace } from './bulk-trace.tsx'
import { type Asked, TRACE_COLUMNS } from './trace-columns.tsx'

/** Whose data was looked at, by whom and why. Asking is itself a look, and is sealed before it is answered. */
export const SubjectQueryPage = () => {
  const [form] = Form.useForm<Asked>()
  const [rows, setRows] = useState<readonly SubjectTrace[]>()
  const [last, setLast] = useState<{ asked: Asked; next: string | null }>()
  const act = useMutation({
    mutationFn: ({ asked, after }: { asked: Asked; after?: string }) =>
      call(ledger.querySubject, { body: { ...asked, after } }),
    onSuccess: (page, { asked, after }) => {
      setRows((before) => (after && before ? [...before, ...page.rows] : page.rows))
      setLast({ asked, next: page.next })
    },
    onError: (error) => showFaults(form, error),
  })
  const receipt = act.data?.receipt
  return (
    <Page
      title="谁查了我"
      sub="受理公民询问时使用：某人的数据被谁、何时、为何取用。账本里只有加钥杂凑，凭号码才能对上。"
    >
      <Panel>
        <Alert
          type="info"
          showIcon
          title="这次查询本身也会写入账本"
          description="查询人、机构、理由先行存证，再给出结果；以后再查，会看到这一次。"
          style={{ marginBottom: '1rem' }}
        />
        <Form form={form} layout="vertical" onFinish={(asked) => act.mutate({ asked })} style={{ maxWidth: '36rem' }}>
          <Form.Item
            name="citizen_id"
            label="公民身份号码"
            rules={[{ required: true, whitespace: true, message: '请填写公民身份号码' }]}
          >
            <Input maxLength={64} autoComplete="off" inputMode="text" className="mono" />
          </Form.Item>
          <Form.Item
            name="reason"
            label="查询理由"
            rules={[{ required: true, min: 4, message: '请说明理由（不少于 4 个字）' }]}
          >
            <Input.TextArea rows={2} maxLength={500} placeholder="如：本人到窗口申请查询，受理单 2017-0331" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={act.isPending}>
            存证并查询
          </Button>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Panel>
      {rows && (
        <>
          {receipt && (
            <p className="muted">
              本次查询已存证：
              <Link to={`/ledger/logs/${receipt.log_id}/entries/${receipt.seq}`}>第 {receipt.seq} 条</Link>（
              {timeText(receipt.at)}）
            </p>
          )}
          {rows.length === 0 ? (
            <Panel>
              <Nothing>没有取用记录</Nothing>
            </Panel>
          ) : (
            <Listing
              caption="取用记录"
              rows={rows}
              columns={TRACE_COLUMNS}
              rowKey={({ log_id, seq }) => `${log_id} ${seq}`}
              foot={
                <>
                  <span>已列出 {rows.length} 条</span>
                  {last?.next && (
                    <Button
                      size="small"
                      loading={act.isPending}
                      onClick={() => act.mutate({ asked: last.asked, after: last.next ?? undefined })}
                    >
                      再列一页
                    </Button>
                  )}
                </>
              }
            />
          )}
          {last && <BulkTrace key={`${last.asked.citizen_id} ${last.asked.reason}`} asked={last.asked} />}
        </>
      )}
    </Page>
  )
}
