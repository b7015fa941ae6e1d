import type { OpenColumn, OpenRows } from '@sanjiang/contract/opendata'
import type { CellStatus } from '@sanjiang/contract/site.status'
import type { Values } from './stage.ts'

/** A released column, or one that explains the cells of another. */
export interface LeavingColumn extends OpenColumn {
  readonly status_of?: string
}

/** PostgreSQL's limit for a name. */
const MOST_LETTERS = 63

const nameFor = (name: string, taken: ReadonlySet<string>): string => {
  const named = (end: string): string => `${name.slice(0, MOST_LETTERS - end.length)}${end}`
  const names = ['_status', ...Array.from({ length: taken.size }, (_, at) => `_status_${at + 2}`)].map(named)
  return names.find((one) => !taken.has(one))!
}

/**
 * What leaves: the released columns, and behind each count that small cells may be hidden of a column that tells a hidden number from one
 * that was never there. It is there in every edition, hidden cells or not, so that readers' tables keep their shape.
 */
export const leavingColumns = ({ columns, small_cell }: Pick<OpenRows, 'columns' | 'small_cell'>): LeavingColumn[] => {
  const taken = new Set(columns.map(({ name }) => name))
  return columns.flatMap((column): LeavingColumn[] => {
    if (!small_cell?.measures.includes(column.name)) return [column]
    const name = nameFor(column.name, taken)
    taken.add(name)
    const plain = { data_type: 'C', from_type: 'C', role: null, unit: null, shaping: 'keep', mask_rule: null } as const
    return [column, { ...plain, name, title: `${column.title}（状态）`, length: 1, status_of: column.name }]
  })
}

const statusOf = (known: string | null, shown: string | null): CellStatus => {
  if (shown !== null) return 'A'
  return known === null ? 'O' : 'Q'
}

/**
 * Writes the statuses into rows. Small cells and those hidden with them have one code: told apart, a reader who knows which are small could
 * work some back.
 */
export const statusMarker = (rows: Pick<OpenRows, 'columns' | 'small_cell'>) => {
  const counted = rows.columns.map(({ name }) => rows.small_cell?.measures.includes(name) ?? false)
  return (known: Values, shown: Values): Values =>
    counted.flatMap((isCounted, at) => {
      const cell = shown[at] ?? null
      return isCounted ? [cell, statusOf(known[at] ?? null, cell)] : [cell]
    })
}
