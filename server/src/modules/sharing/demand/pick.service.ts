import type { RequestDraft } from '@sanjiang/contract/sharing'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { invalid } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { createRequestIn } from '../request.service.ts'
import { findRequest } from '../request.store.ts'
import { findResourceFor, listItems } from '../resource.store.ts'
import { lockDemandFor } from './demand.service.ts'
import { type DemandRow, insertDemandRequest } from './demand.store.ts'

const yearLater = (date: string): string => `${Number(date.slice(0, 4)) + 1}${date.slice(4).replace('02-29', '02-28')}`

const CALLS_A_DAY = 1000

/** What the demand already says need not be typed again; only items named in it are asked for, the fewest that serve. */
const prefilled = async (
  tx: Tx,
  { row, resourceId, today }: { row: DemandRow; resourceId: string; today: string },
): Promise<RequestDraft> => {
  const resource = await findResourceFor(tx, resourceId, row.organ_path)
  if (!resource) throw invalid('resource_id', 'published', '没有这个已发布的资源')
  const wanted = new Set(row.items)
  const isShared = (type: string) => resource.share_type !== 'withheld' && type !== 'withheld'
  const items = (await listItems(tx, resourceId)).filter(
    ({ name, share_type }) => wanted.has(name) && isShared(share_type),
  )
  const isCalled = row.access_mode === 'api'
  return {
    resource_id: resourceId,
    item_ids: items.slice(0, 300).map(({ item_id }) => item_id),
    purpose_code: row.purpose_code as RequestDraft['purpose_code'],
    purpose_ref: row.purpose_ref,
    scenario: `需求 ${row.demand_no}：${row.description || row.name}`.slice(0, 1000),
    access_mode: row.access_mode as RequestDraft['access_mode'],
    quota: { count: isCalled ? CALLS_A_DAY : null, period: 'day' },
    starts_on: today,
    ends_on: yearLater(today),
  }
}

interface Picked {
  readonly resource_id: string
  readonly request_id?: string | null
}

/** An existing request of the same organ for the same resource. */
const assertFits = async (tx: Tx, ctx: Ctx, { row, picked }: { row: DemandRow; picked: Picked }): Promise<string> => {
  const request = await findRequest(tx, scopeOf(ctx.actor, 'sharing.request.create'), picked.request_id!)
  if (!request || request.consumer_organ_id !== row.organ_id)
    throw invalid('request_id', 'unknown_request', '本机构没有这份申请')
  if (request.resource_id !== picked.resource_id)
    throw invalid('request_id', 'other_resource', '这份申请不是申请该资源的')
  return request.request_id
}

/** Joins the caller's transaction. Picks a candidate: a prefilled draft of a request, or a request that exists, stands for the demand. */
export const pickCandidateIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, picked }: { id: string; picked: Picked },
): Promise<string> => {
  const row = await lockDemandFor(tx, ctx, { id, verb: 'pick' })
  const request_id = picked.request_id
    ? await assertFits(tx, ctx, { row, picked })
    : await createRequestIn(tx, ctx, await prefilled(tx, { row, resourceId: picked.resource_id, today: ctx.today }))
  await insertDemandRequest(tx, {
    demand_id: id,
    request_id,
    picked_on: ctx.today,
    picked_by: ctx.actor.person_id,
    picked_by_name: ctx.actor.name,
  })
  await record(tx, ctx, {
    type: 'sharing.demand.picked',
    subject_kind: 'sharing.demand',
    subject_id: id,
    organ_id: row.organ_id,
    after: { resource_id: picked.resource_id, request_id },
  })
  return request_id
}

export const pickCandidate = (ctx: Ctx, id: string, picked: Picked): Promise<{ request_id: string }> =>
  inTx(ctx, async (tx, inner) => ({ request_id: await pickCandidateIn(tx, inner, { id, picked }) }))
