import { createHash } from 'node:crypto'
import { FIGURES, type Figure, type FigureCode } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { stageFigures } from '../edition/figures.service.ts'
import { tryLock, withStage } from '../edition/stage.ts'
import { findOpening, listOpeningItems } from '../release.store.ts'
import { DEFINITIONS, type FigureRow } from './figure.data.ts'
import { computeFigure, listBound, lockFigure, markFigure, putFigure } from './figure.store.ts'

export const listFigures = async (ctx: Ctx): Promise<Figure[]> => {
  const bound = new Map(
    (await listBound(ctx.db, scopeOf(ctx.actor, 'opendata.release.read'))).map((row) => [row.figure, row]),
  )
  return FIGURES.codes.map((figure) => {
    const row = bound.get(figure)
    return {
      ...{ figure, title: FIGURES.titles[figure], columns: [...DEFINITIONS[figure].columns] },
      ...{ resource_id: row?.resource_id ?? null, resource_name: row?.resource_name ?? null },
      ...{
        bound_by_name: row?.bound_by_name ?? null,
        staged_on: row?.staged_on ?? null,
        trouble: row?.trouble ?? null,
      },
    }
  })
}

const assertItems = async (ctx: Ctx, { resource_id, figure }: { resource_id: string; figure: FigureCode }) => {
  const items = new Set((await listOpeningItems(ctx.db, resource_id)).map(({ name_en }) => name_en))
  const missing = DEFINITIONS[figure].columns.filter((name) => !items.has(name))
  if (missing.length > 0) throw invalid('resource_id', 'items', `这个资源缺少信息项 ${missing.join('、')}`)
}

/** Faults: `not_found` for another organ's resource, `invalid` where items are missing, `conflict` where it carries other figures. */
export const bindFigure = async (ctx: Ctx, figure: FigureCode, resource_id: string): Promise<Figure> => {
  await inTx(ctx, async (tx, inner) => {
    const resource = await findOpening(tx, resource_id)
    const scope = scopeOf(inner.actor, 'opendata.release.propose')
    if (!resource || !reaches(scope, resource.provider_path!)) throw new Fault('not_found')
    const before = await lockFigure(tx, figure)
    if (before && before.organ_id !== resource.provider_organ_id)
      throw new Fault('conflict', '这组统计已由另一部门的资源承载')
    await assertItems(inner, { resource_id, figure })
    await putFigure(tx, {
      ...{ figure, resource_id, organ_id: resource.provider_organ_id!, bound_by_name: inner.actor.name },
      ...{ bound_at: inner.instant, digest: null, staged_on: null, trouble: null },
    })
    await record(tx, inner, {
      type: 'opendata.figure.bound',
      subject_kind: 'opendata.figure',
      subject_id: resource_id,
      organ_id: resource.provider_organ_id!,
      after: { figure },
    })
  })
  return (await listFigures(ctx)).find((one) => one.figure === figure)!
}

const digestOf = (rows: readonly FigureRow[]): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex')

/** One group of figures: an edition where the numbers are others than last time. */
const refresh = async (
  ctx: Ctx,
  { figure, resource_id, before }: { figure: FigureCode; resource_id: string; before: string | null },
) => {
  const { columns } = DEFINITIONS[figure]
  const rows = await computeFigure(ctx.db, figure)
  const digest = digestOf(rows)
  if (rows.length === 0 || digest === before) return false
  await stageFigures(ctx, { resource_id, columns, rows: rows.map((row) => columns.map((name) => row[name] ?? null)) })
  await markFigure(ctx.db, figure, { digest, staged_on: ctx.today, trouble: null })
  return true
}

const refreshAll = async (ctx: Ctx): Promise<number> => {
  let changed = 0
  for (const { figure, resource_id, digest } of await listBound(ctx.db, 'all'))
    try {
      if (await refresh(ctx, { figure: figure as FigureCode, resource_id, before: digest })) changed++
    } catch (error) {
      ctx.log.error({ err: error, figure }, 'figures not computed')
      await markFigure(ctx.db, figure as FigureCode, { trouble: (error as Error).message.slice(0, 500) })
    }
  return changed
}

/**
 * Computes every bound group, one process at a time; one that cannot be computed says why and holds no other up. Returns how
 * many changed (T4.2).
 */
export const refreshFigures = async (ctx: Ctx): Promise<number> => {
  if (!ctx.site.stageDatabaseUrl) return 0
  return withStage(ctx, async (client) => ((await tryLock(client, 'figures')) ? refreshAll(ctx) : 0))
}
