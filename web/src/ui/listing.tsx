import type { Paged } from '@sanjiang/contract'
import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import { Button, Empty, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { saveText } from './copy.tsx'
import { ErrorAlert } from './states.tsx'
import './views.css'

export interface Column<Row> {
  readonly title: string
  readonly render: (row: Row) => ReactNode
  /** What stands in the exported file; a column without it is not exported. */
  readonly text?: (row: Row) => string | number | null | undefined
  /** `lead` names the row, `num` is compared down the column, `fix` is not broken over lines. */
  readonly kind?: 'lead' | 'num' | 'fix'
  readonly width?: string
}

interface ListingProps<Row> {
  readonly caption: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  readonly foot?: ReactNode
}

/** A table that becomes a list of cards on a phone; the first `lead` column is the card's title. */
export const Listing = <Row,>({ caption, rows, columns, rowKey, foot }: ListingProps<Row>) => (
  <div className="listing-box">
    <table className="listing">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, kind, width }) => (
            <th key={title} scope="col" className={kind} style={{ width }}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ title, render, kind }) => (
              <td key={title} data-label={title} className={kind}>
                {render(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    {foot && <div className="listing-foot">{foot}</div>}
  </div>
)

/** Quoted; what a spreadsheet would take for a formula is led by an apostrophe. */
const cell = (value: string | number | null | undefined): string => {
  const text = String(value ?? '')
  return `"${(/^[=+\-@\t\r]/.test(text) && typeof value !== 'number' ? `'${text}` : text).replaceAll('"', '""')}"`
}

const toCsv = <Row,>(rows: readonly Row[], columns: readonly Column<Row>[]): string => {
  const told = columns.filter((column) => column.text)
  const lines = [told.map(({ title }) => cell(title)), ...rows.map((row) => told.map(({ text }) => cell(text?.(row))))]
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

interface PagedOptions<Row> {
  /** Read again at this pace while the window is seen; by what was read last, where it depends on that. */
  readonly everyMs?: number | ((rows: readonly Row[]) => number | false)
  readonly enabled?: boolean
}

/** Keyset pages, one after another. */
export const usePaged = <Row,>(
  key: QueryKey,
  read: (after: string | undefined) => Promise<Paged<Row>>,
  { everyMs, enabled }: PagedOptions<Row> = {},
) =>
  useInfiniteQuery<Paged<Row>, Error, InfiniteData<Paged<Row>>, QueryKey, string | undefined>({
    queryKey: key,
    refetchInterval:
      typeof everyMs === 'function'
        ? ({ state: { data } }) => everyMs(data?.pages.flatMap(({ rows }) => rows) ?? [])
        : everyMs,
    enabled,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })

export type PagedQuery<Row> = ReturnType<typeof usePaged<Row>>

export const rowsOf = <Row,>(query: PagedQuery<Row>): Row[] => query.data?.pages.flatMap(({ rows }) => rows) ?? []

/** Load → denied, error, empty, rows, more; and the rows seen so far as a file. */
export const PagedListing = <Row,>({
  query,
  empty,
  ...listing
}: Omit<ListingProps<Row>, 'rows' | 'foot'> & { query: PagedQuery<Row>; empty: ReactNode }) => {
  if (query.isPending) return <Skeleton active paragraph={{ rows: 6 }} aria-label="正在载入" />
  if (query.isError) return <ErrorAlert error={query.error} />
  const rows = rowsOf(query)
  if (rows.length === 0)
    return <div className="panel">{typeof empty === 'string' ? <Nothing>{empty}</Nothing> : empty}</div>
  const foot = (
    <>
      <span>
        已列出 {rows.length} 条{query.hasNextPage ? '' : '，没有更多'}
      </span>
      <span className="row">
        {listing.columns.some(({ text }) => text) && (
          <Button size="small" onClick={() => saveText(`${listing.caption}.csv`, toCsv(rows, listing.columns))}>
            导出 CSV
          </Button>
        )}
        {query.hasNextPage && (
          <Button size="small" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            再列一页
          </Button>
        )}
      </span>
    </>
  )
  return <Listing {...listing} rows={rows} foot={foot} />
}

export const Nothing = ({ children }: { children: ReactNode }) => (
  <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children} />
)
