import { exchange } from '@sanjiang/contract'
import { DRIFT_DECISIONS, DRIFT_KINDS, type Drift, type FeedDetail } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { CALM_MS } from './exchange.words.tsx'

interface Decision {
  readonly decision: (typeof DRIFT_DECISIONS.codes)[number]
  readonly column?: string
  readonly reason: string
}

const HINTS: Record<Decision['decision'], string> = {
  hold: '先不送数据，等目录或源库改好',
  translate: '信息项改从另一个字段读取；重新读一次全量，期间的写入都在其中',
  approve: '接受这一变化：改名的随之改读，消失的不再提供（需要它的传输停住并通知使用方），并为目录打开修订稿',
}

const DecideButton = ({ drift, feed }: { drift: Drift; feed: FeedDetail }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Decision>()
  const decision = Form.useWatch('decision', form)
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (body: Decision) => call(exchange.decideDrift, { params: { id: drift.drift_id }, body }),
    onSuccess: () => {
      setOpen(false)
      void client.invalidateQueries({ queryKey: ['exchange', 'drifts', feed.feed_id] })
      void client.invalidateQueries({ queryKey: ['exchange', 'feed', feed.feed_id] })
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <>
      <Button size="small" type="primary" onClick={() => setOpen(true)} aria-label={`处理字段 ${drift.column} 的变化`}>
        处理
      </Button>
      <Modal
        title={`${DRIFT_KINDS.titles[drift.kind]}：${drift.column}`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="确定"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form form={form} layout="vertical" onFinish={(fields) => act.mutate(fields)}>
          <Form.Item name="decision" label="怎样处理" rules={[{ required: true, message: '请选择' }]}>
            <Radio.Group className="choices">
              {DRIFT_DECISIONS.codes.map((code) => (
                <Radio key={code} value={code}>
                  {DRIFT_DECISIONS.titles[code]}
                  <small>{HINTS[code]}</small>
                </Radio>
              ))}
            </Radio.Group>
          </Form.Item>
          {decision === 'translate' && (
            <Form.Item
              name="column"
              label="新字段"
              rules={[{ required: true, whitespace: true, message: '请填写新字段' }]}
              initialValue={drift.kind === 'renamed' ? drift.now : undefined}
            >
              <Input className="mono" maxLength={128} />
            </Form.Item>
          )}
          <Form.Item name="reason" label="原因" rules={[{ required: true, whitespace: true, message: '请填写原因' }]}>
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

const Affected = ({ of }: { of: Drift['affected_grants'] }) =>
  of.length === 0 ? (
    <>没有</>
  ) : (
    <ul className="plain">
      {of.map(({ grant_id, consumer_name, scenario }) => (
        <li key={grant_id}>
          <Link to={`/sharing/grants/${grant_id}`}>{consumer_name}</Link>{' '}
          <span className="muted small">{scenario}</span>
        </li>
      ))}
    </ul>
  )

const columnsFor = (feed: FeedDetail): readonly Column<Drift>[] => [
  {
    title: '变化',
    kind: 'lead',
    render: (row) => (
      <>
        {DRIFT_KINDS.titles[row.kind]} <span className="mono">{row.column}</span>
      </>
    ),
    text: (row) => `${DRIFT_KINDS.titles[row.kind]} ${row.column}`,
  },
  {
    title: '信息项',
    render: (row) => feed.bindings.find(({ item }) => item === row.item)?.item_name ?? row.item ?? '未绑定',
    text: (row) => row.item,
  },
  {
    title: '原来 → 现在',
    render: (row) => (
      <span className="mono small">
        {row.was || '没有'} → {row.now || '没有'}
      </span>
    ),
    text: (row) => `${row.was} → ${row.now}`,
  },
  { title: '发现', kind: 'fix', render: (row) => timeText(row.found_at), text: (row) => row.found_at },
  { title: '受影响的授权', render: (row) => <Affected of={row.affected_grants} /> },
  {
    title: '处理',
    render: (row) =>
      row.decision ? (
        <>
          {row.decision === 'hold' && feed.can.includes('change') && <DecideButton drift={row} feed={feed} />}
          <StateTag tone={row.decision === 'hold' ? 'wait' : 'good'}>{DRIFT_DECISIONS.titles[row.decision]}</StateTag>
          <div className="muted small">
            {row.decided_by_name} {row.decided_at && timeText(row.decided_at)}
          </div>
          {row.is_revised && <Link to={`/catalog/resources/${feed.resource_id}`}>目录修订稿</Link>}
        </>
      ) : feed.can.includes('change') ? (
        <DecideButton drift={row} feed={feed} />
      ) : (
        <StateTag tone="wait">待提供方处理</StateTag>
      ),
    text: (row) => row.decision && DRIFT_DECISIONS.titles[row.decision],
  },
]

/** Where the source no longer looks as bound, who is touched, and what the provider decided. */
export const DriftList = ({ feed }: { feed: FeedDetail }) => {
  const query = usePaged(
    ['exchange', 'drifts', feed.feed_id],
    (after) => call(exchange.listDrifts, { params: { id: feed.feed_id }, query: { after } }),
    { everyMs: CALM_MS },
  )
  return (
    <PagedListing
      caption="源结构变化"
      query={query}
      columns={columnsFor(feed)}
      rowKey={(row) => row.drift_id}
      empty="源库的结构与绑定一致，没有发现变化"
    />
  )
}
