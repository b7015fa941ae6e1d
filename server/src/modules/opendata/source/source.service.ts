import type { Paged } from '@sanjiang/contract'
import type { RowSource, SourceChoice, SourceState } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { findOpening } from '../release.store.ts'
import { settleEnd } from './follow.service.ts'
import { nextAt, refusalOf, troubleOf } from './source.rules.ts'
import {
  findSource,
  findSubscription,
  listOffices,
  listSourceRows,
  listSubscriptions,
  lockSource,
  putSource,
  type SourceRow,
} from './source.store.ts'

const READ = 'opendata.release.read'
const PROPOSE = 'opendata.release.propose'

const toSource = (ctx: Ctx, row: SourceRow): RowSource => ({
  ...row,
  row_count: row.row_count === null ? null : Number(row.row_count),
  next_at: nextAt(row),
  trouble: troubleOf(row),
  can: row.state === 'following' && reaches(scopeOf(ctx.actor, PROPOSE), row.organ_path) ? ['unbind'] : [],
})

interface ListQuery {
  readonly state?: SourceState
  readonly resource_id?: string
  readonly subscription_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listSources = async (ctx: Ctx, { limit = 20, ...query }: ListQuery): Promise<Paged<RowSource>> => {
  const found = await listSourceRows(ctx.db, scopeOf(ctx.actor, READ), { ...query, limit })
  return toPage(
    found.map((row) => toSource(ctx, row)),
    limit,
    ({ resource_id }) => [resource_id],
  )
}

/** Faults: `not_found` for what is not published or is another organ's. */
const needOpening = async (db: Db, ctx: Ctx, resourceId: string) => {
  const resource = await findOpening(db, resourceId)
  if (!resource || !reaches(scopeOf(ctx.actor, PROPOSE), resource.provider_path!)) throw new Fault('not_found')
  return resource
}

interface Choices {
  readonly resource_name: string
  readonly offices: string[]
  readonly choices: SourceChoice[]
}

export const listChoices = async (ctx: Ctx, resourceId: string): Promise<Choices> => {
  const { name } = await needOpening(ctx.db, ctx, resourceId)
  const offices = await listOffices(ctx.db)
  const found = await listSubscriptions(ctx.db, resourceId)
  const choices = found.map((row) => ({
    ...{ subscription_id: row.subscription_id!, consumer_name: row.consumer_name, target: row.target },
    ...{ state: row.subscription_state!, last_accepted_at: row.last_accepted_at },
    refusal: refusalOf({ ...row, is_office: offices.has(row.consumer_organ_id!) }, ctx.today)?.message ?? null,
  }))
  return { resource_name: name!, offices: [...offices.values()], choices }
}

const FAULTS = {
  grant_revoked: 'grant_revoked',
  grant_expired: 'grant_expired',
  subscription_ended: 'wrong_state',
  unbound: 'wrong_state',
} as const

interface Binding {
  readonly resource_id: string
  readonly id: string
}

const bindable = async (tx: Tx, ctx: Ctx, binding: Binding) => {
  const found = await findSubscription(tx, binding)
  if (!found) throw invalid('subscription_id', 'unknown', '这个资源没有这样的订阅')
  const is_office = (await listOffices(tx)).has(found.consumer_organ_id!)
  const refusal = refusalOf({ ...found, is_office }, ctx.today)
  if (refusal?.rule === 'office' || refusal?.rule === 'target')
    throw invalid('subscription_id', refusal.rule, refusal.message)
  if (refusal) throw new Fault(FAULTS[refusal.rule])
  return { grant_id: found.grant_id!, stage_table: found.target! }
}

const shown = async (ctx: Ctx, resourceId: string): Promise<RowSource> =>
  toSource(ctx, (await findSource(ctx.db, 'all', resourceId))!)

export interface Following {
  readonly subscription_id: string
  readonly every_hours?: number
  readonly rest_hours?: number
}

/** From now on what the subscription brings becomes editions of the dataset; bound again, it begins anew. */
export const bindSource = (
  ctx: Ctx,
  resourceId: string,
  { subscription_id, every_hours = 24, rest_hours = 6 }: Following,
): Promise<RowSource> =>
  inTx(ctx, async (tx, inner) => {
    const resource = await needOpening(tx, inner, resourceId)
    await lockSource(tx, 'all', resourceId)
    const { grant_id, stage_table } = await bindable(tx, inner, { resource_id: resourceId, id: subscription_id })
    const organ_id = resource.provider_organ_id!
    await putSource(tx, {
      ...{ resource_id: resourceId, organ_id, title: resource.name!, subscription_id, grant_id, stage_table },
      ...{ every_hours, rest_hours, state: 'following', end_reason: null, ended_on: null },
      ...{ bound_by_name: inner.actor.name, bound_at: inner.instant },
      ...{ followed_at: null, taken_at: null, edition_id: null },
    })
    await record(tx, inner, {
      type: 'opendata.source.bound',
      subject_kind: 'opendata.source',
      subject_id: resourceId,
      organ_id,
      after: { title: resource.name, subscription_id, grant_id, stage_table, every_hours, rest_hours },
    })
    return shown(inner, resourceId)
  })

export const unbindSource = (ctx: Ctx, resourceId: string): Promise<RowSource> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockSource(tx, scopeOf(inner.actor, PROPOSE), resourceId)
    if (!row) throw new Fault('not_found')
    if (row.state !== 'following') throw new Fault('wrong_state')
    await settleEnd(tx, inner, { row, end_reason: 'unbound' })
    return shown(inner, resourceId)
  })
