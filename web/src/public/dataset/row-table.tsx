import type { PreviewColumn, TablePreview } from '@sanjiang/contract/site.preview'
import { Scroll } from '../scroll.tsx'

interface RowTableProps {
  readonly table: TablePreview
  readonly caption: string
  /** Where sorting and paging lead; without it the table is only read. */
  readonly path?: string
}

const addressOf = (
  path: string,
  { sort, is_descending, from }: Pick<TablePreview, 'sort' | 'is_descending' | 'from'>,
) => {
  const words = new URLSearchParams()
  if (sort) words.set('sort', sort)
  if (sort && is_descending) words.set('order', 'desc')
  if (from > 0) words.set('from', String(from))
  return words.size > 0 ? `${path}?${words}` : path
}

const titleOf = ({ title, unit }: PreviewColumn): string => (unit ? `${title}（${unit}）` : title)

const sortWord = (table: TablePreview, name: string): 'ascending' | 'descending' | undefined =>
  table.sort === name ? (table.is_descending ? 'descending' : 'ascending') : undefined

interface HeadProps {
  readonly table: TablePreview
  readonly column: PreviewColumn
  readonly path: string | undefined
}

const HeadCell = ({ table, column, path }: HeadProps) => {
  const sorted = sortWord(table, column.name)
  const arrow = sorted ? (sorted === 'ascending' ? '▲' : '▼') : ''
  const next = { sort: column.name, is_descending: sorted === 'ascending', from: 0 }
  return (
    <th scope="col" aria-sort={sorted} className={column.is_number ? 'number' : undefined}>
      {path && column.can_sort ? (
        <a href={addressOf(path, next)}>
          {titleOf(column)}
          {arrow && <span aria-hidden="true"> {arrow}</span>}
        </a>
      ) : (
        titleOf(column)
      )}
    </th>
  )
}

/** Rows in a region that scrolls by itself, reached by keyboard, its first column staying in sight. */
export const RowTable = ({ table, caption, path }: RowTableProps) => (
  <Scroll label={`${caption}，可左右滚动`}>
    <table>
      <thead>
        <tr>
          {table.columns.map((column) => (
            <HeadCell key={column.name} table={table} column={column} path={path} />
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, index) => {
              const column = table.columns[index]!
              const text = cell ?? <span className="none">无</span>
              return index === 0 ? (
                <th key={column.name} scope="row" className={column.is_number ? 'number' : undefined}>
                  {text}
                </th>
              ) : (
                <td key={column.name} className={column.is_number ? 'number' : undefined}>
                  {text}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
)

const MOST_FROM = 10_000

export const RowPages = ({ table, path }: { readonly table: TablePreview; readonly path: string }) => {
  const { from, limit, total, rows } = table
  const hasNext = from + rows.length < total && from + limit <= MOST_FROM
  return (
    <nav className="pages" aria-label="翻页">
      {from > 0 && <a href={addressOf(path, { ...table, from: Math.max(0, from - limit) })}>上一页</a>}
      <span>
        {total === 0 ? '没有行' : `第 ${from + 1}–${from + rows.length} 行，共 ${total.toLocaleString('zh-CN')} 行`}
      </span>
      {hasNext && <a href={addressOf(path, { ...table, from: from + limit })}>下一页</a>}
    </nav>
  )
}
