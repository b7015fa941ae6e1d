import type { FieldFault } from '@sanjiang/contract'
import type {
  ColumnShaping,
  EditionSource,
  OpenColumn,
  OpenRows,
  RowsProposal,
  Shaping,
  StageColumn,
} from '@sanjiang/contract/opendata'
import { applyMask, type MaskRule } from '@sanjiang/seal'
import { BadField, degreesField, quoted, readField, shapeField } from './field.rules.ts'

const CLAUSE = '方案 任务四 数据开放;网络安全法 第四十二条'
/** PostgreSQL's limit for a name; catalogue names are plain letters. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/
/** What is counted by heads or by cases: small numbers of these point at somebody. */
const COUNTED = /^(?:人|人次|名|位|户|户次|件|例|起|宗)$/
const THRESHOLD = 5

export interface ItemRule {
  readonly item_id: string
  readonly name: string
  readonly name_en: string
  readonly mask_rule: string
}

interface Plan {
  readonly proposal: RowsProposal
  readonly source: EditionSource
  readonly columns: readonly StageColumn[]
  /** Items that the proposal lets out, in order. */
  readonly items: readonly ItemRule[]
}

interface Planned {
  readonly rows: OpenRows
  readonly faults: FieldFault[]
}

const TEMPORAL = new Set(['D', 'T'])
const NUMERIC = new Set(['N', 'Y', 'B', 'F', 'I'])
const TEXTS = new Set(['C', 'M'])

const shapingOf = (item: ItemRule, given?: ColumnShaping): Shaping =>
  given?.shaping ?? (item.mask_rule === 'none' ? 'keep' : 'mask')

const faultOf = (column: StageColumn, item: ItemRule, shaping: Shaping): [rule: string, message: string] | null => {
  if (!NAME.test(column.name)) return ['name_en', `“${item.name}”的英文名过长或不合规，不能作公共侧的列名`]
  if (shaping === 'keep' && item.mask_rule !== 'none')
    return ['mask_required', `目录规定“${item.name}”须脱敏，不能原样开放`]
  if (shaping === 'year' && !TEMPORAL.has(column.data_type)) return ['year', `“${item.name}”不是日期，不能只留年份`]
  if ((shaping === 'mask' || shaping === 'region') && !TEXTS.has(column.data_type))
    return ['mask', `“${item.name}”不是文本，不能脱敏；请去除此列`]
  return null
}

const roleFault = ({ role, title, shaping, data_type }: OpenColumn): string | null => {
  if ((role === 'lon' || role === 'lat') && !NUMERIC.has(data_type)) return `“${title}”不是数值，不能作经纬度`
  if (role === 'measure' && !NUMERIC.has(data_type)) return `“${title}”不是数值，不能作统计数值`
  if (role === 'shape' && (NUMERIC.has(data_type) || shaping !== 'keep')) return `“${title}”不能作图形`
  return null
}

const OUT_TYPE: Partial<Record<Shaping, string>> = { year: 'I', mask: 'C', region: 'C' }

const columnOf = (column: StageColumn, item: ItemRule, given?: ColumnShaping): OpenColumn => {
  const shaping = shapingOf(item, given)
  const out = OUT_TYPE[shaping]
  return {
    name: column.name,
    title: column.title,
    data_type: out ?? column.data_type,
    length: out ? null : column.length,
    role: given?.role ?? (column.is_key && shaping === 'keep' ? 'key' : null),
    unit: given?.unit ?? null,
    from_type: column.data_type,
    shaping,
    mask_rule:
      shaping === 'mask'
        ? ((given?.mask_rule ?? (item.mask_rule === 'none' ? 'full' : item.mask_rule)) as never)
        : null,
  }
}

/** Wherever a table counts heads or cases by category, small numbers are suppressed unless the proposer says otherwise, openly. */
const smallCellOf = ({ small_cell }: RowsProposal, columns: readonly OpenColumn[]): OpenRows['small_cell'] => {
  if (small_cell !== undefined) return small_cell
  const measures = columns.filter(({ role, unit }) => role === 'measure' && COUNTED.test(unit ?? ''))
  if (measures.length === 0 || !columns.some(({ role }) => role === 'category')) return null
  return { threshold: THRESHOLD, measures: measures.map(({ name }) => name) }
}

const rolesFault = (columns: readonly OpenColumn[], rows: OpenRows): [rule: string, message: string] | null => {
  const count = (role: string) => columns.filter((one) => one.role === role).length
  if (columns.length === 0) return ['empty', '没有任何一列可以开放']
  if (count('lon') !== count('lat') || count('lon') > 1 || count('shape') > 1)
    return ['roles', '经度与纬度须各有一列；图形至多一列']
  const known = new Set(columns.filter(({ role }) => role === 'measure').map(({ name }) => name))
  const stray = rows.small_cell?.measures.find((name) => !known.has(name))
  return stray ? ['small_cell', `小单元格处理的“${stray}”不是所开放的数值列`] : null
}

/** How the staged columns go out; everything that is wrong with it at once. What no item lets out is not among them. */
export const planRows = ({ proposal, source, columns, items }: Plan): Planned => {
  const faults: FieldFault[] = []
  const given = new Map((proposal.columns ?? []).map((one) => [one.item_id, one]))
  const staged = new Map(columns.map((column) => [column.name, column]))
  const planned: OpenColumn[] = []
  for (const [index, { item_id }] of (proposal.columns ?? []).entries())
    if (!items.some((item) => item.item_id === item_id))
      faults.push({ field: `rows.columns.${index}`, rule: 'unknown', message: '不是这次要开放的信息项' })
  for (const item of items) {
    const shaping = shapingOf(item, given.get(item.item_id))
    if (shaping === 'remove') continue
    const column = staged.get(item.name_en)
    if (!column) {
      faults.push({ field: 'rows.edition_id', rule: 'column_missing', message: `数据中没有“${item.name}”这一列` })
      continue
    }
    const one = columnOf(column, item, given.get(item.item_id))
    const found = faultOf(column, item, shaping)
    if (found) faults.push({ field: `rows.columns.${item.name_en}`, rule: found[0], message: found[1], clause: CLAUSE })
    const role = roleFault(one)
    if (role) faults.push({ field: `rows.columns.${item.name_en}`, rule: 'role', message: role })
    planned.push(one)
  }
  const rows: OpenRows = { source, columns: planned, small_cell: smallCellOf(proposal, planned) }
  const whole = rolesFault(planned, rows)
  if (whole) faults.push({ field: 'rows.columns', rule: whole[0], message: whole[1] })
  return { rows, faults }
}

const HIDDEN = /\*+$/

const regionOf = (text: string): string | null => applyMask('address', text).replace(HIDDEN, '') || null

const shapeText = ({ shaping, mask_rule, role }: OpenColumn, text: string): string | null | BadField => {
  if (shaping === 'mask') return applyMask((mask_rule ?? 'full') as MaskRule, text)
  if (shaping === 'year') return String(Number(text.slice(0, 4)))
  if (shaping === 'region') return regionOf(text)
  if (role === 'shape') return shapeField(text)
  return role === 'lon' || role === 'lat' ? degreesField(role, text) : text
}

/** One field as it leaves. */
export const shapeColumn = (column: OpenColumn, given: string | null): string | null | BadField => {
  const field = readField({ data_type: column.from_type, length: null }, given)
  return field === null || field instanceof BadField ? field : shapeText(column, field)
}

const SORT_TYPES: Readonly<Record<string, string>> = {
  N: 'numeric',
  Y: 'numeric',
  B: 'numeric',
  F: 'numeric',
  I: 'numeric',
}

/**
 * The order rows leave in: by their key where it is shown, figures as they were computed, else as the source gave them. Of a table that
 * nobody put in order what is hidden must not show in it: ties are broken by a digest.
 */
export const orderOf = ({ columns, source }: Pick<OpenRows, 'columns' | 'source'>): string => {
  const shown = columns.filter(({ shaping, role }) => shaping === 'keep' && role !== 'shape')
  const keys = shown.filter(({ role }) => role === 'key')
  const by = source === 'figures' ? [] : keys.length === 0 && source === 'table' ? shown : keys
  const terms = by.map(({ name, from_type }) => {
    const cast = SORT_TYPES[from_type]
    return cast ? `${quoted(name)}::${cast}` : `${quoted(name)} collate "C"`
  })
  return [...terms, source === 'table' ? 'md5(t::text)' : '_line'].join(', ')
}
