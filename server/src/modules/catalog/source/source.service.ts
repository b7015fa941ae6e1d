import type { Paged } from '@sanjiang/contract'
import type { Cluster, ItemSource, ResourceContent } from '@sanjiang/contract/catalog'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { markStale } from '../quality/quality.store.ts'
import { reachOf } from '../resource.rules.ts'
import { findResource, lockResource } from '../resource.store.ts'
import { getContent } from '../version.store.ts'
import { readLexicon } from './cluster.store.ts'
import { findCluster, listClusterItems, listClusterRows } from './cluster.view.ts'
import { keyOf } from './key.rules.ts'
import * as store from './lead.store.ts'
import { toLeads } from './lead.view.ts'

interface ListQuery {
  readonly q?: string
  readonly organ_id?: string
  readonly lead?: 'none' | 'proposed' | 'contested' | 'agreed'
  readonly min_confidence?: number
  readonly after?: string
  readonly limit?: number
}

const findOrgan = async (db: Db, organId: string) => {
  const organ = await db
    .selectFrom('identity.organ')
    .select(['path', 'division_code'])
    .where('organ_id', '=', organId)
    .executeTakeFirst()
  if (!organ) throw new Fault('not_found')
  return organ
}

export const listClusters = async (ctx: Ctx, query: ListQuery): Promise<Paged<Cluster>> => {
  const { limit = 20, organ_id } = query
  const rows = await listClusterRows(ctx.db, {
    q: query.q,
    organPath: organ_id === undefined ? undefined : (await findOrgan(ctx.db, organ_id)).path,
    lead: query.lead,
    minConfidence: query.min_confidence,
    after: query.after,
    limit,
  })
  return toPage(rows, limit, (row) => [row.departments, row.cluster_id])
}

const SHOWN = 200

export const getCluster = async (ctx: Ctx, id: string) => {
  const cluster = await findCluster(ctx.db, id)
  if (!cluster) throw new Fault('not_found')
  const found = await listClusterItems(ctx.db, cluster.key, SHOWN)
  const items = found.slice(0, SHOWN)
  const leads = await toLeads(ctx, ctx.db, await store.listLeadRows(ctx.db, cluster.key))
  const scope = scopeOf(ctx.actor, 'catalog.lead.propose')
  const paths = await store.listHolding(ctx.db, cluster.key, items[0]?.organ_id ?? '')
  return {
    cluster,
    items,
    is_cut: found.length > SHOWN,
    suggested_item_id: items[0]?.item_id ?? null,
    leads,
    can_propose: cluster.lead === null && (scope === 'all' || paths.some((one) => reaches(scope, one.organ_path))),
  }
}

export const listItemSources = async (ctx: Ctx, id: string): Promise<ItemSource[]> => {
  const reach = reachOf(ctx.actor)
  if (!(await findResource(ctx.db, reach, id))) throw new Fault('not_found')
  return store.listSourceRows(ctx.db, reach, id)
}

interface Checked {
  readonly names: readonly string[]
  readonly resource_id?: string | null
}

interface Named {
  readonly item_id: string | null
  readonly name: string
  readonly data_element: string
}

const workingOf = async (ctx: Ctx, id: string) => {
  const row = await findResource(ctx.db, reachOf(ctx.actor), id)
  if (!row?.may_work) throw new Fault('not_found')
  const content = (row.draft as ResourceContent | null) ?? (await getContent(ctx.db, id, row.last_version))
  return { row, content }
}

const divisionOf = async (ctx: Ctx, organId: string | undefined): Promise<string> =>
  organId === undefined ? '' : (await findOrgan(ctx.db, organId)).division_code

/** Items being compiled that some department of the same government already leads: to be referred to, not collected again. */
export const findSources = async (ctx: Ctx, { names, resource_id }: Checked): Promise<ItemSource[]> => {
  const working = resource_id ? await workingOf(ctx, resource_id) : undefined
  const organId = working?.row.provider_organ_id ?? ctx.actor.organ?.organ_id
  const division = await divisionOf(ctx, organId)
  const known = new Map((working?.content.items ?? []).map((item) => [item.name, item]))
  const asked: Named[] = [...new Set(names.map((name) => name.trim()))].map((name) => ({
    name,
    item_id: known.get(name)?.item_id ?? null,
    data_element: known.get(name)?.data_element ?? '',
  }))
  const lexicon = await readLexicon(ctx.db)
  const keyed = asked.flatMap((one) => {
    const { key } = keyOf(one, lexicon)
    return key === null ? [] : [{ ...one, key }]
  })
  const leads = await store.listLeadsOf(
    ctx.db,
    keyed.map(({ key }) => key),
    division,
  )
  const references = resource_id ? await store.listReferences(ctx.db, resource_id) : new Map<string, string>()
  return keyed.flatMap(({ key, item_id, name }) => {
    const lead = leads.find((one) => one.key === key && one.resource_id !== resource_id)
    if (!lead) return []
    return [
      {
        item_id: item_id ?? lead.item_id,
        item_name: name,
        source_item_id: lead.item_id,
        is_lead: false,
        is_referring: item_id !== null && references.get(item_id) === lead.item_id,
        lead_id: lead.lead_id,
        resource_id: lead.resource_id,
        resource_code: lead.resource_code,
        resource_name: lead.resource_name,
        organ_name: lead.organ_name,
      },
    ]
  })
}

interface Reference {
  readonly item_id: string
  readonly source_item_id: string | null
}

/** Makes an item refer to the lead's, or takes that back; known by the item's identity, it holds for every version. */
export const referItem = (ctx: Ctx, id: string, { item_id, source_item_id }: Reference): Promise<{ done: true }> =>
  inTx(ctx, async (tx, inner) => {
    await lockResource(tx, reachOf(inner.actor), id)
    const { row, content } = await workingOf(inner, id)
    if (!reaches(scopeOf(inner.actor, 'catalog.resource.edit'), row.provider_path)) throw new Fault('not_found')
    const item = content.items.find((one) => one.item_id === item_id)
    if (!item) throw invalid('item_id', 'R16', '本条目没有这个信息项', '一数一源')
    if (source_item_id === null) await store.removeReference(tx, item_id)
    else {
      const { key } = keyOf({ name: item.name, data_element: item.data_element ?? '' }, await readLexicon(tx))
      const leads = await store.listLeadsOf(tx, [key ?? ''], await divisionOf(inner, row.provider_organ_id))
      const lead = leads.find((one) => one.item_id === source_item_id)
      if (!lead || lead.item_id === item_id)
        throw invalid('source_item_id', 'R16', '只能引用已定牵头部门的同一信息项', '一数一源')
      const { lead_id } = lead
      await store.putReference(tx, { item_id, resource_id: id, source_item_id, lead_id, since: inner.today })
    }
    await markStale(tx, [id])
    await record(tx, inner, {
      type: source_item_id === null ? 'catalog.item.unreferred' : 'catalog.item.referred',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      after: { item_id, item_name: item.name, source_item_id },
    })
    return { done: true }
  })
