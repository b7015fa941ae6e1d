import { type Paged, readClock } from '@sanjiang/contract'
import type { Request, RequestDetail, RequestDraft } from '@sanjiang/contract/sharing'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import type { SharingRequestItem } from '#kernel/tables.ts'
import { assertOwnClient } from './client.rules.ts'
import { issueGrant } from './grant.service.ts'
import { markRequest } from './mark.service.ts'
import {
  assertVerb,
  type CatalogItem,
  draftFaults,
  pickItems,
  type RequestVerb,
  submitFaults,
} from './request.rules.ts'
import {
  countOpenStarts,
  countStates,
  insertRequest,
  listRequestItems,
  listRequestRows,
  lockRequest,
  nextRequestNo,
  type RequestRow,
  replaceItems,
  type Side,
  updateItems,
  updateRequest,
} from './request.store.ts'
import { clockOf, readRequest, standingOf, titleOf, toRequests } from './request.view.ts'
import { findResourceFor, listItems } from './resource.store.ts'

/** Locks a request in the actor's reach and checks that he may do `verb` to it now. */
export const lockFor = async (
  tx: Tx,
  ctx: Ctx,
  { id, verb }: { id: string; verb: RequestVerb },
): Promise<RequestRow> => {
  const row = await lockRequest(tx, scopeOf(ctx.actor, 'sharing.request.read'), id)
  if (!row) throw new Fault('not_found')
  assertVerb(verb, row, standingOf(ctx.actor, row))
  return row
}

const toItemRow = (requestId: string, item: CatalogItem): SharingRequestItem => ({
  request_id: requestId,
  item_id: item.item_id,
  seq: item.seq,
  name: item.name,
  name_en: item.name_en,
  share_type: item.share_type,
  catalog_mask_rule: item.mask_rule,
  mask_rule: item.mask_rule,
  state: 'asked',
  reason_code: null,
  reason_text: null,
  grant_id: null,
})

// Fields of a draft as the request keeps them, with what is left out filled in.
const toColumns = (draft: RequestDraft) => ({
  purpose_code: draft.purpose_code ?? null,
  purpose_ref: (draft.purpose_ref ?? '').trim(),
  scenario: (draft.scenario ?? '').trim(),
  access_mode: draft.access_mode ?? 'api',
  client_id: draft.client_id ?? null,
  quota_count: draft.quota?.count ?? null,
  quota_period: draft.quota?.period ?? 'day',
  starts_on: draft.starts_on ?? null,
  ends_on: draft.ends_on ?? null,
  row_conditions: JSON.stringify(draft.row_conditions ?? []),
  is_security_committed: draft.is_security_committed ?? false,
  needs_low_assurance: draft.needs_low_assurance ?? false,
})

interface Prepared {
  readonly resource: NonNullable<Awaited<ReturnType<typeof findResourceFor>>>
  readonly items: CatalogItem[]
}

interface Consumer {
  readonly organ_id: string
  readonly path: string
}

/** Holds a draft against the catalogue as it is published now. */
const prepare = async (db: Db, draft: RequestDraft, consumer: Consumer): Promise<Prepared> => {
  const resource = await findResourceFor(db, draft.resource_id, consumer.path)
  if (!resource) throw invalid('resource_id', 'published', '没有这个已发布的资源')
  if (resource.provider_organ_id === consumer.organ_id)
    throw invalid('resource_id', 'own_resource', '本机构自己提供的资源不需申请')
  const catalog = await listItems(db, draft.resource_id)
  const items = pickItems(resource, catalog, draft.item_ids)
  const faults = draftFaults(draft.row_conditions ?? [], catalog)
  if (draft.starts_on && draft.ends_on && draft.ends_on < draft.starts_on)
    faults.push({ field: 'ends_on', rule: 'term', message: '期限止不能早于期限起' })
  if (faults.length > 0) throw new Fault('invalid', undefined, { fields: faults })
  if (draft.client_id) await assertOwnClient(db, draft.client_id, consumer.organ_id)
  return { resource, items }
}

/** Joins the caller's transaction; returns the new request's id. */
export const createRequestIn = async (tx: Tx, ctx: Ctx, draft: RequestDraft): Promise<string> => {
  const { organ } = ctx.actor
  if (!organ || !reaches(scopeOf(ctx.actor, 'sharing.request.create'), organ.path))
    throw new Fault('forbidden', '在本机构没有提出共享申请的权限')
  const { resource, items } = await prepare(tx, draft, organ)
  const request_id = newId()
  await insertRequest(tx, {
    ...toColumns(draft),
    request_id,
    request_no: await nextRequestNo(tx, ctx.today),
    state: 'draft',
    resource_id: resource.resource_id,
    resource_code: resource.code,
    resource_name: resource.name,
    provider_organ_id: resource.provider_organ_id,
    consumer_organ_id: organ.organ_id,
    round: 1,
    is_settled: false,
    outcome: null,
    revision: 1,
    created_on: ctx.today,
    created_by: ctx.actor.person_id,
    created_by_name: ctx.actor.name,
    submitted_by: null,
    submitted_on: null,
    clock_started_on: null,
    clock_stopped_on: null,
    decided_on: null,
  })
  await replaceItems(
    tx,
    request_id,
    items.map((item) => toItemRow(request_id, item)),
  )
  await record(tx, ctx, {
    type: 'sharing.request.drafted',
    subject_kind: 'sharing.request',
    subject_id: request_id,
    after: { resource_id: resource.resource_id, items: items.length },
  })
  return request_id
}

/** Begins a request of the actor's own organ. Faults: `withheld` with its basis, `invalid`, `forbidden`. */
export const createRequest = (ctx: Ctx, draft: RequestDraft): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => readRequest(inner, await createRequestIn(tx, inner, draft)))

/** Saves a draft as a whole. `stale` when another saved it since `revision`; the resource cannot be exchanged. */
export const saveRequest = (
  ctx: Ctx,
  id: string,
  body: { revision: number; draft: RequestDraft },
): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'save' })
    if (row.revision !== body.revision) throw new Fault('stale')
    if (row.resource_id !== body.draft.resource_id)
      throw invalid('resource_id', 'same_resource', '草稿不能换资源，请另行起草')
    const { items } = await prepare(tx, body.draft, { organ_id: row.consumer_organ_id, path: row.consumer_path })
    await updateRequest(tx, id, toColumns(body.draft))
    await replaceItems(
      tx,
      id,
      items.map((item) => toItemRow(id, item)),
    )
    await record(tx, inner, {
      type: 'sharing.request.updated',
      subject_kind: 'sharing.request',
      subject_id: id,
      organ_id: row.consumer_organ_id,
      after: { revision: row.revision + 1 },
    })
    return readRequest(inner, id)
  })

/**
 * What every change of a request announces: enough to open or settle a to-do with its clock, and the revision the change
 * makes, by which a late delivery is told from a new one.
 */
export const announcement = (row: RequestRow, today: string) => {
  const clock = clockOf(row, today)
  return {
    title: titleOf(row),
    request_no: row.request_no,
    resource_id: row.resource_id,
    provider_organ_id: row.provider_organ_id,
    consumer_organ_id: row.consumer_organ_id,
    state: row.state,
    round: row.round,
    revision: row.revision + 1,
    due_on: clock?.due_on ?? null,
    clock_rule: clock?.rule_code ?? null,
    clock_started_on: clock?.started_on ?? null,
  }
}

/**
 * Unconditional items are granted in the same transaction; conditional ones go to the provider, whose clock starts
 * today — he receives what the platform holds (国发〔2016〕51号 第十二条; domain R05, R06).
 */
export const submitRequestIn = async (tx: Tx, ctx: Ctx, id: string): Promise<void> => {
  const row = await lockFor(tx, ctx, { id, verb: 'submit' })
  const resource = await findResourceFor(tx, row.resource_id, row.consumer_path)
  if (!resource) throw new Fault('wrong_state', '资源已下架或未发布，不能申请')
  const asked = await listRequestItems(tx, id)
  const catalog = await listItems(tx, row.resource_id)
  const items = pickItems(
    resource,
    catalog,
    asked.map(({ item_id }) => item_id),
  )
  const faults = submitFaults(row, items, ctx.today)
  if (faults.length > 0) throw new Fault('invalid', undefined, { fields: faults })
  if (row.client_id) await assertOwnClient(tx, row.client_id, row.consumer_organ_id)
  // The catalogue may have changed since the draft: what is asked for is what is published today.
  await replaceItems(
    tx,
    id,
    items.map((item) => ({ ...toItemRow(id, item), state: 'pending' })),
  )
  const free = items.filter(({ share_type }) => share_type === 'unconditional')
  const isAllFree = free.length === items.length
  const change = {
    resource_code: resource.code,
    resource_name: resource.name,
    provider_organ_id: resource.provider_organ_id,
    state: isAllFree ? 'granted' : 'submitted',
    outcome: isAllFree ? 'granted' : null,
    submitted_by: ctx.actor.person_id,
    submitted_on: ctx.today,
    clock_started_on: isAllFree ? null : ctx.today,
    decided_on: isAllFree ? ctx.today : null,
  }
  await updateRequest(tx, id, change)
  const submitted = { ...row, ...change }
  await record(tx, ctx, {
    type: 'sharing.request.submitted',
    subject_kind: 'sharing.request',
    subject_id: id,
    organ_id: resource.provider_organ_id,
    after: { ...announcement(submitted, ctx.today), items: items.length, granted_at_once: free.length },
  })
  if (free.length > 0)
    await issueGrant(tx, ctx, {
      request: submitted,
      terms: {
        items: free.map(({ item_id, name, name_en, mask_rule }) => ({
          item_id,
          name,
          name_en,
          mask_rule: mask_rule as never,
        })),
        row_conditions: row.row_conditions as never,
        quota: { count: row.quota_count, period: row.quota_period as never },
        starts_on: row.starts_on!,
        ends_on: row.ends_on!,
        allows_low_assurance: row.needs_low_assurance,
      },
      basis: 'unconditional',
    })
  if (isAllFree)
    await record(tx, ctx, {
      type: 'sharing.request.decided',
      subject_kind: 'sharing.request',
      subject_id: id,
      organ_id: row.consumer_organ_id,
      after: { ...announcement(submitted, ctx.today), outcome: 'granted', at_once: true },
    })
}

export const submitRequest = (ctx: Ctx, id: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    await submitRequestIn(tx, inner, id)
    return readRequest(inner, id)
  })

/** Takes back what has not been answered. Items already granted stay granted. */
export const withdrawRequestIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, reason }: { id: string; reason: string },
): Promise<void> => {
  const row = await lockFor(tx, ctx, { id, verb: 'withdraw' })
  const items = await listRequestItems(tx, id)
  const open = items.filter(({ state }) => state === 'pending' || state === 'asked').map(({ item_id }) => item_id)
  await updateItems(tx, { requestId: id, itemIds: open, change: { state: 'withdrawn' } })
  const change = { state: 'withdrawn', clock_stopped_on: row.clock_started_on && ctx.today }
  const withdrawn = { ...row, ...change }
  await updateRequest(tx, id, change)
  await markRequest(tx, ctx, withdrawn)
  await record(tx, ctx, {
    type: 'sharing.request.withdrawn',
    subject_kind: 'sharing.request',
    subject_id: id,
    organ_id: row.consumer_organ_id,
    before: { state: row.state },
    after: { ...announcement(withdrawn, ctx.today), reason: reason.trim() },
  })
}

export const withdrawRequest = (ctx: Ctx, id: string, reason: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    await withdrawRequestIn(tx, inner, { id, reason })
    return readRequest(inner, id)
  })

interface ListQuery {
  readonly side?: Side
  readonly state?: string
  readonly resource_id?: string
  readonly order?: 'newest' | 'due'
  readonly after?: string
  readonly limit?: number
}

export const listRequests = async (ctx: Ctx, query: ListQuery): Promise<Paged<Request>> => {
  const { side = 'all', order = 'newest', limit = 20 } = query
  const rows = await listRequestRows(ctx.db, {
    scope: scopeOf(ctx.actor, 'sharing.request.read'),
    side,
    state: query.state,
    resourceId: query.resource_id,
    order,
    after: query.after,
    limit,
  })
  const page = toPage(rows, limit, (row) => [order === 'due' ? row.clock_started_on! : row.created_on, row.request_id])
  return { rows: await toRequests(ctx, page.rows), next: page.next }
}

/** Requests by state, and how the unanswered ones stand. */
export const countRequests = async (ctx: Ctx, side: Side) => {
  const scope = scopeOf(ctx.actor, 'sharing.request.read')
  const states = await countStates(ctx.db, scope, side)
  const lights = { green: 0, yellow: 0, red: 0 }
  for (const { started_on, count } of await countOpenStarts(ctx.db, scope, side)) {
    const { light } = readClock({ rule_code: 'share_reply', started_on, stopped_on: null }, ctx.today)
    if (light === 'green' || light === 'yellow' || light === 'red') lights[light] += count
  }
  return { states: states as { state: Request['state']; count: number }[], lights }
}
