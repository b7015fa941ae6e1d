import type { ChartSlice, ChartSplit } from '@sanjiang/contract/site.preview'
import { figureSql, type Held, heldRows, labelSql } from './chart.sql.ts'
import { panelsOf } from './preview.rules.ts'
import type { Source } from './preview.store.ts'

/** In each of several pictures: bars that can be read on a phone, five years of weeks. */
const MOST_BARS = 8
const MOST_DOTS = 260

export interface SplitRow {
  readonly label: string | null
  readonly panel: string
  readonly place: number
  readonly value: number | null
  readonly secrets: number
  readonly rows: number
  readonly total: number
  readonly hidden: number
  readonly withheld: number
}

/** A line shows the newest stretch of time, bars the greatest kinds of all pictures together. */
const readCells = async (source: Source, held: Held, { by, names }: { by: ChartSlice; names: readonly string[] }) => {
  const { plan } = held
  const isLine = plan.kind === 'line'
  const column = plan.others.find(({ name }) => name === by.name)!
  const { text, values } = heldRows(source, held, [`${labelSql(column)} as panel`])
  const [panels, most] = [`$${values.length + 1}`, `$${values.length + 2}`]
  const { rows } = await source.pool.query<SplitRow>(
    `with cells as (select label, panel, ${figureSql(plan)} from ${text} and panel = any(${panels}::text[]) group by 1, 2),
       labels as (select label, count(*) over ()::integer as total,
           row_number() over (order by ${isLine ? 'label desc' : 'sum(value) desc, label'})::integer as place
         from cells where value is not null group by label order by place limit ${most})
     select c.label, c.panel, c.value, c.rows, c.secrets::integer as secrets, l.place, l.total, (select sum(holes)::integer from cells) as hidden,
       (select sum(secrets)::integer from cells) as withheld
     from cells c join labels l on c.label is not distinct from l.label where c.value is not null or c.secrets > 0 order by l.place`,
    [...values, names, isLine ? MOST_DOTS : MOST_BARS],
  )
  return rows.filter(({ value }) => value === null || Number.isFinite(value))
}

/** One measure by two classifications: a picture for each value of the one, by the other, all to one scale. */
export const readSplit = async (
  source: Source,
  held: Held,
  by: ChartSlice,
): Promise<{ split: ChartSplit; rows: readonly SplitRow[] }> => {
  const { names, left_out } = panelsOf(by, held.plan)
  const rows = await readCells(source, held, { by, names })
  const shown = [...new Set(rows.map(({ label }) => label ?? ''))]
  const labels = held.plan.kind === 'line' ? shown.toReversed() : shown
  const values = new Map(
    rows.map(({ label, panel, value }) => [JSON.stringify([panel, label ?? '']), value ?? (false as const)]),
  )
  const panels = names.map((name) => ({
    name,
    values: labels.map((label) => values.get(JSON.stringify([name, label])) ?? null),
  }))
  const { is_rate } = held.plan
  return { split: { name: by.name, title: by.title, labels, panels, is_rate, left_out }, rows }
}
