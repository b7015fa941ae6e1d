import type { ServiceField, ServiceParameter } from '@sanjiang/contract/gateway'
import type { RowCondition } from '@sanjiang/contract/sharing'
import type { Pool } from 'pg'

export interface GrantRow {
  readonly grant_id: string
  readonly version: number
  readonly status: 'active' | 'revoked'
  readonly resource_id: string
  readonly resource_code: string
  readonly provider_organ_id: string
  readonly consumer_organ_id: string
  readonly client_id: string | null
  readonly items: readonly {
    readonly item_id: string
    readonly name: string
    readonly name_en: string
    readonly mask_rule: string
  }[]
  readonly row_conditions: readonly RowCondition[]
  readonly purpose_code: string
  readonly purpose_ref: string
  readonly quota_count: number | null
  readonly quota_period: 'day' | 'month' | 'total'
  readonly starts_on: string
  readonly ends_on: string
  readonly allows_low_assurance: boolean
}

export interface AttachedService {
  readonly service_id: string
  readonly resource_id: string
  readonly resource_code: string
  readonly provider_organ_id: string
  readonly sid: string
  readonly version: number
  readonly body_kind: 'json' | 'passthrough'
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly parameters: readonly ServiceParameter[]
  readonly rows_pointer: string
  readonly fields: readonly ServiceField[]
  readonly ok_rule: { readonly pointer: string; readonly values: readonly (string | number | boolean)[] } | null
  readonly timeout_ms: number
  readonly max_bytes: number
  readonly concurrency: number
  /** How many items the resource has: a passthrough answer needs a grant of all of them. */
  readonly item_count: number
}

export interface ClientRow {
  readonly client_id: string
  readonly organ_id: string
  readonly name: string
  readonly status: 'active' | 'suspended'
  readonly allowed_addresses: readonly string[]
  readonly keys: readonly { readonly key_id: string; readonly alg: string; readonly public_key: string }[]
  readonly rid: string | null
  readonly sealed_secret: string | null
}

export interface Policy {
  readonly version: number
  readonly grants: GrantRow[]
  readonly services: AttachedService[]
  readonly clients: ClientRow[]
}

// Grants revoked within the last 90 days are kept, so that a caller is told "revoked" rather than "never granted".
const GRANTS = `
select grant_id, version, status, resource_id, resource_code, provider_organ_id, consumer_organ_id, client_id,
       items::text as items, row_conditions::text as row_conditions, purpose_code, purpose_ref, quota_count, quota_period, starts_on::text, ends_on::text, allows_low_assurance
from sharing.published_grant
where client_id is not null and access_mode = 'api' and (status = 'active' or revoked_at > now() - interval '90 days')
order by status, grant_id desc`

const SERVICES = `
select s.service_id, s.resource_id, r.code as resource_code, s.provider_organ_id, s.sid, s.version, s.body_kind, s.method, s.url,
       s.parameters, s.rows_pointer, s.fields, s.ok_rule, s.timeout_ms, s.max_bytes, s.concurrency, r.item_count
from gateway.service s join catalog.published_resource r on r.resource_id = s.resource_id
where s.state = 'attached'`

const CLIENTS = `
select c.client_id, c.organ_id, c.name, c.status, c.allowed_addresses, x.rid, x.sealed_secret,
       coalesce((select jsonb_agg(jsonb_build_object('key_id', k.key_id, 'alg', k.alg, 'public_key', k.public_key))
                 from identity.client_key k where k.client_id = c.client_id and k.status = 'active'), '[]') as keys
from identity.client c left join identity.client_secret x on x.client_id = c.client_id`

/** A grant as it is stored: what it covers as JSON text. */
interface StoredGrant extends Omit<GrantRow, 'items' | 'row_conditions'> {
  readonly items: string
  readonly row_conditions: string
}

/** The first value seen of those that are equal as text. */
const sharing = () => {
  const texts = new Map<string, string>()
  const lists = new Map<string, unknown>()
  return {
    text: (value: string): string => {
      const found = texts.get(value)
      if (found === undefined) texts.set(value, value)
      return found ?? value
    },
    list: (text: string): unknown => {
      if (!lists.has(text)) lists.set(text, JSON.parse(text))
      return lists.get(text)
    },
  }
}

const SHARED = [
  'resource_id',
  'resource_code',
  'provider_organ_id',
  'consumer_organ_id',
  'client_id',
  'purpose_code',
] as const
const ALSO_SHARED = ['purpose_ref', 'starts_on', 'ends_on', 'status', 'quota_period'] as const

/**
 * Ten thousand grants say the same few hundred things: equal texts become one string and equal lists one object, so that a
 * call finds them where the last one left them and the shapes made of them are few (`shapeFor`). Done in the rows
 * themselves, which nobody else has yet.
 */
const shareEqual = (stored: readonly StoredGrant[]): GrantRow[] => {
  const { text, list } = sharing()
  const rows = stored as unknown as Record<string, unknown>[]
  for (const row of rows) {
    for (const name of [...SHARED, ...ALSO_SHARED]) row[name] = text(row[name] as string)
    row.items = list(row.items as string)
    row.row_conditions = list(row.row_conditions as string)
  }
  return rows as unknown as GrantRow[]
}

/**
 * Reads one consistent policy: version and rows of the same instant (repeatable read), so that a snapshot never says a
 * version whose changes it has not seen.
 */
export const readPolicy = async (pool: Pool): Promise<Policy> => {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const { rows } = await client.query<{ version: number }>('select version from kernel.policy')
    const grants = await client.query<StoredGrant>(GRANTS)
    const services = await client.query<AttachedService>(SERVICES)
    const clients = await client.query<ClientRow>(CLIENTS)
    await client.query('commit')
    return {
      version: rows[0]!.version,
      grants: shareEqual(grants.rows),
      services: services.rows,
      clients: clients.rows,
    }
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}
