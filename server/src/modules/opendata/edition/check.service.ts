import { createHash } from 'node:crypto'
import {
  EDITION_FAULTS,
  EDITION_SAMPLE,
  type EditionFault,
  type EditionFinding,
  type OpenRows,
} from '@sanjiang/contract/opendata'
import type pg from 'pg'
import type { EditionChange, EditionRow } from './edition.store.ts'
import { csvLine } from './field.rules.ts'
import { scanRows } from './scan.rules.ts'
import { openShaped, type ShapedRow, type ShapedTable } from './shaped.ts'
import { leavingColumns } from './status.rules.ts'

const CLAUSE = '方案 任务四 数据开放;统计法 第二十五条'

interface Checking {
  readonly client: pg.Client
  readonly row: Pick<EditionRow, 'edition_id' | 'columns'>
  readonly rows: OpenRows
  readonly today: string
}

const wholeFinding = (rule: string, message: string): EditionFinding => ({
  column: '',
  title: '',
  rule,
  count: 1,
  first: [],
  is_whole: false,
  message,
  clause: CLAUSE,
})

/** Columns that the release promises and this edition does not have. */
const missing = ({ row, rows }: Checking): EditionFinding[] => {
  const staged = new Set(row.columns.map(({ name }) => name))
  return rows.columns
    .filter(({ name }) => !staged.has(name))
    .map(({ name, title }) => ({
      ...wholeFinding('column_missing', `这一版没有已发布的列“${title}”`),
      column: name,
      title,
    }))
}

const look = async (table: ShapedTable, { rows, today }: Checking): Promise<EditionChange> => {
  const hash = createHash('sha256')
  const columns = leavingColumns(rows)
  const scan = scanRows(columns, today)
  const faults: EditionFault[] = []
  const sample: (string | null)[][] = []
  let [fault_count, row_count] = [0, 0]
  const take = ({ line, values, bad }: ShapedRow): void => {
    row_count++
    hash.update(csvLine(values))
    scan.take(values, line)
    if (sample.length < EDITION_SAMPLE) sample.push([...values])
    for (const { title, field } of bad)
      if (++fault_count <= EDITION_FAULTS)
        faults.push({ row: line, column: title, rule: field.rule, message: `${title}：${field.message}` })
  }
  for await (const batch of table.batches()) for (const row of batch) take(row)
  return {
    ...{ row_count, digest: hash.digest('hex'), faults, fault_count },
    ...{ findings: scan.findings(), suppression: table.suppression },
    sample: { columns: columns.map(({ name }) => name), rows: sample },
  }
}

/**
 * Every row, shaped as it would go out: what in it points at a person, what is no value of its item, which small cells are hidden.
 * Nothing found is `clean`; nobody lets through what was found.
 */
export const checkEdition = async (checking: Checking): Promise<EditionChange> => {
  const lost = missing(checking)
  if (lost.length > 0) return { state: 'held', findings: lost, sample: null, suppression: null, digest: null }
  const table = await openShaped(checking.client, checking.row.edition_id, checking.rows)
  const change = await look(table, checking)
  const findings = [
    ...(change.findings ?? []),
    ...(table.problem ? [wholeFinding('small_cell', table.problem)] : []),
    ...(change.row_count === 0 ? [wholeFinding('empty', '这一版没有一行数据')] : []),
  ]
  const isClean = findings.length === 0 && change.fault_count === 0
  return { ...change, findings, state: isClean ? 'clean' : 'held' }
}
