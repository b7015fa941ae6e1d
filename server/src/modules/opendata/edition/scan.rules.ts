import type { EditionFinding, OpenColumn } from '@sanjiang/contract/opendata'
import { identifiersIn } from '../identifier.rules.ts'

const CLAUSE = '方案 任务四 数据开放;网络安全法 第四十二条'
const FIRST = 5
/** So many values of a column being numbers of a person makes the column one of them. */
const WHOLE = 0.9
/** A tenth of any long numbers passes a card's check digit by chance; of cards nearly all do. */
const CARD_SHARE = 0.3
const CARDS_SEEN = 20
/** Sums of eleven digits look like phones; a column of numbers is held only where most of it does. */
const NUMBER_SHARE = 0.5

interface Tally {
  readonly title: string
  count: number
  cells: number
  whole: number
  readonly first: { row: number; shown: string }[]
}

const NUMERIC = new Set(['N', 'Y', 'B', 'F', 'I'])
const SILENT = new Set(['D', 'T', 'L'])
/** Neither a run of digits nor a plate can be in what holds none of these. */
const MAY_HOLD = /\d(?:[\s-]?\d){10}|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is what it says
const PLAIN = /^[\x00-\x7f\u3000-\u3002\u4e00-\u9fff\uff08\uff09\uff0c\uff1a\uff1b]*$/
const CARD = /^[3-6]\d{15,18}$/

/** Looks through one column as its values pass. */
class ColumnScan {
  readonly #column: OpenColumn
  readonly #today: string
  readonly #tallies = new Map<string, Tally>()
  #filled = 0
  #cards = 0

  constructor(column: OpenColumn, today: string) {
    this.#column = column
    this.#today = today
  }

  take(text: string, row: number): void {
    this.#filled++
    if (PLAIN.test(text) && !MAY_HOLD.test(text)) return
    if (CARD.test(text)) this.#cards++
    const seen = new Set<string>()
    for (const { kind, title, shown } of identifiersIn(text, this.#today)) {
      const tally = this.#tallyOf(kind, title)
      tally.count++
      if (!seen.has(kind)) tally.cells++
      seen.add(kind)
      if (/^[\dXx-]{11,23}$/.test(text.trim())) tally.whole++
      if (tally.first.length < FIRST) tally.first.push({ row, shown })
    }
  }

  #tallyOf(kind: string, title: string): Tally {
    const known = this.#tallies.get(kind)
    if (known) return known
    const tally = { title, count: 0, cells: 0, whole: 0, first: [] }
    this.#tallies.set(kind, tally)
    return tally
  }

  #isChance(kind: string, { cells, whole }: Tally): boolean {
    if (NUMERIC.has(this.#column.data_type) && cells < this.#filled * NUMBER_SHARE) return true
    return kind === 'bank_card' && whole === cells && this.#cards >= CARDS_SEEN && whole < this.#cards * CARD_SHARE
  }

  findings(): EditionFinding[] {
    const { name, title } = this.#column
    return [...this.#tallies]
      .filter(([kind, tally]) => !this.#isChance(kind, tally))
      .map(([kind, tally]) => {
        const is_whole = tally.cells >= this.#filled * WHOLE
        const rows = tally.first.map(({ row }) => row).join('、')
        const what =
          is_whole && tally.cells > 1
            ? `“${title}”整列都是${tally.title}`
            : `“${title}”中有 ${tally.count} 处${tally.title}`
        return {
          column: name,
          title,
          rule: kind,
          count: tally.count,
          first: tally.first,
          is_whole,
          message: `${what}（第 ${rows} 行${tally.count > tally.first.length ? '等' : ''}），去除或脱敏后才能开放`,
          clause: CLAUSE,
        }
      })
  }
}

export interface RowScan {
  take(values: readonly (string | null)[], row: number): void
  findings(): EditionFinding[]
}

/** Persons' numbers in every column of every row, as they would go out (T4.2, T16.3). */
export const scanRows = (columns: readonly OpenColumn[], today: string): RowScan => {
  const scans = columns.map((column) =>
    // A shape is rebuilt from its coordinates: nothing else is left in it.
    SILENT.has(column.data_type) || column.role === 'shape' ? null : new ColumnScan(column, today),
  )
  return {
    take: (values, row) => {
      for (const [index, scan] of scans.entries()) {
        const text = values[index]
        if (scan && text !== null && text !== undefined) scan.take(text, row)
      }
    },
    findings: () => scans.flatMap((scan) => scan?.findings() ?? []),
  }
}
