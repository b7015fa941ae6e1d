import type { StageColumn } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { listOpeningItems } from '../release.store.ts'
import { insertDelivery } from './edition.service.ts'
import { findLive } from './edition.store.ts'
import { BadField, readField } from './field.rules.ts'
import { isLoadedTable } from './reading.service.ts'
import { atomically, copyIn, createStage, inBatches, tableOf, type Values, withStage } from './stage.ts'

export interface Figures {
  readonly resource_id: string
  /** English names of items, in the order of the values. */
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly (string | number | boolean | null)[]>
  readonly data_on?: string
  readonly note?: string
  /** Kept for a release to come, not checked under the one in force. */
  readonly waits?: boolean
}

const columnsOf = async (ctx: Ctx, { resource_id, columns }: Figures): Promise<StageColumn[]> => {
  const items = new Map((await listOpeningItems(ctx.db, resource_id)).map((item) => [item.name_en, item]))
  return columns.map((name) => {
    const item = items.get(name)
    if (!item) throw invalid('columns', 'unknown', `没有英文名为 ${name} 的信息项`)
    const { data_type, length, is_key } = item
    return { name, title: item.name!, data_type: data_type ?? 'C', length, is_key: is_key ?? false }
  })
}

function* typed({ rows }: Figures, columns: readonly StageColumn[]): Generator<Values> {
  let line = 0
  for (const row of rows) {
    line++
    yield [
      String(line),
      ...columns.map((column, index) => {
        const field = readField(column, row[index])
        if (!(field instanceof BadField)) return field
        throw invalid(`rows.${line}.${column.name}`, field.rule, `第 ${line} 行 ${column.title}：${field.message}`)
      }),
    ]
  }
}

/**
 * Rows that the platform computes, as an edition: the next of an open dataset, or one waiting to be proposed. They stand in the
 * stage before the edition is known of, so that an edition never lacks its rows.
 */
export const stageFigures = async (ctx: Ctx, figures: Figures): Promise<string> => {
  const columns = await columnsOf(ctx, figures)
  const edition_id = newId()
  let row_count = 0
  await withStage(ctx, (client) =>
    atomically(client, async () => {
      await createStage(client, edition_id, figures.columns)
      const rows = (function* () {
        for (const row of typed(figures, columns)) {
          row_count++
          yield row
        }
      })()
      await copyIn(client, {
        table: tableOf(edition_id),
        columns: ['_line', ...figures.columns],
        rows: inBatches(rows),
      })
    }),
  )
  const { resource_id, data_on = ctx.today, note = '', waits = false } = figures
  return inTx(ctx, async (tx, inner) => {
    const live = waits ? undefined : await findLive(tx, resource_id)
    const place = live?.content.rows
      ? ({ state: 'checking', release_id: live.release_id } as const)
      : ({ state: 'staged' } as const)
    return insertDelivery(tx, inner, {
      ...{ ...place, edition_id, resource_id, columns, row_count, data_on, note, waits },
      source: 'figures',
    })
  })
}

export interface Loaded {
  readonly resource_id: string
  /** A table of the stage database that an agent keeps: `name` (schema public) or `load.name`. */
  readonly stage_table: string
  readonly data_on?: string
  readonly note?: string
  readonly waits?: boolean
}

/** An edition of what stands in a table an agent loaded, in the caller's transaction. */
export const deliverLoaded = (
  tx: Tx,
  ctx: Ctx,
  { stage_table, data_on = ctx.today, ...more }: Loaded,
): Promise<string> => {
  if (!isLoadedTable(stage_table)) throw invalid('stage_table', 'pattern', '表名须为小写字母、数字和下划线')
  return insertDelivery(tx, ctx, { ...more, stage_table, data_on, source: 'table', state: 'reading' })
}

/** What stands in a table an agent loaded, as an edition; a worker takes the snapshot. */
export const editionFromStage = (ctx: Ctx, loaded: Loaded): Promise<string> =>
  inTx(ctx, (tx, inner) => deliverLoaded(tx, inner, loaded))
