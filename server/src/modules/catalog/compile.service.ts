import type { Paged } from '@sanjiang/contract'
import {
  type Finding,
  nameKey,
  type Resource,
  type ResourceContent,
  type ResourceDetail,
  type ResourceDraft,
  type ResourceState,
} from '@sanjiang/contract/catalog'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { assertInOrder, checkContent } from './check.service.ts'
import { titleOf, toContent } from './content.rules.ts'
import { announce } from './publish.service.ts'
import { reachOf } from './resource.rules.ts'
import {
  countStates,
  findResource,
  insertResource,
  listResourceRows,
  type ResourceRow,
  removeResourceRow,
  updateResource,
  waitingFor,
} from './resource.store.ts'
import { toResource } from './resource.view.ts'
import { lockFor, showAfter } from './review.service.ts'
import { currentChecker } from './standard.service.ts'
import { findVersion, getContent, listKnownItems } from './version.store.ts'

/** The organ an entry is compiled for: the actor's own unless he names another within his reach. */
const providerOf = async (ctx: Ctx, draft: ResourceDraft): Promise<string> => {
  const organId = draft.provider_organ_id ?? ctx.actor.organ?.organ_id
  if (!organId) throw invalid('provider_organ_id', 'required', '请填写信息资源提供方')
  const organ = await ctx.db
    .selectFrom('identity.organ')
    .select(['path', 'dissolved_on'])
    .where('organ_id', '=', organId)
    .executeTakeFirst()
  if (!organ || !reaches(scopeOf(ctx.actor, 'catalog.resource.edit'), organ.path))
    throw invalid('provider_organ_id', 'reach', '只能为本机构及下属机构编制目录')
  if (organ.dissolved_on !== null && organ.dissolved_on <= ctx.today)
    throw invalid('provider_organ_id', 'dissolved', `该机构已于 ${organ.dissolved_on} 撤销，请由承继机构编制`)
  return organId
}

/** Columns that repeat what the working copy says, for lists and duplicates. */
export const mirrored = (content: ResourceContent) => ({
  provider_organ_id: content.provider_organ_id,
  name: content.name,
  name_key: nameKey(content.name),
  class_code: content.class_code,
  share_type: content.share_type,
  item_count: content.items.length,
  draft: content,
})

/** Joins the caller's transaction; returns the new entry's id. */
export const createResourceIn = async (tx: Tx, ctx: Ctx, draft: ResourceDraft): Promise<string> => {
  const content = toContent(draft, await providerOf(ctx, draft), [])
  const { standard } = await currentChecker(tx)
  const resource_id = newId()
  const { person_id, name } = ctx.actor
  await insertResource(tx, {
    ...mirrored(content),
    resource_id,
    external_key: null,
    code: null,
    state: 'draft',
    revision: 1,
    standard_id: standard.id,
    standard_version: standard.version,
    last_version: 0,
    published_version: null,
    editors: person_id ? [person_id] : [],
    compiled_on: ctx.today,
    compiled_by: person_id,
    compiled_by_name: name,
    submitted_on: null,
    submitted_by: null,
    submitted_by_name: null,
    reviewed_on: null,
    reviewed_by: null,
    reviewed_by_name: null,
    return_reason: null,
    returned_by_name: null,
    published_on: null,
    withdrawn_on: null,
    withdraw_reason: null,
    created_at: ctx.instant,
    updated_at: ctx.instant,
  })
  await record(tx, ctx, {
    type: 'catalog.resource.drafted',
    subject_kind: 'catalog.resource',
    subject_id: resource_id,
    organ_id: content.provider_organ_id,
    after: { title: titleOf(content.name), provider_organ_id: content.provider_organ_id },
  })
  return resource_id
}

export const createResource = (ctx: Ctx, draft: ResourceDraft): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) =>
    showAfter(tx, inner, { id: await createResourceIn(tx, inner, draft), copy: 'working' }),
  )

const withEditor = (row: ResourceRow, personId: string | null): string[] =>
  personId === null || row.editors.includes(personId) ? row.editors : [...row.editors, personId]

/** Saves the working copy as a whole. `stale` when another saved it since `revision`. */
export const saveResource = (
  ctx: Ctx,
  id: string,
  { revision, draft }: { revision: number; draft: ResourceDraft },
): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'save' })
    if (row.revision !== revision) throw new Fault('stale')
    const provider = draft.provider_organ_id ?? row.provider_organ_id
    if (provider !== row.provider_organ_id && row.last_version > 0)
      throw invalid('provider_organ_id', 'fixed', '已发布过的条目不能更换提供方')
    if (provider !== row.provider_organ_id) await providerOf(inner, draft)
    const before = row.draft as ResourceContent
    const known = [...before.items, ...(await listKnownItems(tx, id))]
    const content = toContent(draft, provider, known)
    await updateResource(tx, id, {
      ...mirrored(content),
      editors: withEditor(row, inner.actor.person_id),
      compiled_by: inner.actor.person_id,
      compiled_by_name: inner.actor.name,
      updated_at: inner.instant,
    })
    await record(tx, inner, {
      type: 'catalog.resource.saved',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: provider,
      after: { revision: row.revision + 1 },
    })
    return showAfter(tx, inner, { id, copy: 'working' })
  })

/** Hands the working copy to the department's reviewer, once no rule finds an error in it. */
export const submitResource = (ctx: Ctx, id: string): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'submit' })
    await assertInOrder(tx, row.draft as ResourceContent, row)
    const { standard } = await currentChecker(tx)
    const change = {
      state: 'dept_review',
      standard_id: standard.id,
      standard_version: standard.version,
      submitted_on: inner.today,
      submitted_by: inner.actor.person_id,
      submitted_by_name: inner.actor.name,
      reviewed_on: null,
      reviewed_by: null,
      reviewed_by_name: null,
      return_reason: null,
      returned_by_name: null,
      updated_at: inner.instant,
    }
    await updateResource(tx, id, change)
    await record(tx, inner, {
      type: 'catalog.resource.submitted',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { state: row.state },
      after: announce({ ...row, ...change }),
    })
    return showAfter(tx, inner, { id, copy: 'working' })
  })

export const recallResource = (ctx: Ctx, id: string): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'recall' })
    const change = { state: 'draft', updated_at: inner.instant }
    await updateResource(tx, id, change)
    await record(tx, inner, {
      type: 'catalog.resource.recalled',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { state: row.state },
      after: announce({ ...row, ...change }),
    })
    return showAfter(tx, inner, { id, copy: 'working' })
  })

/** A working copy of its own for an entry that has none, by whoever acts. */
export const startRevision = async (
  tx: Tx,
  ctx: Ctx,
  { row, content }: { row: ResourceRow; content: ResourceContent },
): Promise<void> => {
  const { actor, today, instant } = ctx
  const { person_id, name } = actor
  const change = {
    ...mirrored(content),
    state: 'draft',
    editors: person_id ? [person_id] : [],
    compiled_on: today,
    compiled_by: person_id,
    compiled_by_name: name,
    submitted_on: null,
    submitted_by: null,
    submitted_by_name: null,
    updated_at: instant,
  }
  await updateResource(tx, row.resource_id, change)
  await record(tx, ctx, {
    type: 'catalog.resource.revised',
    subject_kind: 'catalog.resource',
    subject_id: row.resource_id,
    organ_id: row.provider_organ_id,
    before: { state: row.state, version: row.last_version },
    after: announce({ ...row, ...change }),
  })
}

/** Opens a working copy of the newest version beside it; what is published stays as it is until the copy is approved. */
export const reviseResource = (ctx: Ctx, id: string): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'revise' })
    await startRevision(tx, inner, { row, content: await getContent(tx, id, row.last_version) })
    return showAfter(tx, inner, { id, copy: 'working' })
  })

/** Gives up the working copy: what was published stays published, what was withdrawn stays withdrawn. */
const dropCopy = async (tx: Tx, ctx: Ctx, row: ResourceRow): Promise<void> => {
  const { content: kept, standard_id, standard_version } = (await findVersion(tx, row.resource_id, row.last_version))!
  await updateResource(tx, row.resource_id, {
    ...mirrored(kept as ResourceContent),
    standard_id,
    standard_version,
    draft: null,
    state: row.published_version === null ? 'withdrawn' : 'published',
    return_reason: null,
    returned_by_name: null,
    updated_at: ctx.instant,
  })
}

/** Removes a draft that was never published, or the revision of one that was. */
export const removeResource = (ctx: Ctx, id: string): Promise<{ done: true }> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'remove' })
    if (row.last_version === 0) await removeResourceRow(tx, id)
    else await dropCopy(tx, inner, row)
    await record(tx, inner, {
      type: row.last_version === 0 ? 'catalog.resource.removed' : 'catalog.resource.revision_dropped',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: announce(row),
    })
    return { done: true }
  })

/** Findings about a working copy; about the newest version where there is none. */
export const checkResource = async (ctx: Ctx, id: string): Promise<Finding[]> => {
  const row = await findResource(ctx.db, reachOf(ctx.actor), id)
  if (!row?.may_work) throw new Fault('not_found')
  const content = (row.draft as ResourceContent | null) ?? (await getContent(ctx.db, id, row.last_version))
  return checkContent(ctx.db, content, row)
}

/** The same rules for what is not stored yet: the form before saving, an integrator before sending. */
export const checkDraft = async (
  ctx: Ctx,
  { draft, resource_id }: { draft: ResourceDraft; resource_id?: string | null },
): Promise<Finding[]> => {
  const row = resource_id ? await findResource(ctx.db, reachOf(ctx.actor), resource_id) : undefined
  if (resource_id && !row?.may_work) throw new Fault('not_found')
  const provider = row?.provider_organ_id ?? (await providerOf(ctx, draft))
  return checkContent(ctx.db, toContent(draft, provider, []), {
    resource_id: row?.resource_id ?? null,
    code: row?.code ?? null,
  })
}

interface ListQuery {
  readonly state?: ResourceState
  readonly is_revising?: boolean
  readonly provider_organ_id?: string
  readonly q?: string
  readonly is_waiting_for_me?: boolean
  readonly after?: string
  readonly limit?: number
}

export const listResources = async (ctx: Ctx, query: ListQuery): Promise<Paged<Resource>> => {
  const { limit = 20 } = query
  const rows = await listResourceRows(ctx.db, {
    reach: reachOf(ctx.actor),
    state: query.state,
    isRevising: query.is_revising,
    providerOrganId: query.provider_organ_id,
    q: query.q,
    waiting: query.is_waiting_for_me ? waitingFor(ctx.actor) : undefined,
    after: query.after,
    limit,
  })
  const page = toPage(rows, limit, (row) => [row.updated_at, row.resource_id])
  return { ...page, rows: page.rows.map((row) => toResource(ctx, row)) }
}

export const countResources = async (ctx: Ctx) =>
  (await countStates(ctx.db, reachOf(ctx.actor))) as { state: ResourceState; count: number }[]
