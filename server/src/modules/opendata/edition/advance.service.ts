import type { StageColumn } from '@sanjiang/contract/opendata'
import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { withClient } from '../connection.ts'
import { publishReleases } from '../publish.service.ts'
import { listOpeningItems } from '../release.store.ts'
import { carryEdition, sweepData } from './carry.service.ts'
import { checkEdition } from './check.service.ts'
import {
  countAttempt,
  type DueRow,
  type EditionChange,
  type EditionRow,
  findCarried,
  findContent,
  findEdition,
  findLive,
  listAbandoned,
  listDue,
  listStaged,
  listUnworked,
  lockEdition,
  removePieces,
} from './edition.store.ts'
import { readFileEdition, readTableEdition } from './reading.service.ts'
import { discardPending, settle } from './settle.ts'
import { dropStage, sweepStage, tryLock, withStage } from './stage.ts'

const MOST_ATTEMPTS = 5
const GIVEN_UP = { row: 0, column: '', rule: 'attempts', message: '多次未能处理完，请检查文件后重新上传' }

const itemsOf = async (ctx: Ctx, resourceId: string): Promise<StageColumn[]> =>
  (await listOpeningItems(ctx.db, resourceId)).map(({ name, name_en, data_type, length, is_key }) => ({
    name: name_en!,
    title: name!,
    data_type: data_type ?? 'C',
    length,
    is_key: is_key ?? false,
  }))

/** Changes an edition if it still is in the state the work began in; else somebody decided otherwise meanwhile. */
const finish = (ctx: Ctx, row: EditionRow, change: EditionChange): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    const now = await lockEdition(tx, 'all', row.edition_id)
    if (!now || now.state !== row.state || now.revision !== row.revision) return
    await settle(tx, inner, { row: now, change })
    if (row.source === 'file') await removePieces(tx, row.edition_id)
  })

/** Where an edition goes once its rows stand in the stage: to the release that is in force, else it waits for one. */
const placeFor = async (ctx: Ctx, row: EditionRow): Promise<EditionChange> => {
  const live = row.waits ? undefined : await findLive(ctx.db, row.resource_id)
  return live?.content.rows ? { state: 'checking', release_id: live.release_id } : { state: 'staged' }
}

interface Working {
  readonly client: pg.Client
  readonly row: EditionRow
}

const readRows = async (ctx: Ctx, { client, row }: Working): Promise<void> => {
  const reading = { client, row, items: await itemsOf(ctx, row.resource_id) }
  const outcome = row.source === 'file' ? await readFileEdition(ctx, reading) : await readTableEdition(reading)
  if (outcome.fault_count > 0) await dropStage(client, row.edition_id)
  const place = outcome.fault_count > 0 ? ({ state: 'refused' } as const) : await placeFor(ctx, row)
  await finish(ctx, row, {
    ...outcome,
    ...place,
    columns: [...outcome.columns],
    ignored: [...outcome.ignored],
    faults: [...outcome.faults],
  })
}

/** A delivery that says what is public already makes no new edition. */
const isUnchanged = async (ctx: Ctx, row: EditionRow, digest?: string | null): Promise<boolean> => {
  const carried = await findCarried(ctx.db, row.resource_id)
  return carried !== undefined && carried.digest === digest && carried.release_id === row.release_id
}

const checkRows = async (ctx: Ctx, { client, row }: Working): Promise<void> => {
  const content = await findContent(ctx.db, row.release_id!)
  if (!content?.rows) return finish(ctx, row, { state: 'staged', release_id: null })
  const change = await checkEdition({ client, row, rows: content.rows, today: ctx.today })
  const checked = { ...change, checked_at: ctx.instant }
  if (change.state === 'clean' && (await isUnchanged(ctx, row, change.digest)))
    return finish(ctx, row, { ...checked, state: 'discarded', sample: null, note: '与现行版相同，不另成一版' })
  await finish(ctx, row, checked)
}

/** One edition, by one process at a time, from the state it is found in. */
const work = (ctx: Ctx, id: string): Promise<void> =>
  withStage(ctx, async (client) => {
    if (!(await tryLock(client, id))) return
    for (let turn = 0; turn < 2; turn++) {
      const row = await findEdition(ctx.db, 'all', id)
      if (!row || (row.state !== 'reading' && row.state !== 'checking')) return
      if ((await countAttempt(ctx.db, id)) > MOST_ATTEMPTS)
        return finish(ctx, row, { state: 'refused', faults: [GIVEN_UP], fault_count: 1 })
      await (row.state === 'reading' ? readRows : checkRows)(ctx, { client, row })
    }
  })

/** Whether it is over; a release that was approved while it was on its way may have taken it over, to be looked through anew. */
const markCarried = (ctx: Ctx, row: DueRow, outcome: 'carried' | 'gone'): Promise<boolean> =>
  inTx(ctx, async (tx, inner) => {
    const now = await lockEdition(tx, 'all', row.edition_id)
    if (now?.state !== 'clean' || now.revision !== row.revision) return false
    const note = '数据集已撤回或已有更新的版次'
    const change: EditionChange =
      outcome === 'carried' ? { state: 'carried', carried_at: ctx.instant } : { state: 'discarded', note }
    await settle(tx, inner, { row: now, change })
    if (outcome === 'carried')
      await discardPending(tx, inner, {
        resource_id: row.resource_id,
        isOver: (one) => one.edition_no < row.edition_no && one.release_id === row.release_id,
        note: '已有更新的版次',
      })
    return true
  })

/** What is checked and released goes out; an edition that cannot go holds no other up. */
const carryAll = async (ctx: Ctx): Promise<number> => {
  const [url, due] = [ctx.site.publishDatabaseUrl, await listDue(ctx.db)]
  if (!url) return 0
  return withClient(url, async (site) => {
    for (const row of due)
      await withStage(ctx, async (stage) => {
        const isOver = await markCarried(ctx, row, await carryEdition({ stage, site, row }))
        if (isOver) await dropStage(stage, row.edition_id)
      }).catch((error: Error) => ctx.log.error({ err: error, edition: row.edition_id }, 'edition not carried'))
    await sweepData(site)
    return due.length
  })
}

/**
 * Moves every edition on as far as it goes: read, checked, carried. Driven by the states alone, so whoever runs it next goes on
 * where a killed process stopped, and a second run changes nothing.
 */
export const advanceEditions = async (ctx: Ctx): Promise<number> => {
  const unworked = ctx.site.stageDatabaseUrl ? await listUnworked(ctx.db) : []
  for (const { edition_id } of unworked)
    await work(ctx, edition_id).catch((error: Error) =>
      ctx.log.error({ err: error, edition: edition_id }, 'edition not advanced'),
    )
  await publishReleases(ctx)
  return unworked.length + (await carryAll(ctx))
}

const ABANDONED_MS = 7 * 86_400_000

const discardAbandoned = async (ctx: Ctx): Promise<void> => {
  for (const row of await listAbandoned(ctx.db, new Date(Date.parse(ctx.instant) - ABANDONED_MS).toISOString()))
    await finish(ctx, row, { state: 'discarded', note: '七天没有上传完' })
}

/** What was begun and not gone on with: uploads, and tables that killed processes left in the stage. */
export const sweepEditions = async (ctx: Ctx): Promise<void> => {
  await discardAbandoned(ctx)
  if (!ctx.site.stageDatabaseUrl) return
  await withStage(ctx, async (client) => sweepStage(client, await listStaged(ctx.db)))
}
