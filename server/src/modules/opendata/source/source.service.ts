import type { Paged } from '@sanjiang/contract'
import type { RowSource, SourceState } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { findOpening } from '../release.store.ts'
import { settleEnd } from './follow.service.ts'
import { endOf } from './source.rules.ts'
import { findSource, findSubscription, listSourceRows, lockSource, putSource, runsPortal } from './source.store.ts'

const READ = 'opendata.release.read'
const PROPOSE = 'opendata.release.propose'

export const listSources = async (
  ctx: Ctx,
  { state, after, limit = 20 }: { state?: SourceState; after?: string; limit?: number },
): Promise<Paged<RowSource>> => {
  const found = await listSourceRows(ctx.db, scopeOf(ctx.actor, READ), { state, after, limit })
  return toPage(found, limit, ({ resource_id }) => [resource_id])
}

/** Agents of the portal's office load one schema of the stage and no other. */
const LOADED = /^load\.[a-z][a-z0-9_]{0,62}$/

const FAULTS = {
  grant_revoked: 'grant_revoked',
  grant_expired: 'grant_expired',
  subscription_ended: 'wrong_state',
} as const

interface Binding {
  readonly resource_id: string
  readonly id: string
}

/** The subscription a dataset may follow: of this resource, of the portal's office, into a table of the stage, with a grant that stands. */
const bindable = async (tx: Tx, ctx: Ctx, binding: Binding) => {
  const refuse = (rule: string, message: string) => invalid('subscription_id', rule, message)
  const found = await findSubscription(tx, binding)
  if (!found) throw refuse('unknown', '这个资源没有这样的订阅')
  if (!(await runsPortal(tx, found.consumer_organ_id!)))
    throw refuse('office', '订阅须是开放门户主管单位的：数据由它的前置节点装入暂存库')
  if (found.target_kind !== 'table' || !LOADED.test(found.target ?? ''))
    throw refuse('target', '订阅的目标须是暂存库 load 模式中的表，如 load.company')
  const over = endOf(found, ctx.today)
  if (over && over !== 'unbound') throw new Fault(FAULTS[over])
  return { grant_id: found.grant_id!, stage_table: found.target! }
}

const shown = async (ctx: Ctx, resourceId: string): Promise<RowSource> => (await findSource(ctx.db, 'all', resourceId))!

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
    const resource = await findOpening(tx, resourceId)
    if (!resource || !reaches(scopeOf(inner.actor, PROPOSE), resource.provider_path!)) throw new Fault('not_found')
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
