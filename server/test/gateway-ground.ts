import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RowCondition } from '@sanjiang/contract/sharing'
import pg from 'pg'
import { newId } from '#kernel/id.ts'
import { sealSecret } from '#kernel/keys.ts'
import { makeLog } from '#kernel/log.ts'
import { type GatewayOptions, openGateway, type PlaneServer } from '#modules/gateway/index.ts'
import { cloneDatabase } from './cluster.ts'

export const PROVIDER = '6300003007'
export const CONSUMER = '6300003010'
export const DUTY = '630000-SX-0101'

export interface TestItem {
  readonly name: string
  readonly name_en: string
  readonly mask_rule?: string
}

export const PERSON_ITEMS: readonly TestItem[] = [
  { name: '姓名', name_en: 'name', mask_rule: 'name' },
  { name: '公民身份号码', name_en: 'citizen_id', mask_rule: 'citizen_id' },
  { name: '住址', name_en: 'address' },
  { name: '区划', name_en: 'division' },
  { name: '电话', name_en: 'phone' },
]

/** One record as the police's service answers it. */
export const PERSON = {
  name: '扎西卓玛',
  citizen_id: '63010319900101001X',
  address: '西宁市城东区',
  division: '630102',
  phone: '13900001234',
}

export interface TestResource {
  readonly resource_id: string
  readonly code: string
  readonly items: readonly (TestItem & { readonly item_id: string })[]
}

export interface TestClientRow {
  readonly client_id: string
  readonly key_id: string
  readonly privateKey: KeyObject
  readonly rid: string
  readonly secret: string
}

export interface GrantOrder {
  readonly resource: TestResource
  readonly client: TestClientRow
  /** English names; all items when left out. */
  readonly items?: readonly string[]
  readonly mask?: Readonly<Record<string, string>>
  readonly row_conditions?: readonly RowCondition[]
  readonly quota?: { readonly count: number; readonly period: string }
  readonly starts_on?: string
  readonly ends_on?: string
  readonly purpose?: { readonly code: string; readonly ref: string }
  readonly allows_low_assurance?: boolean
  readonly access_mode?: 'api' | 'table' | 'file' | 'push'
}

export interface ServiceOrder {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly body_kind?: 'json' | 'passthrough'
  readonly parameters?: readonly Record<string, unknown>[]
  readonly rows_pointer?: string
  readonly fields?: readonly Record<string, unknown>[]
  readonly ok_rule?: Record<string, unknown>
  readonly timeout_ms?: number
  readonly max_bytes?: number
  readonly concurrency?: number
}

export interface Provider {
  readonly origin: string
  readonly requests: IncomingMessage[]
  close(): Promise<void>
}

/** A department's service that really runs. */
export const startProvider = async (answer: RequestListener, host = '127.0.0.1'): Promise<Provider> => {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://${host}:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers any request with this value as JSON. */
export const saying =
  (value: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }

export const makeKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return { privateKey, public_key: spki.toString('base64'), key_id: hash('sha256', spki, 'hex').slice(0, 16) }
}

/** What the gateway's tests and its benchmark stand on: facts put in as the modules below would leave them. */
export class GatewayGround {
  readonly url: string
  readonly dataDir: string
  readonly #admin: pg.Pool
  #all = new AsyncDisposableStack()
  #codes = 0

  private constructor(url: string, dataDir: string) {
    this.url = url
    this.dataDir = dataDir
    // Facts of other modules are put in without the rows they would hang on.
    this.#admin = new pg.Pool({ connectionString: url, max: 2, options: '-c session_replication_role=replica' })
    this.#admin.on('error', () => undefined)
  }

  static async open(url?: string): Promise<GatewayGround> {
    await using parts = new AsyncDisposableStack()
    const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-gateway-'))
    parts.defer(() => rm(dataDir, { recursive: true, force: true }))
    const database = url ? { url, drop: async () => undefined } : await cloneDatabase()
    parts.defer(() => database.drop())
    const ground = new GatewayGround(database.url, dataDir)
    parts.defer(() => ground.#admin.end())
    for (const [organ_id, name] of [
      [PROVIDER, '青海省公安厅'],
      [CONSUMER, '青海省民政厅'],
    ])
      await ground.sql(
        `insert into identity.organ (organ_id, name, short_name, path, division_code, kind, seq_code, founded_on)
         values ($1, $2, $2, $3, '630000', 'government', $4, '2000-01-01') on conflict do nothing`,
        [organ_id, name, `/6300003000/${organ_id}/`, organ_id!.slice(7)],
      )
    ground.#all = parts.move()
    return ground
  }

  async sql<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.#admin.query<T>(text, values)).rows
  }

  onClose(close: () => Promise<unknown>): void {
    this.#all.defer(async () => void (await close()))
  }

  /** A gateway process's worth, on a free port. */
  async gateway(more: Partial<GatewayOptions> = {}): Promise<PlaneServer> {
    const server = await openGateway({
      databaseUrl: this.url,
      dataDir: this.dataDir,
      demo: false,
      host: '127.0.0.1',
      port: 0,
      egressAllow: ['127.0.0.0/8'],
      log: makeLog('gateway', 'silent'),
      ...more,
    })
    let isClosed = false
    const close = async (): Promise<void> => {
      if (isClosed) return
      isClosed = true
      await server.close()
    }
    this.onClose(close)
    return { ...server, close }
  }

  async provider(answer: RequestListener, host?: string): Promise<Provider> {
    const provider = await startProvider(answer, host)
    this.onClose(() => provider.close())
    return provider
  }

  async resource(items: readonly TestItem[] = PERSON_ITEMS): Promise<TestResource> {
    this.#codes += 1
    const resource_id = newId()
    const code = `363007/${String(this.#codes).padStart(6, '0')}`
    await this.sql(
      `insert into catalog.entry (resource_id, version, code, provider_organ_id, division_code, class_code, name, name_en, summary,
         source_system_name, format_category, format_type, share_type, share_condition, share_method_category, share_method_type,
         open_type, open_condition, update_cycle, keywords, audience_path, item_count, first_published_on, published_on)
       values ($1, 1, $2, $3, '630000', '363007', '人口基础信息', 'population', '', '', 'database', 'other', 'conditional', '', 'platform',
         'api', 'closed', '', 'day', '{}', '/', $4, '2017-09-01', '2017-09-01')`,
      [resource_id, code, PROVIDER, items.length],
    )
    const made = items.map((item) => ({ ...item, item_id: newId() }))
    for (const [index, { item_id, name, name_en, mask_rule = 'none' }] of made.entries())
      await this.sql(
        `insert into catalog.item (item_id, resource_id, seq, name, name_en, data_type, is_key, is_required, share_type,
           share_condition, open_type, sensitivity, mask_rule, data_element)
         values ($1, $2, $3, $4, $5, 'text', false, false, 'conditional', '', 'closed', 'L3', $6, '')`,
        [item_id, resource_id, index + 1, name, name_en, mask_rule],
      )
    return { resource_id, code, items: made }
  }

  async client({ addresses = [] as string[] } = {}): Promise<TestClientRow> {
    const client_id = newId()
    const rid = newId()
    const secret = newId().replaceAll('-', '')
    const { privateKey, public_key, key_id } = makeKey()
    await this.sql(
      `insert into identity.client (client_id, organ_id, name, status, allowed_addresses, registered_at)
       values ($1, $2, $3, 'active', $4, now())`,
      [client_id, CONSUMER, `系统${client_id.slice(-8)}`, addresses],
    )
    await this.sql(
      `insert into identity.client_key (key_id, client_id, alg, public_key, status, added_at)
       values ($1, $2, 'ed25519', $3, 'active', now())`,
      [key_id, client_id, public_key],
    )
    await this.sql(
      'insert into identity.client_secret (client_id, rid, sealed_secret, issued_at) values ($1, $2, $3, now())',
      [client_id, rid, sealSecret(this.dataDir, secret)],
    )
    await this.bump()
    return { client_id, key_id, privateKey, rid, secret }
  }

  async grant(order: GrantOrder): Promise<string> {
    const grant_id = newId()
    const { resource, client, purpose = { code: 'business_collaboration', ref: DUTY } } = order
    const items = resource.items
      .filter(({ name_en }) => !order.items || order.items.includes(name_en))
      .map(({ item_id, name, name_en }) => ({ item_id, name, name_en, mask_rule: order.mask?.[name_en] ?? 'none' }))
    await this.sql(
      `insert into sharing.grant (grant_id, version, request_id, resource_id, resource_code, resource_name, provider_organ_id,
         consumer_organ_id, items, row_conditions, purpose_code, purpose_ref, scenario, access_mode, quota_count, quota_period,
         starts_on, ends_on, allows_low_assurance, change_reason, issued_on, issued_at, issued_by_name)
       values ($1, 1, $1, $2, $3, '人口基础信息', $4, $5, $6, $7, $8, $9, '', $15, $10, $11, $12, $13, $14, '', current_date, now(), '测试')`,
      [
        grant_id,
        resource.resource_id,
        resource.code,
        PROVIDER,
        CONSUMER,
        JSON.stringify(items),
        JSON.stringify(order.row_conditions ?? []),
        purpose.code,
        purpose.ref,
        order.quota?.count ?? null,
        order.quota?.period ?? 'day',
        order.starts_on ?? '2017-01-01',
        order.ends_on ?? '2099-12-31',
        order.allows_low_assurance ?? false,
        order.access_mode ?? 'api',
      ],
    )
    await this.sql(
      `insert into sharing.grant_client (grant_id, binding_no, client_id, bound_at, bound_by_name) values ($1, 1, $2, now(), '测试')`,
      [grant_id, client.client_id],
    )
    await this.bump()
    return grant_id
  }

  /** As the sharing module does it: the fact and the policy's next version in one transaction. */
  async revoke(grantId: string): Promise<void> {
    await this.sql(
      `with gone as (insert into sharing.grant_revocation (grant_id, cause, reason, revoked_on, revoked_at, revoked_by_name)
         values ($1, 'provider', '不再需要', current_date, now(), '测试') returning 1)
       update kernel.policy set version = version + (select count(*) from gone)`,
      [grantId],
    )
  }

  async bump(): Promise<void> {
    await this.sql('update kernel.policy set version = version + 1')
  }

  async attach(resource: TestResource, order: ServiceOrder): Promise<string> {
    const service_id = newId()
    const sid = `s_63000000000001_${String(this.#codes).padStart(4, '0')}`
    const fields = order.fields ?? resource.items.map(({ name_en }) => ({ item: name_en, pointer: `/${name_en}` }))
    await this.sql(
      `insert into gateway.service (service_id, resource_id, provider_organ_id, provider_path, sid, version, state, body_kind, method,
         url, parameters, rows_pointer, fields, ok_rule, timeout_ms, max_bytes, concurrency, attached_at)
       values ($1, $2, $3, '/', $4, 1, 'attached', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now())`,
      [
        service_id,
        resource.resource_id,
        PROVIDER,
        sid,
        order.body_kind ?? 'json',
        order.method ?? 'GET',
        order.url,
        JSON.stringify(order.parameters ?? []),
        order.rows_pointer ?? '/rows',
        JSON.stringify(order.body_kind === 'passthrough' ? [] : fields),
        order.ok_rule ? JSON.stringify(order.ok_rule) : null,
        order.timeout_ms ?? 2000,
        order.max_bytes ?? 1_048_576,
        order.concurrency ?? 64,
      ],
    )
    await this.bump()
    return sid
  }

  /** Bodies of the calls' receipts, oldest first. */
  async receipts(resource: TestResource): Promise<Record<string, unknown>[]> {
    const rows = await this.sql<{ body: string }>(
      'select body from ledger.entry where resource_code = $1 order by at, seq',
      [resource.code],
    )
    return rows.map(({ body }) => JSON.parse(body).body)
  }

  close(): Promise<void> {
    return this.#all.disposeAsync()
  }
}

export const signText = (key: KeyObject, text: string): string => sign(null, Buffer.from(text), key).toString('base64')
