import { approveResources, publishResources, type Resource, submitResources } from '@sanjiang/contract/catalog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { BulkEdit } from './bulk-edit.tsx'
import './batch.css'

const ACTS = {
  submit: { title: '批量提交', endpoint: submitResources },
  approve: { title: '批量审核通过', endpoint: approveResources },
  publish: { title: '批量发布', endpoint: publishResources },
} as const
type Act = keyof typeof ACTS

const useBulk = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ act, rows }: { act: Act; rows: readonly Resource[] }) => {
      const { outcomes } = await call(ACTS[act].endpoint, {
        body: { resource_ids: rows.map(({ resource_id }) => resource_id).slice(0, 200) },
      })
      return { act, outcomes }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['catalog'] }),
  })
}

/** What was done and what was not, entry by entry. */
const Outcomes = ({ bulk }: { bulk: ReturnType<typeof useBulk> }) => {
  if (bulk.isError) return <ErrorAlert error={bulk.error} />
  if (!bulk.data) return null
  const { act, outcomes } = bulk.data
  const refused = outcomes.filter(({ is_done }) => !is_done)
  return (
    <Alert
      type={refused.length > 0 ? 'warning' : 'success'}
      showIcon
      role="status"
      closable
      title={`${ACTS[act].title}：成功 ${outcomes.length - refused.length} 个${refused.length > 0 ? `，未成 ${refused.length} 个` : ''}`}
      description={
        refused.length > 0 && (
          <ul>
            {refused.map(({ resource_id, name, message }) => (
              <li key={resource_id}>
                <b>{name ?? '条目'}</b>：{message}
              </li>
            ))}
          </ul>
        )
      }
    />
  )
}

interface Props {
  readonly chosen: readonly Resource[]
  readonly onClear: () => void
}

/** Acts on the entries ticked in the list: each goes through the same gates as when done one by one. */
export const BulkBar = ({ chosen, onClear }: Props) => {
  const bulk = useBulk()
  const canEdit = useCan('catalog.batch.edit')
  const [isEditing, setEditing] = useState(false)
  const able = (act: Act) => chosen.filter(({ can }) => can.includes(act))
  return (
    <>
      <Outcomes bulk={bulk} />
      {chosen.length > 0 && (
        <section className="bulk-bar" aria-label="批量操作">
          <strong>已选 {chosen.length} 个</strong>
          {(Object.keys(ACTS) as Act[]).map((act) => {
            const rows = able(act)
            return rows.length === 0 ? null : (
              <Button
                key={act}
                type="primary"
                loading={bulk.isPending}
                onClick={() => bulk.mutate({ act, rows }, { onSuccess: onClear })}
              >
                {ACTS[act].title} {rows.length} 个
              </Button>
            )
          })}
          {canEdit && <Button onClick={() => setEditing(true)}>批量修改</Button>}
          <Button onClick={onClear}>取消选择</Button>
        </section>
      )}
      {isEditing && <BulkEdit chosen={chosen} onClose={() => setEditing(false)} />}
    </>
  )
}
