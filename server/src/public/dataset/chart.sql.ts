import type { SiteColumn } from '@sanjiang/contract/site'
import type { ChartSlice } from '@sanjiang/contract/site.preview'
import pg from 'pg'
import { type ChartPlan, isTime, TOTAL_WORDS } from './preview.rules.ts'
import type { Source } from './preview.store.ts'
import { hiddenSql } from './status.sql.ts'

const LABEL = 60

export const quoted = (name: string): string => pg.escapeIdentifier(name)
export const from = ({ table }: Source): string => `data.${quoted(table)}`
export const labelSql = (column: SiteColumn): string =>
  isTime(column) ? `to_char(${quoted(column.name)}, 'YYYY-MM-DD')` : `left(${quoted(column.name)}::text, ${LABEL})`

/** What is drawn for some rows together, and how many of them have nothing or are not published. */
export const figureSql = ({ measure, is_rate }: ChartPlan): string =>
  [
    measure ? `${is_rate ? 'avg' : 'sum'}(${quoted(measure.name)})::float8 as value` : 'count(*)::float8 as value',
    'count(*)::integer as rows',
    `${measure ? `count(*) filter (where ${quoted(measure.name)} is null)` : '0'} as holes`,
    'count(*) filter (where is_hidden) as secrets',
  ].join(', ')

export interface Held {
  readonly plan: ChartPlan
  readonly slices: readonly ChartSlice[]
}

/** Rows at the values they are held at, as `d`, with `label` and whatever more is asked for; and what its parameters are. */
export const heldRows = (source: Source, { plan, slices }: Held, more: readonly string[] = []) => {
  const { category, measure, kind } = plan
  const held = slices.filter(({ chosen }) => chosen !== null)
  const columns = [
    `${labelSql(category)} as label`,
    ...held.map(({ name }, at) => `${labelSql(plan.others.find((one) => one.name === name)!)} as slice_${at}`),
    ...(measure ? [quoted(measure.name)] : []),
    `${hiddenSql(source.columns, measure)} as is_hidden`,
    ...more,
  ]
  const wheres = [
    '$1::text is not null',
    kind === 'line' ? 'label is not null' : '(label is null or label !~* $1)',
    ...held.map((_, at) => `slice_${at} = $${at + 2}`),
  ]
  return {
    text: `(select ${columns.join(', ')} from ${from(source)}) d where ${wheres.join(' and ')}`,
    values: [TOTAL_WORDS, ...held.map(({ chosen }) => chosen)],
  }
}
