import { opendata } from '@sanjiang/contract'
import type { InquiryDetail } from '@sanjiang/contract/opendata'
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useMatterAct } from './matter-act.ts'

type Assignment = { organ_id: string; note?: string }
type Candidate = Awaited<ReturnType<typeof readCandidates>>['rows'][number]

const readCandidates = (id: string, q: string) =>
  call(opendata.listInquiryCandidates, { params: { id }, query: { q: q || undefined } })

const OPEN_TITLES: Record<string, string> = {
  unconditional: '可无条件开放',
  conditional: '可有条件开放',
  closed: '不予开放',
}

const columnsOf = (assign: ((organ_id: string) => void) | undefined): readonly Column<Candidate>[] => [
  {
    title: '资源',
    kind: 'lead',
    render: (row) => <Link to={`/catalog/resources/${row.resource_id}`}>{row.name}</Link>,
  },
  { title: '提供方', render: (row) => row.provider_name },
  {
    title: '开放',
    render: (row) => (row.slug ? `已开放：${row.slug}` : (OPEN_TITLES[row.open_type] ?? row.open_type)),
  },
  { title: '相近的信息项', render: (row) => row.matched_items.join('、') },
  ...(assign
    ? [
        {
          title: '分办',
          render: (row: Candidate) => (
            <Button size="small" onClick={() => assign(row.provider_organ_id)}>
              转{row.provider_name}
            </Button>
          ),
        },
      ]
    : []),
]

/** Entries of the inside catalogue that may hold what is wished for. */
export const Candidates = ({ inquiry, assign }: { inquiry: InquiryDetail; assign?: (organ_id: string) => void }) => {
  const [q, setQ] = useState(inquiry.title)
  const query = useQuery({
    queryKey: ['opendata', 'inquiry', inquiry.inquiry_id, 'candidates', q],
    queryFn: () => readCandidates(inquiry.inquiry_id, q),
  })
  return (
    <Panel title="目录里可能有的资源">
      <Input.Search
        aria-label="在目录里查找"
        defaultValue={q}
        maxLength={100}
        onSearch={setQ}
        style={{ maxWidth: '24rem', marginBottom: '.6rem' }}
      />
      <Loaded query={query}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="sub">目录里没有相近的资源。</p>
          ) : (
            <Listing caption="可能的资源" rows={rows} columns={columnsOf(assign)} rowKey={(row) => row.resource_id} />
          )
        }
      </Loaded>
    </Panel>
  )
}

export const AssignPanel = ({ inquiry }: { readonly inquiry: InquiryDetail }) => {
  const [form] = Form.useForm<Assignment>()
  const act = useMatterAct((body: Assignment) =>
    call(opendata.assignInquiry, { params: { id: inquiry.inquiry_id }, body }),
  )
  return (
    <>
      <Panel title={inquiry.organ_id === null ? '分办' : '改派'}>
        <Form form={form} layout="vertical" onFinish={(body) => act.mutate(body)}>
          <Form.Item name="organ_id" label="办理部门" rules={[{ required: true, message: '请选择部门' }]}>
            <OrganSelect id="organ_id" label="办理部门" />
          </Form.Item>
          <Form.Item name="note" label="给部门的话">
            <Input maxLength={500} />
          </Form.Item>
          {act.isError && <ErrorAlert error={act.error} />}
          <Button type={inquiry.organ_id === null ? 'primary' : 'default'} htmlType="submit" loading={act.isPending}>
            转去办理
          </Button>
        </Form>
      </Panel>
      {inquiry.kind === 'wish' && <Candidates inquiry={inquiry} assign={(organ_id) => act.mutate({ organ_id })} />}
    </>
  )
}
