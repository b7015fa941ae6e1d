import { exchange } from '@sanjiang/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Listing, Nothing } from '../../../ui/listing.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { type Asked, TRACE_COLUMNS } from './trace-columns.tsx'

/** Each part is a question of its own, sealed with its reason; hence never asked again by itself. */
const useTraces = (asked: Asked) =>
  useInfiniteQuery({
    queryKey: ['exchange', 'subject-trace', asked],
    queryFn: ({ pageParam }) => call(exchange.traceSubject, { body: { ...asked, after: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })

/** Deliveries by table and file in which the person's row stood: looked for in what is kept of each, newest first. */
export const BulkTrace = ({ asked }: { asked: Asked }) => {
  const query = useTraces(asked)
  const pages = query.data?.pages ?? []
  const rows = pages.flatMap((page) => page.rows)
  const looked = pages.reduce((sum, page) => sum + page.looked, 0)
  return (
    <div style={{ marginTop: '1rem' }}>
      <Panel title="在批量交付中">
        <p className="muted small">
          库表、文件的交付不逐人登记；开启逐行存证的挂接，凭公民身份号码能查出此人的行在哪些交付之中——键就是公民身份号码的才查得到。没有开启、或已过留存期的，不在其列。
        </p>
        {query.isError && <ErrorAlert error={query.error} />}
        {query.isPending && <output className="verdict busy">正在逐块查找…</output>}
        {query.data && rows.length === 0 && (
          <Nothing>{query.hasNextPage ? '查过的数据块里还没有' : '没有查到批量交付'}</Nothing>
        )}
        {rows.length > 0 && (
          <Listing
            caption="批量交付中的取用记录"
            rows={rows}
            columns={TRACE_COLUMNS}
            rowKey={({ log_id, seq }) => `${log_id} ${seq}`}
          />
        )}
        {query.data && (
          <div className="row" style={{ marginTop: '.75rem' }}>
            <span className="muted">
              已查过最近的 {looked} 块{query.hasNextPage ? '，还有更早的' : '，全部查完'}
            </span>
            {query.hasNextPage && (
              <Button size="small" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                再往前查
              </Button>
            )}
          </div>
        )}
      </Panel>
    </div>
  )
}
