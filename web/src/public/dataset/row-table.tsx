import type { PreviewCell, PreviewColumn, TablePreview } from '@sanjiang/contract/site.preview'
import { Scroll } from '../scroll.tsx'
import { type CellShape, canStay, isWiderThan, shapesOf } from './cell-shape.ts'

interface RowTableProps {
  readonly table: TablePreview
  readonly caption: string
  /** Where sorting and paging lead; without it the table is only read. */
  readonly path?: string
}

const addressOf = (
  path: string,
  { q, sort, is_descending, from }: Pick<TablePreview, 'q' | 'sort' | 'is_descending' | 'from'>,
) => {
  const words = new URLSearchParams()
  if (q) words.set('q', q)
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

const ARROWS = { ascending: '▲', descending: '▼' } as const

const HeadCell = ({ table, column, path }: HeadProps) => {
  const sorted = sortWord(table, column.name)
  const next = { q: table.q, sort: column.name, is_descending: sorted === 'ascending', from: 0 }
  return (
    <th scope="col" aria-sort={sorted} className={column.is_number ? 'number' : undefined}>
      {path && column.can_sort ? (
        <a href={addressOf(path, next)}>
          {titleOf(column)}
          {sorted && <span aria-hidden="true"> {ARROWS[sorted]}</span>}
        </a>
      ) : (
        titleOf(column)
      )}
    </th>
  )
}

interface CellProps {
  readonly cell: PreviewCell
  readonly shape: CellShape
  /** What the row is called by. */
  readonly isFirst: boolean
}

const textOf = (cell: PreviewCell) => {
  if (cell === false) return <span className="none">未公布</span>
  return cell ?? <span className="none">无</span>
}

const Cell = ({ cell, shape, isFirst }: CellProps) => {
  const text = textOf(cell)
  const kind = { className: shape.kind, 'data-pad': shape.padOf(cell) }
  return isFirst ? (
    <th scope="row" {...kind}>
      {text}
    </th>
  ) : (
    <td {...kind}>{text}</td>
  )
}

/** So wide a window holds the table whole, in Chinese characters. */
const PHONE = 20
const DESK = 62

/** Said where there is more than is in sight: a bar for scrolling is not shown everywhere. */
const WideHint = ({ shapes }: { readonly shapes: readonly CellShape[] }) =>
  isWiderThan(shapes, PHONE) && (
    <p className={isWiderThan(shapes, DESK) ? 'meta sideways' : 'meta sideways on-phone'}>
      共 {shapes.length} 列，左右滑动可看全<span aria-hidden="true"> ⇄</span>
    </p>
  )

/** Rows in a region that scrolls by itself, reached by keyboard, its first column staying in sight. */
export const RowTable = ({ table, caption, path }: RowTableProps) => {
  const shapes = shapesOf(table)
  return (
    <>
      <WideHint shapes={shapes} />
      <Scroll label={`${caption}，可左右滚动`}>
        <table className={canStay(shapes) ? 'rows' : 'rows loose'}>
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
                {row.map((cell, index) => (
                  <Cell key={table.columns[index]!.name} cell={cell} shape={shapes[index]!} isFirst={index === 0} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {table.rows.some((row) => row.includes(false)) && (
        <p className="meta">“未公布”：有这个数，为保护个人信息不公布；“无”：来源没有这个数。</p>
      )}
    </>
  )
}

interface RowSearchProps {
  readonly table: TablePreview
  readonly path: string
  /** Where the rows that were found are to be had as a file. */
  readonly exportPath: string
}

/** A word is enough to come to one's own row: nobody pages through thousands. */
export const RowSearch = ({ table: { q, sort, is_descending, total, limit }, path, exportPath }: RowSearchProps) => (
  <>
    {(q !== '' || total > limit) && (
      <form className="search rows-search" action={path} method="get" aria-label="在数据里找">
        <label htmlFor="rows-q">在数据里找</label>
        <input
          id="rows-q"
          name="q"
          type="search"
          defaultValue={q}
          maxLength={100}
          placeholder="行里的文字，如地名、名称"
        />
        {sort && <input type="hidden" name="sort" value={sort} />}
        {sort && is_descending && <input type="hidden" name="order" value="desc" />}
        <button type="submit">查找</button>
      </form>
    )}
    {q !== '' && (
      <p role="status">
        {total === 0 ? `没有哪一行的文字里有“${q}”。` : `${total.toLocaleString('zh-CN')} 行的文字里有“${q}”。`}
        <a href={path}>看全部行</a>
        {total > 0 && (
          <>
            {' · '}
            <a href={`${exportPath}?${new URLSearchParams({ q, bom: '1' })}`} rel="nofollow">
              下载这些行（CSV）
            </a>
          </>
        )}
      </p>
    )}
  </>
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
