import type { Paged } from '@sanjiang/contract'
import type {
  Grant,
  GrantDetail,
  GrantedItem,
  GrantVersion,
  Narrowing,
  RowCondition,
  Terms,
} from '@sanjiang/contract/sharing'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { record } from '#kernel/record.ts'
import type { SharingGrant } from '#kernel/tables.ts'
import { assertOwnClient } from './client.rules.ts'
import { grantCan, grantState, narrowedTerms } from './grant.rules.ts'
import {
  countOpenRequests,
  findGrant,
  type GrantRow,
  insertBinding,
  insertGrant,
  insertRevocation,
  listConsumers,
  listGrantRows,
  listStanding,
  listVersions,
  lockGrant,
} from './grant.store.ts'
import { conditionFaults, isSameReach, widenings } from './narrowing.rules.ts'
import { type RequestRow, type Side, updateItems } from './request.store.ts'
import { findResource, findResourceFor, listItems } from './resource.store.ts'

const termsOf = (row: SharingGrant): Terms => ({
  items: row.items as GrantedItem[],
  row_conditions: row.row_conditions as RowCondition[],
  quota: { count: row.quota_count, period: row.quota_period as Terms['quota']['period'] },
  starts_on: row.starts_on,
  ends_on: row.ends_on,
  allows_low_assurance: row.allows_low_assurance,
})

const termColumns = ({ items, row_conditions, quota, starts_on, ends_on, allows_low_assurance }: Terms) => ({
  items: JSON.stringify(items),
  row_conditions: JSON.stringify(row_conditions),
  quota_count: quota.count,
  quota_period: quota.period,
  starts_on,
  ends_on,
  allows_low_assurance,
})

const sidesOf = (ctx: Ctx, row: GrantRow) => ({
  is_provider: reaches(scopeOf(ctx.actor, 'sharing.grant.revoke'), row.provider_path),
  is_consumer: reaches(scopeOf(ctx.actor, 'sharing.request.create'), row.consumer_path),
})

const toGrant = (ctx: Ctx, row: GrantRow): Grant => {
  const state = grantState(row, ctx.today)
  const { cause, reason, revoked_on, revoked_at, revoked_by_name, superseded_by } = row
  const revocation = cause === null ? null : { cause, reason, revoked_on, revoked_at, revoked_by_name, superseded_by }
  return { ...row, state, revocation, can: grantCan(state, sidesOf(ctx, row)) } as unknown as Grant
}

const readGrant = async (ctx: Ctx, grantId: string): Promise<GrantDetail> => {
  const row = await findGrant(ctx.db, scopeOf(ctx.actor, 'sharing.grant.read'), grantId)
  if (!row) throw new Fault('not_found')
  return { ...toGrant(ctx, row), versions: (await listVersions(ctx.db, grantId)) as unknown as GrantVersion[] }
}

interface Issue {
  readonly request: RequestRow
  readonly terms: Terms
  readonly basis: 'unconditional' | 'decision'
}

const revoke = async (
  tx: Tx,
  ctx: Ctx,
  {
    row,
    ...why
  }: { row: GrantRow; cause: 'provider' | 'consumer' | 'superseded'; reason: string; superseded_by: string | null },
): Promise<void> => {
  await insertRevocation(tx, {
    ...why,
    grant_id: row.grant_id,
    revoked_on: ctx.today,
    revoked_at: ctx.instant,
    revoked_by: ctx.actor.person_id,
    revoked_by_name: ctx.actor.name,
  })
  await bumpPolicy(tx)
  await record(tx, ctx, {
    type: 'sharing.grant.revoked',
    subject_kind: 'sharing.grant',
    subject_id: row.grant_id,
    organ_id: row.provider_organ_id,
    before: { version: row.version },
    after: { ...grantFacts(row), ...why },
  })
}

/** What every event about a grant tells. */
export const grantFacts = (row: SharingGrant) => ({
  title: `“${row.resource_name}”的数据授权`,
  version: row.version,
  resource_id: row.resource_id,
  resource_code: row.resource_code,
  provider_organ_id: row.provider_organ_id,
  consumer_organ_id: row.consumer_organ_id,
})

const later = (a: string, b: string): string => (a > b ? a : b)

/**
 * Issues a grant in the caller's transaction. Where an earlier grant of the same request has exactly the same reach —
 * the unconditional part, granted at once — the new one takes its items over and supersedes it, so that one call shows
 * everything; where the provider narrowed anything, both stand, and what was granted by right is not cut.
 */
export const issueGrant = async (tx: Tx, ctx: Ctx, { request, terms, basis }: Issue): Promise<string> => {
  const fitted: Terms = { ...terms, starts_on: later(terms.starts_on, ctx.today) }
  const standing = await listStanding(tx, request.request_id)
  const merged = standing.filter((row) => {
    const before = termsOf(row)
    return isSameReach({ ...before, starts_on: later(before.starts_on, ctx.today) }, fitted)
  })
  const items = [...merged.flatMap((row) => row.items as GrantedItem[]), ...fitted.items]
  const grant_id = newId()
  const isFree = basis === 'unconditional'
  const row: SharingGrant = {
    ...termColumns({ ...fitted, items }),
    grant_id,
    version: 1,
    request_id: request.request_id,
    resource_id: request.resource_id,
    resource_code: request.resource_code,
    resource_name: request.resource_name,
    provider_organ_id: request.provider_organ_id,
    consumer_organ_id: request.consumer_organ_id,
    purpose_code: request.purpose_code!,
    purpose_ref: request.purpose_ref,
    scenario: request.scenario,
    access_mode: request.access_mode,
    change_reason: isFree ? '无条件共享，提交即授权' : '依提供方答复签发',
    issued_on: ctx.today,
    issued_at: ctx.instant,
    issued_by: isFree ? null : ctx.actor.person_id,
    issued_by_name: isFree ? '平台' : ctx.actor.name,
  }
  await insertGrant(tx, row)
  const client_id = merged.findLast((one) => one.client_id !== null)?.client_id ?? request.client_id
  if (client_id)
    await insertBinding(tx, {
      grant_id,
      client_id,
      bound_at: ctx.instant,
      bound_by: ctx.actor.person_id,
      bound_by_name: ctx.actor.name,
    })
  for (const old of merged)
    await revoke(tx, ctx, { row: old, cause: 'superseded', reason: '并入同一申请的新授权', superseded_by: grant_id })
  for (const { item_id, mask_rule } of items)
    await updateItems(tx, {
      requestId: request.request_id,
      itemIds: [item_id],
      change: { state: 'granted', grant_id, mask_rule, reason_code: null, reason_text: null },
    })
  await bumpPolicy(tx)
  await record(tx, ctx, {
    type: 'sharing.grant.issued',
    subject_kind: 'sharing.grant',
    subject_id: grant_id,
    organ_id: request.provider_organ_id,
    after: {
      ...grantFacts(row),
      ...fitted,
      items,
      purpose_code: row.purpose_code,
      purpose_ref: row.purpose_ref,
      client_id,
    },
  })
  return grant_id
}

const lockFor = async (tx: Tx, ctx: Ctx, { id, verb }: { id: string; verb: string }): Promise<GrantRow> => {
  const row = await lockGrant(tx, scopeOf(ctx.actor, 'sharing.grant.read'), id)
  if (!row) throw new Fault('not_found')
  const sides = sidesOf(ctx, row)
  const isProviders = verb === 'narrow' || verb === 'revoke'
  if (isProviders ? !sides.is_provider : !sides.is_consumer) throw new Fault('forbidden')
  const state = grantState(row, ctx.today)
  if (state === 'revoked') throw new Fault('wrong_state', '授权已收回')
  if (!grantCan(state, sides).includes(verb)) throw new Fault('wrong_state', '授权已到期')
  return row
}

/** Appends the next version. Anything that is not the same or narrower is refused field by field; no change is refused too. */
export const narrowGrant = (ctx: Ctx, id: string, body: Narrowing): Promise<GrantDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'narrow' })
    if (row.version !== body.version) throw new Fault('stale')
    const before = termsOf(row)
    const { terms, faults } = narrowedTerms(before, body)
    const catalog = await listItems(tx, row.resource_id)
    const names = new Set([...catalog.map(({ name_en }) => name_en), ...before.items.map(({ name_en }) => name_en)])
    faults.push(...conditionFaults(body.row_conditions ?? [], names), ...widenings(terms, before))
    if (faults.length > 0) throw new Fault('invalid', undefined, { fields: faults })
    if (widenings(before, terms).length === 0) throw new Fault('invalid', '没有收窄任何内容')
    const { version } = row
    await insertGrant(tx, {
      ...termColumns(terms),
      grant_id: id,
      version: version + 1,
      request_id: row.request_id,
      resource_id: row.resource_id,
      resource_code: row.resource_code,
      resource_name: row.resource_name,
      provider_organ_id: row.provider_organ_id,
      consumer_organ_id: row.consumer_organ_id,
      purpose_code: row.purpose_code,
      purpose_ref: row.purpose_ref,
      scenario: row.scenario,
      access_mode: row.access_mode,
      change_reason: body.reason.trim(),
      issued_on: inner.today,
      issued_at: inner.instant,
      issued_by: inner.actor.person_id,
      issued_by_name: inner.actor.name,
    })
    await bumpPolicy(tx)
    await record(tx, inner, {
      type: 'sharing.grant.narrowed',
      subject_kind: 'sharing.grant',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { version, ...before },
      after: { ...grantFacts(row), ...terms, version: version + 1, reason: body.reason.trim() },
    })
    return readGrant(inner, id)
  })

/** Joins the caller's transaction. Once it commits, no gateway answers a call on the grant (architecture §6). */
export const revokeGrantIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, cause, reason }: { id: string; cause: 'provider' | 'consumer'; reason: string },
): Promise<void> => {
  const row = await lockFor(tx, ctx, { id, verb: cause === 'provider' ? 'revoke' : 'return' })
  await revoke(tx, ctx, { row, cause, reason: reason.trim(), superseded_by: null })
}

/** The provider takes a grant back; it stays as history. */
export const revokeGrant = (ctx: Ctx, id: string, reason: string): Promise<GrantDetail> =>
  inTx(ctx, async (tx, inner) => {
    await revokeGrantIn(tx, inner, { id, cause: 'provider', reason })
    return readGrant(inner, id)
  })

/** The consumer gives back what it no longer needs. */
export const returnGrant = (ctx: Ctx, id: string, reason: string): Promise<GrantDetail> =>
  inTx(ctx, async (tx, inner) => {
    await revokeGrantIn(tx, inner, { id, cause: 'consumer', reason })
    return readGrant(inner, id)
  })

/** Names the application system that calls under a grant; the consumer's own, and the last one named counts. */
export const bindClient = (ctx: Ctx, id: string, clientId: string): Promise<GrantDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'bind' })
    await assertOwnClient(tx, clientId, row.consumer_organ_id)
    if (row.client_id === clientId) return readGrant(inner, id)
    await insertBinding(tx, {
      grant_id: id,
      client_id: clientId,
      bound_at: inner.instant,
      bound_by: inner.actor.person_id,
      bound_by_name: inner.actor.name,
    })
    await bumpPolicy(tx)
    await record(tx, inner, {
      type: 'sharing.grant.bound',
      subject_kind: 'sharing.grant',
      subject_id: id,
      organ_id: row.consumer_organ_id,
      before: { client_id: row.client_id },
      after: { ...grantFacts(row), client_id: clientId },
    })
    return readGrant(inner, id)
  })

export const getGrant = readGrant

interface ListQuery {
  readonly side?: Side
  readonly state?: Grant['state']
  readonly resource_id?: string
  readonly client_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listGrants = async (ctx: Ctx, query: ListQuery): Promise<Paged<Grant>> => {
  const { side = 'all', limit = 20 } = query
  const rows = await listGrantRows(ctx.db, {
    scope: scopeOf(ctx.actor, 'sharing.grant.read'),
    side,
    state: query.state,
    resourceId: query.resource_id,
    clientId: query.client_id,
    today: ctx.today,
    after: query.after,
    limit,
  })
  const page = toPage(rows, limit, (row) => [row.grant_id])
  return { rows: page.rows.map((row) => toGrant(ctx, row)), next: page.next }
}

/** Who uses a published resource; the same for every department that may find it. */
export const getResourceUse = async (ctx: Ctx, resourceId: string) => {
  const { organ } = ctx.actor
  const isEverywhere = scopeOf(ctx.actor, 'catalog.resource.read') === 'all' || !organ
  const found = await (isEverywhere
    ? findResource(ctx.db, resourceId)
    : findResourceFor(ctx.db, resourceId, organ.path))
  if (!found) throw new Fault('not_found')
  const consumers = await listConsumers(ctx.db, resourceId, ctx.today)
  return {
    active_grants: consumers.reduce((sum, { grants }) => sum + grants, 0),
    open_requests: await countOpenRequests(ctx.db, resourceId),
    consumers,
  }
}
