import { exchange } from '@sanjiang/contract'
import { RECONCILIATION_STATES, type Reconciliation, type SubscriptionDetail } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { CALM_MS, countText, ReconciledTag, TroubleLine } from './exchange.words.tsx'

const Named = ({ of }: { of: Reconciliation }) =>
  of.examples.length > 0 && (
    <details>
      <summary>列出不一致的行（{of.examples.length}）</summary>
      <ul className="plain small">
        {of.examples.map(({ row_key, difference }) => (
          <li key={`${row_key} ${difference}`}>
            <span className="mono">{row_key}</span> {difference}
          </li>
        ))}
      </ul>
    </details>
  )

const orDash = (count: number | null): string => (count === null ? '—' : countText(count))

const COLUMNS: readonly Column<Reconciliation>[] = [
  {
    title: '开始',
    kind: 'lead',
    render: (row) => (
      <>
        {timeText(row.started_at)}
        <TroubleLine trouble={row.trouble} />
        <Named of={row} />
      </>
    ),
    text: (row) => row.started_at,
  },
  {
    title: '结果',
    render: (row) => <ReconciledTag of={row} />,
    text: (row) => RECONCILIATION_STATES.titles[row.state],
  },
  { title: '源行数', kind: 'num', render: (row) => orDash(row.source_rows), text: (row) => row.source_rows },
  { title: '目标行数', kind: 'num', render: (row) => orDash(row.target_rows), text: (row) => row.target_rows },
  {
    title: '区间（不同）',
    kind: 'num',
    render: (row) => `${countText(row.ranges)}（${countText(row.differing_ranges)}）`,
    text: (row) => row.differing_ranges,
  },
  { title: '缺', kind: 'num', render: (row) => countText(row.missing), text: (row) => row.missing },
  { title: '多', kind: 'num', render: (row) => countText(row.surplus), text: (row) => row.surplus },
  { title: '改', kind: 'num', render: (row) => countText(row.changed), text: (row) => row.changed },
  { title: '已修复', kind: 'num', render: (row) => countText(row.repaired), text: (row) => row.repaired },
]

/** Both sides compared under the same grant; run now where one may. */
export const ReconciliationList = ({ of }: { of: SubscriptionDetail }) => {
  const client = useQueryClient()
  const key = ['exchange', 'reconciliations', of.subscription_id]
  const query = usePaged(
    key,
    (after) => call(exchange.listReconciliations, { params: { id: of.subscription_id }, query: { after } }),
    { everyMs: CALM_MS },
  )
  const act = useMutation({
    mutationFn: () => call(exchange.reconcile, { params: { id: of.subscription_id }, body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
  const often =
    of.reconcile_hours === 0 ? '每次传输之后自动对账' : `每次传输之后、以及每 ${of.reconcile_hours} 小时自动对账`
  return (
    <div className="stack">
      <div className="spread">
        <span className="muted small">
          {often}：两边按同一授权逐区间算摘要，只有摘要不同的区间才逐行比；删除的行也在比较之内。
        </span>
        {of.can.includes('reconcile') && (
          <Button type="primary" loading={act.isPending} onClick={() => act.mutate()}>
            立即对账
          </Button>
        )}
      </div>
      {act.isError && <ErrorAlert error={act.error} />}
      <PagedListing
        caption="对账记录"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.reconciliation_id}
        empty="还没有对过账"
      />
    </div>
  )
}
