import type { SiteColumn } from '@sanjiang/contract/site'
import { columnKind } from '@sanjiang/contract/site.column'
import { hasPlaces } from '@sanjiang/contract/site.file'
import type { ChartSlice, PreviewColumn, PreviewKind } from '@sanjiang/contract/site.preview'
import { withoutStatus } from '@sanjiang/contract/site.status'

/** Shares and rates are not added up. */
const RATE_UNITS = new Set(['%', '‰', '％'])

export const isNumber = (column: SiteColumn): boolean => ['number', 'integer'].includes(columnKind(column))
export const isTime = (column: SiteColumn): boolean => ['date', 'time'].includes(columnKind(column))

export const previewColumn = (column: SiteColumn): PreviewColumn => ({
  name: column.name,
  title: column.title,
  unit: column.unit,
  is_number: isNumber(column),
  can_sort: column.role !== 'shape',
})

export const measuresOf = (columns: readonly SiteColumn[]): SiteColumn[] =>
  columns.filter((column) => column.role === 'measure' && isNumber(column))

/** The measure asked for, else the first. */
export const measureOf = (columns: readonly SiteColumn[], asked: string): SiteColumn | undefined => {
  const measures = measuresOf(columns)
  return measures.find(({ name }) => name === asked) ?? measures[0]
}

export interface ChartPlan {
  readonly category: SiteColumn
  /** What may be compared instead. */
  readonly categories: readonly SiteColumn[]
  /** `null`: rows are counted. */
  readonly measure: SiteColumn | null
  readonly kind: 'bar' | 'line'
  readonly is_rate: boolean
  /** By what else rows are told apart; each is held at one value, or added up where that makes sense. */
  readonly others: readonly SiteColumn[]
  /** What is drawn where there is only one date. */
  readonly otherwise: ChartPlan | null
}

/** What somebody chose of a chart, by words of the address. */
export interface ChartAsk {
  readonly measure: string
  readonly by: string
  /** The value chosen for a column; `''` for all of them. */
  readonly only: (name: string) => string | undefined
  /** The column whose values are drawn beside each other. */
  readonly split: string
}

const isRate = ({ unit, title }: SiteColumn): boolean =>
  RATE_UNITS.has(unit ?? '') ||
  /率|占比|比例|比重|平均|人均|(?<![总造])价格?$|单价|均价|指数|浓度|温度|湿度|水位|海拔/.test(title)
const isYear = ({ title }: SiteColumn): boolean => /年度|年份|月份|季度/.test(title)

/** Values that stand for all the others together; no bar among them. */
export const TOTAL_WORDS = '^\\s*(青海省|全省|全国)?(合计|总计|总数|共计|小计|全部|全省|青海省|total|all)\\s*$'
const isTotal = (value: string): boolean => new RegExp(TOTAL_WORDS, 'i').test(value)

/** Rows that are things, each by a code or at a place: their dates tell of each, and no line leads from one to the next. */
const isOfThings = (columns: readonly SiteColumn[]): boolean =>
  hasPlaces(columns) || columns.some(({ role, data_type }) => role === 'key' && data_type === 'C')

/** What rows follow each other by. */
const courseOf = (columns: readonly SiteColumn[]): SiteColumn | undefined =>
  columns.find((one) => isTime(one) && (one.role === 'key' || !isOfThings(columns))) ??
  columns.find((one) => one.role === 'category' && isYear(one))

const MOST_OTHERS = 3

/** What a chart of these columns would show: time as a line, kinds as bars, rows counted where nothing is measured. */
export const planChart = (
  columns: readonly SiteColumn[],
  { measure: asked, by }: Pick<ChartAsk, 'measure' | 'by'>,
): ChartPlan | undefined => {
  const measure = measureOf(columns, asked) ?? null
  const categories = columns.filter(({ role }) => role === 'category')
  const parts = columns.filter(({ role, data_type }) => role === 'category' || (role === 'key' && data_type === 'C'))
  const planOf = (category: SiteColumn, kind: ChartPlan['kind']): ChartPlan => ({
    ...{ category, categories: kind === 'bar' ? categories : [], measure, kind, otherwise: null },
    is_rate: measure !== null && isRate(measure),
    others: parts.filter((one) => one !== category).slice(0, MOST_OTHERS),
  })
  const time = courseOf(columns)
  const category = categories.find(({ name }) => name === by) ?? categories.find((one) => one !== time) ?? categories[0]
  const bars = category ? planOf(category, 'bar') : null
  return time && measure ? { ...planOf(time, 'line'), otherwise: bars } : (bars ?? undefined)
}

interface Slicing {
  readonly column: SiteColumn
  readonly values: readonly string[]
  /** The one most rows have. */
  readonly usual: string
  readonly plan: Pick<ChartPlan, 'is_rate'>
}

/** All together only where that is something: prices are not added up, and a total is there already. */
export const sliceOf = (
  { column: { name, title }, values, usual, plan }: Slicing,
  { only }: Pick<ChartAsk, 'only'>,
): ChartSlice => {
  const total = values.find(isTotal)
  const can_all = !plan.is_rate && total === undefined
  const asked = only(name)
  const chosen = asked !== undefined && values.includes(asked) ? asked : null
  return { name, title, values, can_all, chosen: chosen ?? (can_all ? null : (total ?? usual)) }
}

/** More pictures than these nobody compares. */
const MOST_PANELS = 16

/** Which values are drawn beside each other: a sum of them all would dwarf its parts, an average stands well beside them. */
export const panelsOf = ({ values }: Pick<ChartSlice, 'values'>, { is_rate }: Pick<ChartPlan, 'is_rate'>) => {
  const all = is_rate ? values : values.filter((one) => !isTotal(one))
  return { names: all.slice(0, MOST_PANELS), left_out: Math.max(0, all.length - MOST_PANELS) }
}

export interface MapPlan {
  readonly shape: SiteColumn | undefined
  readonly lon: SiteColumn | undefined
  readonly lat: SiteColumn | undefined
  readonly label: SiteColumn | undefined
  readonly category: SiteColumn | undefined
  readonly measure: SiteColumn | undefined
}

/** The first words of a row that a person would call it by. */
const labelOf = (columns: readonly SiteColumn[]): SiteColumn | undefined => {
  const texts = withoutStatus(columns).filter(({ data_type, role }) => data_type === 'C' && role !== 'shape')
  return texts.find(({ title }) => /名称|名字|地名/.test(title)) ?? texts.find(({ role }) => role !== 'key') ?? texts[0]
}

export const planMap = (columns: readonly SiteColumn[], asked: string): MapPlan | undefined => {
  if (!hasPlaces(columns)) return undefined
  const of = (role: SiteColumn['role']) => columns.find((column) => column.role === role)
  const label = labelOf(columns)
  const category = of('category')
  return {
    shape: of('shape'),
    lon: of('lon'),
    lat: of('lat'),
    label,
    category: category === label ? undefined : category,
    measure: measureOf(columns, asked),
  }
}

export const previewKinds = (columns: readonly SiteColumn[]): PreviewKind[] => [
  'table',
  ...(planChart(columns, { measure: '', by: '' }) ? (['chart'] as const) : []),
  ...(planMap(columns, '') ? (['map'] as const) : []),
]
