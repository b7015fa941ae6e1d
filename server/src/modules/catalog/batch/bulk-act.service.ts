import type { ResourceDetail } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { toFault } from '#kernel/fault.ts'
import { submitResource } from '../compile.service.ts'
import { reachOf } from '../resource.rules.ts'
import { findResource } from '../resource.store.ts'
import { approveResource, publishResource } from '../review.service.ts'

interface Outcome {
  readonly resource_id: string
  readonly name: string | null
  readonly is_done: boolean
  readonly fault: string | null
  readonly message: string | null
  readonly code: string | null
}

const refusal = async (ctx: Ctx, resource_id: string, thrown: unknown): Promise<Outcome> => {
  const fault = toFault(thrown)
  if (fault.code === 'internal' || fault.code === 'unavailable') throw thrown
  const row = await findResource(ctx.db, reachOf(ctx.actor), resource_id)
  const [first] = fault.fields ?? []
  const message = first ? `${fault.message}：${first.message}` : fault.message
  return { resource_id, name: row?.name ?? null, is_done: false, fault: fault.code, message, code: row?.code ?? null }
}

/** The same act for many entries, each by itself with the same gates: one that is refused keeps no other from being done. */
const actOnEach = async (ctx: Ctx, ids: readonly string[], act: (id: string) => Promise<ResourceDetail>) => {
  const outcomes: Outcome[] = []
  for (const resource_id of ids) {
    const outcome = await act(resource_id).then(
      ({ name, code }): Outcome => ({ resource_id, name, is_done: true, fault: null, message: null, code }),
      (thrown) => refusal(ctx, resource_id, thrown),
    )
    outcomes.push(outcome)
  }
  return { done_count: outcomes.filter(({ is_done }) => is_done).length, outcomes }
}

export const submitResources = (ctx: Ctx, ids: readonly string[]) =>
  actOnEach(ctx, ids, (id) => submitResource(ctx, id))

export const approveResources = (ctx: Ctx, ids: readonly string[], opinion = '') =>
  actOnEach(ctx, ids, (id) => approveResource(ctx, id, opinion))

export const publishResources = (ctx: Ctx, ids: readonly string[], opinion = '') =>
  actOnEach(ctx, ids, (id) => publishResource(ctx, id, opinion))
