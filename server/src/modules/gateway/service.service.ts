import type { Paged } from '@sanjiang/contract'
import { codeInUrl, PLANE, type Service, type ServiceDraft, type ServiceFace } from '@sanjiang/contract/gateway'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { record } from '#kernel/record.ts'
import { setAttachedMethod } from '#modules/catalog/index.ts'
import { countCalls } from './call.store.ts'
import { checkService } from './service.rules.ts'
import * as store from './service.store.ts'

const EDIT = 'gateway.service.edit'

const toColumns = (draft: ServiceDraft): store.ServiceColumns => ({
  body_kind: draft.body_kind,
  method: draft.method,
  url: draft.url,
  parameters: JSON.stringify(draft.parameters),
  rows_pointer: draft.rows_pointer,
  fields: JSON.stringify(draft.fields),
  ok_rule: draft.ok_rule ? JSON.stringify(draft.ok_rule) : null,
  timeout_ms: draft.timeout_ms ?? 5000,
  max_bytes: draft.max_bytes ?? 1_048_576,
  concurrency: draft.concurrency ?? 64,
})

const assertFits = async (tx: Tx, draft: ServiceDraft): Promise<void> => {
  const items = await store.listItemNames(tx, draft.resource_id)
  const fields = checkService(draft, new Set(items.keys()))
  if (fields.length > 0) throw new Fault('invalid', '接口服务与资源的信息项对不上', { fields })
}

const read = async (ctx: Ctx, serviceId: string): Promise<Service> => {
  const scope = scopeOf(ctx.actor, EDIT)
  const row = await store.findService(ctx.db, scope, serviceId)
  if (!row) throw new Fault('not_found')
  return store.toService(row, scope)
}

/** Attaches an HTTP service to a published resource of the actor's organ; the gateway serves it from now on (T8.1). */
export const attachService = (ctx: Ctx, draft: ServiceDraft): Promise<Service> =>
  inTx(ctx, async (tx, inner) => {
    const resource = await store.findProvided(tx, scopeOf(ctx.actor, EDIT), draft.resource_id)
    if (!resource) throw new Fault('not_found', '没有找到这个已发布资源，或它不属于本部门')
    await assertFits(tx, draft)
    const service_id = newId()
    await store.insertService(tx, {
      ...toColumns(draft),
      service_id,
      resource_id: resource.resource_id,
      provider_organ_id: resource.provider_organ_id,
      provider_path: resource.provider_path,
      sid: await store.nextSid(tx, resource.provider_organ_id),
      attached_at: ctx.instant,
    })
    await setAttachedMethod(tx, resource.resource_id, { method: 'api', isAttached: true })
    await bumpPolicy(tx)
    await record(tx, ctx, {
      type: 'gateway.service.attached',
      subject_kind: 'gateway.service',
      subject_id: service_id,
      organ_id: resource.provider_organ_id,
      after: { title: resource.name, resource_id: resource.resource_id, url: draft.url },
    })
    return read(inner, service_id)
  })

const lockAttached = async (tx: Tx, ctx: Ctx, serviceId: string) => {
  const service = await store.lockService(tx, scopeOf(ctx.actor, EDIT), serviceId)
  if (!service) throw new Fault('not_found')
  if (service.state !== 'attached') throw new Fault('wrong_state', '该服务已解除挂接')
  return service
}

/** Replaces a service's mapping; a new version, in force at every gateway with its next receipt. */
export const changeService = (ctx: Ctx, serviceId: string, draft: ServiceDraft): Promise<Service> =>
  inTx(ctx, async (tx, inner) => {
    const before = await lockAttached(tx, ctx, serviceId)
    if (before.resource_id !== draft.resource_id) throw new Fault('invalid', '不能改挂到另一个资源')
    await assertFits(tx, draft)
    await store.updateService(tx, serviceId, toColumns(draft))
    await bumpPolicy(tx)
    await record(tx, ctx, {
      type: 'gateway.service.changed',
      subject_kind: 'gateway.service',
      subject_id: serviceId,
      organ_id: before.provider_organ_id,
      before: { url: before.url, version: before.version },
      after: { url: draft.url, version: before.version + 1 },
    })
    return read(inner, serviceId)
  })

export const detachService = (ctx: Ctx, serviceId: string, reason: string): Promise<Service> =>
  inTx(ctx, async (tx, inner) => {
    const before = await lockAttached(tx, ctx, serviceId)
    await store.setServiceDetached(tx, serviceId)
    await setAttachedMethod(tx, before.resource_id, { method: 'api', isAttached: false })
    await bumpPolicy(tx)
    await record(tx, ctx, {
      type: 'gateway.service.detached',
      subject_kind: 'gateway.service',
      subject_id: serviceId,
      organ_id: before.provider_organ_id,
      after: { reason },
    })
    return read(inner, serviceId)
  })

interface ListQuery {
  readonly after?: string
  readonly limit?: number
  readonly resource_id?: string
}

export const listServices = async (
  ctx: Ctx,
  { after, limit = 20, resource_id }: ListQuery,
): Promise<Paged<Service>> => {
  const scope = scopeOf(ctx.actor, EDIT)
  const found = await store.listServiceRows(ctx.db, { scope, resourceId: resource_id, after, limit })
  return toPage(
    found.map((row) => store.toService(row, scope)),
    limit,
    (row) => [row.service_id],
  )
}

/** How to call a resource, for anyone who may read the catalogue; `null` where nothing is attached. */
export const getServiceFace = async (ctx: Ctx, resourceId: string): Promise<ServiceFace | null> => {
  const row = await store.findAttached(ctx.db, resourceId)
  if (!row) return null
  const service = store.toService(row, [])
  return {
    resource_id: service.resource_id,
    resource_code: service.resource_code,
    address: `${PLANE.prefix}/${codeInUrl(service.resource_code)}`,
    sid: service.sid,
    body_kind: service.body_kind,
    parameters: service.parameters.map(({ name, in: place, required, item }) => ({ name, in: place, required, item })),
    items: service.fields.map(({ item }) => item),
    last_30_days: await countCalls(ctx.db, service.resource_code, ctx.instant),
  }
}
