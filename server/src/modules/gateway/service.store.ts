import type { Service } from '@sanjiang/contract/gateway'
import { sql } from 'kysely'
import { reaches, type Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'

onConstraint({
  service_resource_attached_key: {
    code: 'conflict',
    detail: '该资源已挂接接口服务，请变更原有服务',
    field: 'resource_id',
  },
})

const rows = (db: Db) =>
  db
    .selectFrom('gateway.service as s')
    .innerJoin('catalog.published_resource as r', 'r.resource_id', 's.resource_id')
    .select([
      's.service_id',
      's.resource_id',
      'r.code as resource_code',
      'r.name as resource_name',
      's.provider_organ_id',
    ])
    .select(['s.provider_path', 's.sid', 's.version', 's.state', 's.body_kind', 's.method', 's.url', 's.parameters'])
    .select([
      's.rows_pointer',
      's.fields',
      's.ok_rule',
      's.timeout_ms',
      's.max_bytes',
      's.concurrency',
      's.attached_at',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const toService = (row: Row, editable: Scope): Service => {
  const { provider_path, ...service } = row
  const can = row.state === 'attached' && reaches(editable, provider_path) ? ['change', 'detach'] : []
  return { ...service, can } as Service
}

export const findService = (db: Db, scope: Scope, serviceId: string) =>
  rows(db)
    .where('s.service_id', '=', serviceId)
    .where(within(scope, sql.ref('s.provider_path')))
    .executeTakeFirst()

export const lockService = (tx: Tx, scope: Scope, serviceId: string) =>
  tx
    .selectFrom('gateway.service')
    .selectAll()
    .where('service_id', '=', serviceId)
    .where(within(scope, sql.ref('provider_path')))
    .forUpdate()
    .executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly resourceId?: string
  readonly after?: string
  readonly limit: number
}

export const listServiceRows = (db: Db, { scope, resourceId, after, limit }: ListOptions) =>
  rows(db)
    .where(within(scope, sql.ref('s.provider_path')))
    .$if(resourceId !== undefined, (query) => query.where('s.resource_id', '=', resourceId!))
    .$if(after !== undefined, (query) => query.where('s.service_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('s.service_id', 'desc')
    .limit(limit + 1)
    .execute()

export const findAttached = (db: Db, resourceId: string) =>
  rows(db).where('s.resource_id', '=', resourceId).where('s.state', '=', 'attached').executeTakeFirst()

/** The published resource a service is to answer for, if the actor may edit services of its provider. */
export const findProvided = (db: Db, scope: Scope, resourceId: string) =>
  db
    .selectFrom('catalog.published_resource')
    .select(['resource_id', 'code', 'name', 'provider_organ_id', 'provider_path'])
    .where('resource_id', '=', resourceId)
    .where(within(scope, sql.ref('provider_path')))
    .executeTakeFirst()

export const listItemNames = async (db: Db, resourceId: string): Promise<Map<string, string>> => {
  const items = await db
    .selectFrom('catalog.published_item')
    .select(['name_en', 'name'])
    .where('resource_id', '=', resourceId)
    .orderBy('seq')
    .execute()
  return new Map(items.map(({ name_en, name }) => [name_en, name]))
}

/** Next service number: `s_` + the provider's credit code without its check digit + `_` + sequence (domain §6.3). */
export const nextSid = async (tx: Tx, organId: string): Promise<string> => {
  const { rows: found } = await sql<{ sid: string }>`
    select 's_' || left(coalesce(credit_code, organ_id), 14) || '_' || lpad(nextval('gateway.sid_seq')::text, 4, '0') as sid
    from identity.organ where organ_id = ${organId}`.execute(tx)
  return found[0]!.sid
}

export interface ServiceColumns {
  readonly body_kind: string
  readonly method: string
  readonly url: string
  readonly parameters: string
  readonly rows_pointer: string
  readonly fields: string
  readonly ok_rule: string | null
  readonly timeout_ms: number
  readonly max_bytes: number
  readonly concurrency: number
}

interface NewService extends ServiceColumns {
  readonly service_id: string
  readonly resource_id: string
  readonly provider_organ_id: string
  readonly provider_path: string
  readonly sid: string
  readonly attached_at: string
}

export const insertService = (tx: Tx, service: NewService) =>
  tx
    .insertInto('gateway.service')
    .values({ ...service, version: 1, state: 'attached' })
    .execute()

export const updateService = (tx: Tx, serviceId: string, columns: ServiceColumns) =>
  tx
    .updateTable('gateway.service')
    .set({ ...columns, version: sql`version + 1` })
    .where('service_id', '=', serviceId)
    .execute()

export const setServiceDetached = (tx: Tx, serviceId: string) =>
  tx.updateTable('gateway.service').set({ state: 'detached' }).where('service_id', '=', serviceId).execute()
