import { type Actor, type Ctx, PLATFORM } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { record } from '#kernel/record.ts'
import { search } from '#modules/catalog/index.ts'
import { findResource } from '../resource.store.ts'
import { type Evidence, mayConcern, rankCandidates, type WordHit } from './candidate.rules.ts'
import {
  listCompiled,
  listFaces,
  listHolding,
  listItemMatches,
  listItemNames,
  listSeeking,
  replaceCandidates,
  type Scored,
} from './candidate.store.ts'
import { type DemandRow, findDemand, lockDemand } from './demand.store.ts'

/** Reads the catalogue as anybody of the demanding organ would: a candidate he may not find is none. */
const asDemander = (ctx: Ctx, row: DemandRow): Ctx => {
  const organ = { organ_id: row.organ_id, name: row.organ_name, path: row.organ_path }
  const actor: Actor = { ...PLATFORM, organ, scopes: new Map([['catalog.resource.read', [organ.path]]]) }
  return { ...ctx, actor }
}

const WORD_HITS = 8
const ITEM_HITS = 200
const NEAR_ITEMS = 6

const findByWords = async (ctx: Ctx, name: string): Promise<WordHit[]> => {
  const { rows, match } = await search(ctx, { q: name.slice(0, 100), limit: WORD_HITS })
  return rows.map(({ resource_id }, place) => ({ resource_id, match, place }))
}

/** Items that no entry holds by name: synonyms and near names, as the search knows them. */
const findByNearItems = async (ctx: Ctx, items: readonly string[]): Promise<Map<string, string[]>> => {
  const near = new Map<string, string[]>()
  for (const item of items.slice(0, NEAR_ITEMS)) {
    const { rows, match } = await search(ctx, { q: item, limit: 5 })
    if (match === 'partial' || match === 'none') continue
    for (const { resource_id, matched_items } of rows)
      for (const { name } of matched_items.slice(0, 1)) {
        const known = near.get(resource_id) ?? []
        const text = name === item ? name : `${item} ≈ ${name}`
        if (!known.includes(text)) near.set(resource_id, [...known, text])
      }
  }
  return near
}

const findEvidence = async (ctx: Ctx, row: DemandRow): Promise<Evidence> => {
  const items =
    row.items.length === 0
      ? []
      : await listItemMatches(ctx.db, { items: row.items, organPath: row.organ_path, limit: ITEM_HITS })
  const met = new Set(items.flatMap(({ same }) => same))
  return {
    words: await findByWords(ctx, row.name),
    items,
    synonyms: await findByNearItems(
      ctx,
      row.items.filter((item) => !met.has(item)),
    ),
    compiled: new Set(await listCompiled(ctx.db, row.demand_id)),
  }
}

const findCandidates = async (ctx: Ctx, row: DemandRow): Promise<Scored[]> => {
  const evidence = await findEvidence(asDemander(ctx, row), row)
  const { words, items, synonyms, compiled } = evidence
  const ids = new Set([...words, ...items].map(({ resource_id }) => resource_id))
  for (const id of [...synonyms.keys(), ...compiled]) ids.add(id)
  if (ids.size === 0) return []
  return rankCandidates(row, await listFaces(ctx.db, [...ids], row.organ_path), evidence)
}

/** Matches one demand against the catalogue as it is now. Returns how many candidates were not known before. */
export const matchDemandNow = async (ctx: Ctx, demandId: string): Promise<number> => {
  const row = await findDemand(ctx.db, 'all', demandId)
  if (!row || row.withdrawn_on !== null) return 0
  const found = await findCandidates(ctx, row)
  return inTx(ctx, async (tx, inner) => {
    const locked = await lockDemand(tx, 'all', demandId)
    if (!locked || locked.withdrawn_on !== null) return 0
    const fresh = await replaceCandidates(tx, { demandId, found, today: inner.today })
    if (fresh > 0)
      await record(tx, inner, {
        type: 'sharing.demand.matched',
        subject_kind: 'sharing.demand',
        subject_id: demandId,
        organ_id: row.organ_id,
        after: {
          title: `需求“${row.name}”有 ${fresh} 个新的候选资源`,
          consumer_organ_id: row.organ_id,
          fresh,
          total: found.length,
          is_asked: ctx.actor.organ?.organ_id === row.organ_id,
        },
      })
    return fresh
  })
}

/** After the catalogue changed: the demands that the entry may concern; all that seek when it is not one entry that changed. */
export const rematch = async (ctx: Ctx, data: TaskData): Promise<number> => {
  const entryId = data.subject_kind === 'catalog.resource' ? data.subject_id : undefined
  const seeking = await listSeeking(ctx.db)
  const holding = entryId ? await listHolding(ctx.db, entryId) : new Set<string>()
  const entry = entryId ? await findResource(ctx.db, entryId) : undefined
  const items = entry ? await listItemNames(ctx.db, entry.resource_id) : []
  const isConcerned = (one: (typeof seeking)[number]): boolean =>
    !entryId || holding.has(one.demand_id) || (entry !== undefined && mayConcern(one, { name: entry.name, items }))
  let fresh = 0
  for (const { demand_id } of seeking.filter(isConcerned))
    fresh += await matchDemandNow({ ...ctx, actor: PLATFORM }, demand_id)
  return fresh
}
