import type { ItemDraft } from '@sanjiang/contract/catalog'
import { faultAt, type Place, type Row, refOf, type SheetFacts, type Sink } from './cell.ts'
import { FOOTNOTE } from './heading.data.ts'
import { hasItem, readCode, readItem } from './item.rules.ts'
import { draftFrom, ResourceCells } from './resource-cells.ts'
import { asFlag, isBlank, type Remark } from './value.rules.ts'
import type { CellFault, CellRef, ReadEntry } from './workbook.ts'

const MAX_ITEMS = 1000

/** Fields of the resource that an officer may give item by item where the sheet has no column of the items for them. */
const TWINS: Readonly<Record<string, string>> = {
  share_type: 'share_type',
  share_condition: 'share_condition',
  open_type: 'open_type',
  is_open: 'open_type',
}

const rawOf = (row: Row, index: number | undefined): string =>
  index === undefined || isBlank(row.values[index]) ? '' : String(row.values[index]).trim()

/** Where the fields of a sheet stand. */
export class Places {
  readonly resource: readonly Place[]
  readonly items: readonly Place[]
  readonly #index = new Map<string, number>()
  constructor(places: readonly Place[]) {
    this.resource = places.filter(({ column }) => !column.is_item)
    this.items = places.filter(({ column }) => column.is_item)
    for (const { index, column } of places) this.#index.set(column.key, index)
  }
  of = (key: string): number | undefined => this.#index.get(key)
  text = (row: Row, key: string): string => rawOf(row, this.#index.get(key))
}

const differ = (one: string, other: string): boolean => one !== '' && other !== '' && one !== other

/** Sums and notes below the entries: one text alone in its row. */
export const isFootnote = (row: Row, places: Places): boolean => {
  const filled = row.values.filter((value) => !isBlank(value)).map((value) => String(value).trim())
  const first = filled[0]
  // An item may well be called 备注; a note merged over the whole width fills the columns of items too.
  const isAlone = filled.length > 1 ? new Set(filled).size === 1 : !hasItem(row, places.items)
  return first !== undefined && isAlone && FOOTNOTE.test(first)
}

/** One resource while its rows come. */
export class EntryReading {
  readonly #facts: SheetFacts
  readonly #places: Places
  readonly #first: Row
  readonly #raw = new Map<string, string>()
  readonly #cells: ResourceCells
  readonly #at = new Map<string, CellRef>()
  readonly #faults: CellFault[] = []
  readonly #items: ItemDraft[] = []
  #last: number
  #tooMany = 0

  constructor(facts: SheetFacts, places: Places, row: Row) {
    this.#facts = facts
    this.#places = places
    this.#first = row
    this.#last = row.row
    this.#cells = new ResourceCells(facts, this.#sink)
    for (const place of places.resource) this.#take(row, place)
    this.#mark(row)
    this.#addItem(row)
  }

  readonly #sink: Sink = {
    tell: (cell, field, remark) => void this.#faults.push(faultAt(cell, field, remark)),
  }

  #take(row: Row, place: Place): void {
    this.#raw.set(place.column.key, rawOf(row, place.index))
    this.#cells.read(row, place)
    this.#at.set(place.column.key, refOf(this.#facts, row.row, place.index))
  }

  /** What there is to say about the row as such. */
  #mark(row: Row): void {
    if (row.is_hidden)
      this.tell(row, { rule: 'W12', level: 'warning', message: '此行在表中是隐藏的（筛选或手工隐藏），仍已读取' })
    for (const place of row.formulas.length === 0 ? [] : [...this.#places.resource, ...this.#places.items]) {
      if (!row.formulas.includes(place.index) || place.column.kind === 'revision') continue
      const cell = refOf(this.#facts, row.row, place.index)
      const field = place.column.is_item
        ? place.column.key.replace('items.', `items.${this.#items.length}.`)
        : place.column.key
      this.#sink.tell(
        cell,
        field,
        row.values[place.index] === null
          ? { rule: 'W02', level: 'error', message: '单元格是公式，文件里没有保存它的结果；请粘贴为数值' }
          : {
              rule: 'W11',
              level: 'warning',
              message: `单元格是公式，取其保存的结果“${rawOf(row, place.index).slice(0, 40)}”`,
            },
      )
    }
  }

  tell(row: { readonly row: number }, remark: Remark): void {
    this.#sink.tell(refOf(this.#facts, row.row, this.#places.of('name') ?? 0), '', remark)
  }

  /** Whether a row goes on with this resource: its name is left blank or comes again, and nothing says that it is another's. */
  continues(row: Row): boolean {
    const text = (key: string) => this.#places.text(row, key)
    const isOther = ['code', 'provider_code', 'provider_organ_id'].some((key) =>
      differ(this.#raw.get(key) ?? '', text(key)),
    )
    if (isOther) return false
    const name = text('name')
    if (name === '') return true
    return name === this.#raw.get('name') && this.#items.length > 0 && hasItem(row, this.#places.items)
  }

  add(row: Row): void {
    this.#last = row.row
    this.#mark(row)
    const no = this.#addItem(row)
    for (const place of this.#places.resource) {
      const [before, now] = [this.#raw.get(place.column.key) ?? '', rawOf(row, place.index)]
      if (now === '' || now === before || place.column.kind === 'revision') continue
      // What the first row leaves blank a later one may still say.
      if (before === '') this.#take(row, place)
      else if (!this.#giveItem(row, place, no)) this.#contradict(row, place, before)
    }
  }

  #contradict(row: Row, { index, column }: Place, before: string): void {
    this.#sink.tell(refOf(this.#facts, row.row, index), column.key, {
      rule: 'W09',
      level: 'error',
      message: `同一资源的${column.title}在第 ${this.#first.row} 行是“${before.slice(0, 40)}”，这里不同；请改为一致，或填上另一资源的名称`,
    })
  }

  /** 共享类型 given row by row, without a column of the items: it is the item's. */
  #giveItem(row: Row, { index, column }: Place, no: number | null): boolean {
    const twin = TWINS[column.key]
    const item = no === null ? undefined : (this.#items[no] as Record<string, unknown> | undefined)
    if (twin === undefined || item === undefined || this.#places.of(`items.${twin}`) !== undefined) return false
    const cell = refOf(this.#facts, row.row, index)
    const field = `items.${no}.${twin}`
    const value = this.#twinValue(row.values[index], column)
    if (value === null) return false
    item[twin] = value
    this.#at.set(field, cell)
    this.#sink.tell(cell, field, {
      rule: 'W08',
      level: 'warning',
      message: `与资源的${column.title}不同，看作这一信息项的${column.title}`,
    })
    return true
  }

  #twinValue(value: unknown, column: Place['column']): string | null {
    if (column.kind === 'is_open') {
      const flag = asFlag(value).value
      return flag === null ? null : flag ? 'unconditional' : 'closed'
    }
    if (column.kind !== 'code') return rawOf({ values: [value] } as unknown as Row, 0)
    const read = readCode(value, column, this.#facts)
    return read.remark?.level === 'error' ? null : read.value
  }

  /** Its number, or null when the row has none. */
  #addItem(row: Row): number | null {
    const places = this.#places.items
    if (!hasItem(row, places)) return null
    if (this.#items.length >= MAX_ITEMS) {
      if (this.#tooMany++ === 0)
        this.tell(row, { rule: 'W07', level: 'error', message: `一个资源最多 ${MAX_ITEMS} 个信息项，从这一行起未读取` })
      return null
    }
    const no = this.#items.length
    for (const { index, column } of places)
      this.#at.set(column.key.replace('items.', `items.${no}.`), refOf(this.#facts, row.row, index))
    this.#at.set(`items.${no}`, refOf(this.#facts, row.row, this.#places.of('items.name') ?? places[0]!.index))
    this.#items.push(readItem({ row, places, no }, this.#facts, this.#sink))
    return no
  }

  finish(): ReadEntry {
    const draft = draftFrom(this.#cells, this.#facts)
    const { text } = this.#cells
    return {
      sheet: this.#facts.sheet,
      first_row: this.#first.row,
      last_row: this.#last,
      draft: this.#places.items.length === 0 ? draft : { ...draft, items: this.#items },
      code: text('code'),
      provider_name: text('provider_organ_id'),
      provider_code: text('provider_code'),
      published_on: text('published_on'),
      revision: text('revision'),
      cells: this.#at,
      faults: this.#faults,
    }
  }
}
