import type { Basis, ExtensionValue, Item, ResourceContent, Standard } from '@sanjiang/contract/catalog'
import type { CellValue } from '@sanjiang/tabular/xlsx-write'
import { writtenBasis } from './basis.rules.ts'
import { findCode, titleOfCode, writtenCode } from './code.rules.ts'
import type { Column } from './column.ts'
import { writtenList } from './value.rules.ts'
import type { Layout, WrittenEntry } from './workbook.ts'

// The other way of `resource-cells.ts`: what stands here is read there as the same again.

/** An entry whose name is not written yet still begins a row of its own. */
const UNNAMED = '（未命名）'

interface Sheet {
  readonly standard: Standard
  readonly layout: Layout
  readonly columns: readonly Column[]
}

const codeText = (standard: Standard, { enumeration }: Column, code: unknown): string | null =>
  typeof code === 'string' && enumeration !== null ? writtenCode(standard, enumeration, code) : null

/** 是 and 否 where the condition tells the rest; else the type in brackets. */
const openText = (standard: Standard, { open_type, open_condition }: ResourceContent): string | null => {
  if (open_type === null) return null
  if (open_type === 'closed') return '否'
  const isPlain = open_type === (open_condition === null ? 'unconditional' : 'conditional')
  if (isPlain) return '是'
  return findCode(standard, 'open_type', open_type)
    ? `是（${titleOfCode(standard, 'open_type', open_type)}）`
    : open_type
}

const conditionText = (standard: Standard, { share_condition, share_basis }: ResourceContent): string | null => {
  if (share_basis === null) return share_condition
  const basis = writtenBasis(standard, share_basis)
  return share_condition === null ? basis : `${share_condition}\n${basis}`
}

const relatedText = ({ class_code, related_codes }: ResourceContent): string | null =>
  writtenList([...(class_code === null ? [] : [`类目：${class_code}`]), ...related_codes]) || null

/** Cells that say more in the census workbook than elsewhere. */
const censusCell = ({ standard }: Sheet, key: string, content: ResourceContent): string | null | undefined => {
  if (key === 'is_open') return openText(standard, content)
  if (key === 'share_condition') return conditionText(standard, content)
  return key === 'related_codes' ? relatedText(content) : undefined
}

const basisPart = (basis: Basis | null, part: string | undefined): string | null => basis?.[part as keyof Basis] || null

const extensionCell = ({ standard }: Sheet, column: Column, value: ExtensionValue | undefined): CellValue => {
  if (Array.isArray(value))
    return writtenList(value.map((one) => writtenCode(standard, column.enumeration ?? '', one))) || null
  if (column.kind === 'code') return codeText(standard, column, value)
  if (typeof value === 'boolean') return value ? '是' : '否'
  return value ?? null
}

const resourceCell = (sheet: Sheet, column: Column, entry: WrittenEntry): CellValue => {
  const { content } = entry
  const special = sheet.layout === 'census' ? censusCell(sheet, column.key, content) : undefined
  if (special !== undefined) return special
  const [field = '', part] = column.key.split('.')
  if (field === 'name') return content.name || UNNAMED
  if (field === 'code') return entry.code
  if (field === 'provider_organ_id') return entry.provider_name
  if (field === 'provider_code') return entry.provider_code
  if (field === 'published_on') return entry.published_on
  if (field === 'revision') return entry.revision
  if (field === 'census') return content.census?.[part as keyof typeof content.census] ?? null
  if (field === 'extension') return extensionCell(sheet, column, content.extension?.[part ?? ''])
  const value = (content as unknown as Record<string, unknown>)[field]
  if (part !== undefined) {
    const text = basisPart(value as Basis | null, part)
    return column.kind === 'code' ? codeText(sheet.standard, column, text) : text
  }
  if (column.kind === 'code') return codeText(sheet.standard, column, value)
  if (Array.isArray(value)) return writtenList(value as string[]) || null
  return (value as string | null | undefined) ?? null
}

const itemCell = (sheet: Sheet, column: Column, item: Item): CellValue => {
  const [, field = '', part] = column.key.split('.')
  const value = (item as unknown as Record<string, unknown>)[field]
  if (part !== undefined) {
    const text = basisPart(value as Basis | null, part)
    return column.kind === 'code' ? codeText(sheet.standard, column, text) : text
  }
  if (column.kind === 'code') return codeText(sheet.standard, column, value)
  if (column.kind === 'flag') return value === true ? '是' : '否'
  return (value as CellValue) ?? null
}

/** Rows of an entry: the first carries the resource, each an item. */
export function* rowsOf(sheet: Sheet, entry: WrittenEntry): Generator<CellValue[]> {
  const { items } = entry.content
  for (let no = 0; no < Math.max(1, items.length); no++) {
    const item = items[no]
    yield sheet.columns.map((column) => {
      if (column.is_item) return item ? itemCell(sheet, column, item) : null
      return no === 0 ? resourceCell(sheet, column, entry) : null
    })
  }
}
