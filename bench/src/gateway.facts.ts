import type pg from 'pg'
import { openPool } from '../../server/src/kernel/db.ts'
import { newId } from '../../server/src/kernel/id.ts'
import { GatewayClient } from '../../server/test/gateway-client.ts'
import {
  CONSUMER,
  DUTY,
  GatewayGround,
  PROVIDER,
  type TestClientRow,
  type TestResource,
} from '../../server/test/gateway-ground.ts'
import type { Target } from './gateway.load.ts'

const PURPOSE = { code: 'business_collaboration', ref: DUTY }
const QUOTA = 1_000_000_000

interface Upstream {
  readonly origin: string
  readonly items: readonly string[]
}

/** Nine of twelve items granted, two of them masked. */
const granted = ({ items }: TestResource): string =>
  JSON.stringify(
    items.slice(0, -3).map(({ item_id, name, name_en }) => {
      const mask_rule = name_en === 'name' || name_en === 'citizen_id' ? name_en : 'none'
      return { item_id, name, name_en, mask_rule }
    }),
  )

const GRANTS = `
insert into sharing.grant (grant_id, version, request_id, resource_id, resource_code, resource_name, provider_organ_id,
  consumer_organ_id, items, row_conditions, purpose_code, purpose_ref, scenario, access_mode, quota_count, quota_period,
  starts_on, ends_on, allows_low_assurance, change_reason, issued_on, issued_at, issued_by_name)
select g, 1, g, $2, $3, '人口基础信息', $4, $5, $6, '[]', $7, $8, '', 'api', $9, 'day',
  '2017-01-01', '2099-12-31', false, '', current_date, now(), 'bench'
from unnest($1::uuid[]) g`

const BINDINGS = `
insert into sharing.grant_client (grant_id, binding_no, client_id, bound_at, bound_by_name)
select g, 1, c, now(), 'bench' from unnest($1::uuid[], $2::uuid[]) as b(g, c)`

const grantAll = async (
  ground: GatewayGround,
  resource: TestResource,
  clients: readonly TestClientRow[],
): Promise<void> => {
  const ids = clients.map(() => newId())
  const { resource_id, code } = resource
  await ground.sql(GRANTS, [
    ids,
    resource_id,
    code,
    PROVIDER,
    CONSUMER,
    granted(resource),
    PURPOSE.code,
    PURPOSE.ref,
    QUOTA,
  ])
  await ground.sql(BINDINGS, [ids, clients.map(({ client_id }) => client_id)])
}

export interface World {
  readonly ground: GatewayGround
  readonly clients: readonly TestClientRow[]
  readonly resources: readonly TestResource[]
}

/** A database with `side` × `side` grants: every client may call every resource. */
export const makeWorld = async (url: string, side: number, upstream: Upstream): Promise<World> => {
  const ground = await GatewayGround.open(url)
  const clients = await Promise.all(Array.from({ length: side }, () => ground.client()))
  const resources: TestResource[] = []
  const parameters = [{ name: 'id', in: 'query', item: 'citizen_id', required: true, subject: 'citizen_id' }]
  for (let n = 0; n < side; n += 1) {
    const resource = await ground.resource(upstream.items.map((name) => ({ name, name_en: name })))
    const fields = upstream.items.map((item) => ({ item, pointer: `/${item}` }))
    const ok_rule = { pointer: '/code', values: [0] }
    await ground.attach(resource, {
      url: `${upstream.origin}/people`,
      parameters,
      fields,
      rows_pointer: '/data',
      ok_rule,
      concurrency: 512,
    })
    await grantAll(ground, resource, clients)
    resources.push(resource)
  }
  await ground.bump()
  return { ground, clients, resources }
}

/** Signs every client in and says under which grants to call, one after the other in an order that jumps about. */
export const targetOf = async ({ clients, resources }: World, port: number): Promise<Target> => {
  const sessions: { session_id: string; secret: string }[] = []
  for (const client of clients) {
    const caller = new GatewayClient(`http://127.0.0.1:${port}`, client)
    const { status, text } = await caller.signIn()
    if (status !== 201) throw new Error(`sign-in: ${text}`)
    sessions.push(caller.session)
  }
  const count = clients.length * resources.length
  const lanes = Array.from({ length: count }, (_, n) => {
    const at = (n * 7919) % count // a prime: neighbours in time are not neighbours in the map
    return { code: resources[at % resources.length]!.code, session: Math.floor(at / resources.length) }
  })
  return { port, path: '', signed: { sessions, lanes, purpose: PURPOSE } }
}

/** Refuses a database that would acknowledge what is not on disk. */
export const assertDurable = async (url: string): Promise<Record<string, string>> => {
  const pool: pg.Pool = openPool(url, { max: 1 })
  const found: Record<string, string> = {}
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes', 'server_version'])
    found[name] = String((await pool.query(`show ${name}`)).rows[0][name])
  await pool.end()
  if (found.fsync !== 'on' || found.synchronous_commit !== 'on')
    throw new Error(`refused: fsync=${found.fsync} synchronous_commit=${found.synchronous_commit}`)
  return found
}
