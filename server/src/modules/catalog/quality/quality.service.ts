import type { Paged } from '@sanjiang/contract'
import type { Channel, EntryFinding, FactKind, FindingKind, Party, Quality } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { reachOf } from '../resource.rules.ts'
import { findQuality, isReadable, listFactRows, listFindingRows, sumQuality } from './quality.view.ts'

const METHODS = ['api', 'table', 'file'] as const

const channelsOf = (facts: Awaited<ReturnType<typeof listFactRows>>): Channel[] =>
  METHODS.flatMap((method) => {
    const attached = facts.get(`attached_${method}` satisfies FactKind)
    const down = facts.get(`unreachable_${method}` satisfies FactKind)
    if (!attached) return []
    const { since, message } = down ?? attached
    return [{ method, is_reachable: !down, since, message, party: (down?.party ?? null) as Party | null }]
  })

/** How good a published entry is; `null` until it has been folded for the first time. */
export const getQuality = async (ctx: Ctx, id: string): Promise<Quality | null> => {
  const reach = reachOf(ctx.actor)
  if (!(await isReadable(ctx.db, reach, id))) throw new Fault('not_found')
  const found = await findQuality(ctx.db, reach, id)
  if (!found) return null
  const findings = await listFindingRows(ctx.db, { reach, resourceId: id, today: ctx.today, limit: 20 })
  return { ...found, channels: channelsOf(await listFactRows(ctx.db, id)), findings }
}

const organOf = async (ctx: Ctx, organId: string) => {
  const organ = await ctx.db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name', 'path'])
    .where('organ_id', '=', organId)
    .executeTakeFirst()
  if (!organ) throw new Fault('not_found')
  return organ
}

/** The actor's own organ unless another is named: published quality is no secret among departments. */
export const getOrganQuality = async (ctx: Ctx, { organ_id }: { organ_id?: string }) => {
  const wanted = organ_id ?? ctx.actor.organ?.organ_id
  if (!wanted) throw new Fault('not_found')
  const organ = await organOf(ctx, wanted)
  const sums = await sumQuality(ctx.db, { reach: reachOf(ctx.actor), path: organ.path })
  return { organ_id: organ.organ_id, organ_name: organ.name, ...sums }
}

interface ListQuery {
  readonly organ_id?: string
  readonly kind?: FindingKind
  readonly party?: Party
  readonly resource_id?: string
  readonly is_cleared?: boolean
  readonly after?: string
  readonly limit?: number
}

export const listEntryFindings = async (ctx: Ctx, query: ListQuery): Promise<Paged<EntryFinding>> => {
  const { limit = 20, organ_id } = query
  const rows = await listFindingRows(ctx.db, {
    reach: reachOf(ctx.actor),
    organPath: organ_id === undefined ? undefined : (await organOf(ctx, organ_id)).path,
    kind: query.kind,
    party: query.party,
    resourceId: query.resource_id,
    isCleared: query.is_cleared,
    today: ctx.today,
    after: query.after,
    limit,
  })
  return toPage(rows, limit, (row) => [row.found_on, row.finding_id])
}
