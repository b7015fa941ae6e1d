import type { ResourceContent, ResourceDetail } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { assertInOrder } from './check.service.ts'
import { announce, publishIn, withdrawIn } from './publish.service.ts'
import { assertVerb, type ResourceVerb, reachOf, standingOf } from './resource.rules.ts'
import { lockResource, type ResourceRow, rereadResource, updateResource } from './resource.store.ts'
import { type Copy, toDetail } from './resource.view.ts'

/** Locks an entry in the actor's reach and checks that he may do `verb` to it now. */
export const lockFor = async (
  tx: Tx,
  ctx: Ctx,
  { id, verb }: { id: string; verb: ResourceVerb },
): Promise<ResourceRow> => {
  const row = await lockResource(tx, reachOf(ctx.actor), id)
  if (!row) throw new Fault('not_found')
  assertVerb(verb, row, standingOf(ctx.actor, row))
  return row
}

/** What he has just acted on an actor is shown, even where it has left his reach by that (a rejected entry is a draft again). */
export const showAfter = async (tx: Tx, ctx: Ctx, { id, copy }: { id: string; copy: Copy }): Promise<ResourceDetail> =>
  toDetail(ctx, await rereadResource(tx, id), { copy, mayWork: true })

/** The department's own reviewer hands the entry up to the platform. */
export const approveResource = (ctx: Ctx, id: string, opinion: string): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'approve' })
    await assertInOrder(tx, row.draft as ResourceContent, row)
    const change = {
      state: 'platform_review',
      reviewed_on: inner.today,
      reviewed_by: inner.actor.person_id,
      reviewed_by_name: inner.actor.name,
      updated_at: inner.instant,
    }
    await updateResource(tx, id, change)
    await record(tx, inner, {
      type: 'catalog.resource.approved',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { state: row.state },
      after: announce({ ...row, ...change }, { opinion }),
    })
    return showAfter(tx, inner, { id, copy: 'working' })
  })

const sendBack = (ctx: Ctx, { id, verb, reason }: { id: string; verb: 'return' | 'reject'; reason: string }) =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb })
    const change = {
      state: 'draft',
      return_reason: reason,
      returned_by_name: inner.actor.name,
      updated_at: inner.instant,
    }
    await updateResource(tx, id, change)
    await record(tx, inner, {
      type: 'catalog.resource.returned',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { state: row.state },
      after: announce({ ...row, ...change }, { reason, by: verb === 'return' ? 'department' : 'platform' }),
    })
    return showAfter(tx, inner, { id, copy: 'working' })
  })

export const returnResource = (ctx: Ctx, id: string, reason: string): Promise<ResourceDetail> =>
  sendBack(ctx, { id, verb: 'return', reason })

export const rejectResource = (ctx: Ctx, id: string, reason: string): Promise<ResourceDetail> =>
  sendBack(ctx, { id, verb: 'reject', reason })

/** The platform's approval: the code is issued here, and nowhere else (domain §1.3). */
export const publishResource = (ctx: Ctx, id: string, opinion: string): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'publish' })
    await publishIn(tx, inner, { row, opinion })
    return showAfter(tx, inner, { id, copy: 'published' })
  })

export const withdrawResource = (ctx: Ctx, id: string, reason: string): Promise<ResourceDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'withdraw' })
    await withdrawIn(tx, inner, { row, reason })
    return showAfter(tx, inner, { id, copy: 'published' })
  })
