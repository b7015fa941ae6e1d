import type { SiteColumn } from '@sanjiang/contract/site'
import { hasPlaces } from '@sanjiang/contract/site.file'
import type { PreviewColumn, PreviewKind } from '@sanjiang/contract/site.preview'

const NUMBERS = new Set(['N', 'Y', 'B', 'F', 'I'])
const TIMES = new Set(['D', 'T'])
/** Shares and rates are not added up. */
const RATE_UNITS = new Set(['%', '‰', '％'])

export const isNumber = ({ data_type }: SiteColumn): boolean => NUMBERS.has(data_type)
export const isTime = ({ data_type }: SiteColumn): boolean => TIMES.has(data_type)

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
  /** `null`: rows are counted. */
  readonly measure: SiteColumn | null
  readonly kind: 'bar' | 'line'
  readonly is_rate: boolean
}

const isRate = ({ unit, title }: SiteColumn): boolean =>
  RATE_UNITS.has(unit ?? '') || /率|占比|比例|比重|平均|人均|单价|均价/.test(title)
const isYear = ({ title }: SiteColumn): boolean => /年度|年份|月份|季度/.test(title)

/** What a chart of these columns would show: time as a line, kinds as bars, rows counted where nothing is measured. */
export const planChart = (columns: readonly SiteColumn[], asked: string): ChartPlan | undefined => {
  const measure = measureOf(columns, asked) ?? null
  const categories = columns.filter(({ role }) => role === 'category')
  const time = columns.find(isTime) ?? categories.find(isYear)
  if (time && measure) return { category: time, measure, kind: 'line', is_rate: isRate(measure) }
  const category = categories[0]
  return category && { category, measure, kind: 'bar', is_rate: measure !== null && isRate(measure) }
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
  const texts = columns.filter(({ data_type, role }) => data_type === 'C' && role !== 'shape')
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
  ...(planChart(columns, '') ? (['chart'] as const) : []),
  ...(planMap(columns, '') ? (['map'] as const) : []),
]
