import type { RawRecord } from '@sanjiang/tabular/csv'
import type { BoundColumn, Unreadable } from './adapter.ts'
import { type RefusedRow, rowBuilder } from './file-fields.ts'
import { openTable, type Table, type TableFile } from './file-records.ts'
import { REMOVE, type RunIndex, RunSorter, UPSERT } from './file-run.ts'

/** Told one by one; of more, the number. */
const MAX_TOLD = 10_000

/** Heading of the operation in files of changes. */
export const OPERATION = 'operation'

export interface BuiltRun extends RunIndex {
  readonly unreadable: readonly Unreadable[]
  /** The file says that nothing before it counts any more. */
  readonly truncates: boolean
}

class Complaints {
  readonly told: Unreadable[] = []
  #more = 0
  readonly #title: string
  constructor(title: string) {
    this.#title = title
  }
  add(line: number, { key, item, reason }: RefusedRow): void {
    if (this.told.length >= MAX_TOLD) this.#more++
    else if (key === null) this.told.push({ key: `${this.#title}:${line}`, item, reason })
    else this.told.push({ key, item, reason: `${reason}（${this.#title}:${line}）` })
  }
  all(): readonly Unreadable[] {
    if (this.#more === 0) return this.told
    return [...this.told, { key: this.#title, item: '', reason: `另有 ${this.#more} 行无法读取` }]
  }
}

export interface BuildPlan {
  readonly columns: readonly BoundColumn[]
  /** A folder that a delivery filled: rows carry operations, text is guarded. */
  readonly is_delivered: boolean
}

/** `+`, `-` or `!` of a record of a delivered file, which is taken out of it. */
const operationOf = (table: Table): ((record: RawRecord) => string) => {
  const place = table.headings.indexOf(OPERATION)
  return place === -1 ? () => '+' : ({ values }) => String(values[place] ?? '+').replace(/^'/, '')
}

/** Reads a file once and leaves its rows as a run in key order. */
export const buildRun = async (
  file: TableFile,
  plan: BuildPlan,
  to: { readonly path: string; readonly signal: AbortSignal },
): Promise<BuiltRun> => {
  const complaints = new Complaints(file.title)
  const sort = (): RunSorter =>
    new RunSorter(to.path, (line, by) =>
      complaints.add(line, { key: null, item: '', reason: `与第 ${by} 行主键相同，以后者为准` }),
    )
  const table = await openTable(
    file,
    plan.columns.map(({ column }) => column).concat(plan.is_delivered ? [OPERATION] : []),
  )
  const rules = {
    serials: table.serials,
    is_broken: file.encoding?.is_broken === true,
    is_guarded: plan.is_delivered,
  }
  // An empty file has no headings, and no rows that could miss a column.
  const isEmpty = table.headings.length === 0
  const build = isEmpty ? null : rowBuilder({ headings: table.headings, title: file.title }, plan.columns, rules)
  const operation = plan.is_delivered ? operationOf(table) : null
  let sorter = sort()
  let truncates = false
  try {
    for await (const record of table.rows) {
      if (to.signal.aborted) throw to.signal.reason
      const act = operation?.(record) ?? '+'
      if (act === '!') {
        truncates = true
        sorter.drop()
        sorter = sort()
        continue
      }
      const row = build?.(record)
      if (row === undefined) continue
      if (!('line' in row)) complaints.add(record.line, row)
      else sorter.add({ ...row, lineNo: record.line, operation: act === '-' ? REMOVE : UPSERT })
    }
    return { ...sorter.finish(), unreadable: complaints.all(), truncates }
  } catch (error) {
    sorter.drop()
    throw error
  }
}
