// The dry run of a catalogue workbook — headings found, cells read, codes translated, every rule of the standard checked — against
// exceljs merely streaming through the same file, in turns.

import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type EntryFacts, makeChecker, type ResourceContent } from '@sanjiang/contract/catalog'
import ExcelJS from 'exceljs'
import { standard1272 } from '../../server/seeds/reference/standard-1272.ts'
import {
  faultsOf,
  inspectWorkbook,
  overlay,
  readEntries,
  type WrittenEntry,
  writeWorkbook,
} from '../../server/src/modules/catalog/workbook/index.ts'
import { measureCommit } from './import.commit.ts'

const isQuick = process.argv.includes('--quick')
const ROWS = isQuick ? 2_000 : 10_000
const ROUNDS = isQuick ? 3 : 5
const MIB = 1_048_576
/** Three rows of items to a resource, as departments' workbooks have on average; every tenth resource has something wrong. */
const ITEMS = 3

const contentOf = (no: number): ResourceContent => ({
  class_code: '101007',
  name: `婚姻登记信息（第${no}号登记处）`,
  name_en: `marriage_registration_${no}`,
  provider_organ_id: '6300003002',
  inner_dept: '社会事务处',
  summary: `登记处 ${no} 办理的结婚、离婚登记，含登记日期、登记机关和双方身份信息，按月汇总`,
  source_system_name: '婚姻登记管理系统',
  format_category: 'database',
  format_type: 'MySQL',
  format_note: null,
  share_type: 'conditional',
  share_condition: '用于核验婚姻状况的政务服务事项',
  share_basis: null,
  share_method_category: 'platform',
  share_method_type: 'api',
  open_type: no % 10 === 0 ? '不清楚' : 'closed',
  open_condition: null,
  update_cycle: 'daily',
  related_codes: [`101007/${String((no % 900) + 1).padStart(6, '0')}`],
  keywords: [],
  audience: 'all',
  census: {
    total_storage_gb: 12.5 + no,
    structured_rows_10k: 138.2,
    shared_storage_gb: 2,
    shared_rows_10k: 40,
    open_storage_gb: 0,
    open_rows_10k: 0,
  },
  items: Array.from({ length: ITEMS }, (_, item) => ({
    item_id: '',
    seq: item + 1,
    name: `信息项${item}`,
    name_en: `item_${item}`,
    data_type: 'C',
    length: 18 + item,
    is_key: item === 0,
    is_required: false,
    share_type: 'conditional',
    share_condition: null,
    withheld_basis: null,
    open_type: 'closed',
    sensitivity: 'L2',
    mask_rule: 'none',
    data_element: null,
  })),
})

function* contents(): Generator<ResourceContent> {
  for (let no = 1; no <= ROWS / ITEMS; no++) yield contentOf(no)
}

function* entries(): Generator<WrittenEntry> {
  for (let no = 1; no <= ROWS / ITEMS; no++)
    yield {
      code: `101007/${String(no).padStart(6, '0')}`,
      content: contentOf(no),
      provider_name: '省民政厅',
      provider_code: '11630000015000011M',
      published_on: '2017-09-05',
      revision: null,
    }
}

const FACTS: EntryFacts = {
  provider: { organ_id: '6300003002', name: '省民政厅', credit_code: '11630000015000011M' },
  class_node: { is_leaf: true, is_active: true, organ_id: null },
  sibling_names: [],
  unknown_codes: [],
  code: null,
}

const checker = makeChecker(standard1272)

const dryRun = async (path: string): Promise<{ entries: number; rows: number; faults: number }> => {
  const options = { file_name: 'a.xlsx', standard: standard1272, classes: standard1272.classification }
  const { sheets } = await inspectWorkbook(path, options)
  const mapping = sheets[0]?.mapping
  if (!mapping) throw new Error('no headings found')
  const counted = { entries: 0, rows: 0, faults: 0 }
  for await (const entry of readEntries(path, { ...options, mapping })) {
    const draft = { ...overlay(null, entry.draft), provider_organ_id: '6300003002' }
    counted.faults += faultsOf(entry, checker.check(draft, FACTS)).filter(({ level }) => level === 'error').length
    counted.entries += 1
    counted.rows += entry.last_row - entry.first_row + 1
  }
  return counted
}

const plainRead = async (path: string): Promise<number> => {
  let cells = 0
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(path, {
    sharedStrings: 'cache',
    styles: 'cache',
    worksheets: 'emit',
  })
  for await (const sheet of reader) for await (const row of sheet) cells += (row.values as unknown[]).length
  return cells
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Milliseconds, and how far memory rose above where it began. */
const measured = async <T>(work: () => Promise<T>): Promise<{ ms: number; growth: number; answer: T }> => {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 20)
  const startedAt = performance.now()
  try {
    const answer = await work()
    return { ms: performance.now() - startedAt, growth: Math.max(peak, process.memoryUsage().rss) - before, answer }
  } finally {
    clearInterval(watch)
  }
}

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  try {
    const path = join(dir, 'a.xlsx')
    const written = await measured(() =>
      pipeline(writeWorkbook(standard1272, 'census', entries()), createWriteStream(path)),
    )
    // Made once more by the peer's own hand, with shared strings and styles, as spreadsheets save it.
    const book = new ExcelJS.Workbook()
    await book.xlsx.readFile(path)
    await book.xlsx.writeFile(path)
    const ours: number[] = []
    const peers: number[] = []
    let growth = 0
    let counted = { entries: 0, rows: 0, faults: 0 }
    for (let round = 0; round <= ROUNDS; round++) {
      const one = await measured(() => dryRun(path))
      const other = await measured(() => plainRead(path))
      counted = one.answer
      growth = Math.max(growth, one.growth)
      // The first round warms both.
      if (round === 0) continue
      ours.push(one.ms)
      peers.push(other.ms)
      console.log(`${round}: ours ${one.ms.toFixed(0)} ms, peer ${other.ms.toFixed(0)} ms`)
    }
    const committed = await measureCommit(contents())
    console.log(
      JSON.stringify({
        bench: 'import',
        ratio: Number((median(peers) / median(ours)).toFixed(2)),
        ours: Math.round(median(ours)),
        peer: Math.round(median(peers)),
        conditions: {
          unit: 'ms',
          rows: counted.rows,
          columns: 30,
          entries: counted.entries,
          rounds: ROUNDS,
          ours: 'headings found, then read, codes translated, all rules of the standard, every fault at its cell',
          peer: 'exceljs stream reader, cells only counted',
          cpus: cpus().length,
        },
        also: {
          rows_per_second: Math.round((counted.rows / median(ours)) * 1000),
          errors_found: counted.faults,
          memory_growth_mib: Math.round(growth / MIB),
          export_ms: Math.round(written.ms),
          ...committed,
        },
      }),
    )
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
