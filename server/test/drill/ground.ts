import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Role as OfficeRole } from '@sanjiang/contract'
import type { Finding, Report } from '@sanjiang/seal'
import pg from 'pg'
import { newId } from '#kernel/id.ts'
import { migrate } from '#kernel/migrate.ts'
import { keepPostgres, type Postgres, startPostgres } from '#kernel/postgres.ts'
import { CONSUMER, GatewayGround, PROVIDER, saying, type TestClientRow, type TestResource } from '../gateway-ground.ts'
import { freePort } from '../ports.ts'
import type { KeptReceipt, Officer } from './load.ts'
import { Role, type RoleName } from './role.ts'

const CLI = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url))
// Backends log to disk as in production; the statistics of WAL syncs are what one of the tests reads.
const SETTINGS = ['fsync=on', 'synchronous_commit=on', 'max_connections=100']

/** Two gateways, so that one goes on while the other is dead. */
const CAST: readonly RoleName[] = ['gateway', 'gateway', 'api', 'worker']

export interface DrillGround {
  readonly dir: string
  readonly server: Postgres
  readonly ground: GatewayGround
  readonly resource: TestResource
  readonly clients: readonly TestClientRow[]
  readonly roles: readonly Role[]
  readonly gateways: readonly { readonly role: Role; readonly origin: string }[]
  readonly apiOrigin: string
  officer(organ_id: string, role: OfficeRole): Promise<Officer>
  /** kill -9 of the database; it is started again by what keeps it. */
  killPostgres(): Promise<void>
  /** The auditor's command, on the whole export with these receipts in hand. */
  verify(receipts: readonly KeptReceipt[]): Promise<{ code: number; report: Report; faults: Finding[] }>
  close(): Promise<void>
}

/** The auditor's command. */
export const sanjiang = (args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    execFile(process.execPath, [CLI, ...args], { env, maxBuffer: 256 << 20 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

const enrol = async (ground: GatewayGround, organ_id: string, role: OfficeRole): Promise<Officer> => {
  const [person_id, session_id, csrf] = [newId(), newId(), newId()]
  const token = randomBytes(24).toString('base64url')
  await ground.sql(
    `insert into identity.person (person_id, username, name, organ_id, state, totp_confirmed_at, created_at)
     values ($1, $2, '演练员', $3, 'active', now(), now())`,
    [person_id, `d.${person_id.slice(-12)}`, organ_id],
  )
  await ground.sql('insert into identity.password (person_id, set_at, hash) values ($1, now(), $2)', [
    person_id,
    'no password opens this account',
  ])
  await ground.sql(
    'insert into identity.person_role (person_id, role, organ_id, granted_at) values ($1, $2, $3, now())',
    [person_id, role, organ_id],
  )
  await ground.sql(
    `insert into identity.session (session_id, token_hash, csrf, person_id, opened_at, last_seen_at, ip, user_agent)
     values ($1, $2, $3, $4, now(), now(), '127.0.0.1', 'drill')`,
    [session_id, createHash('sha256').update(token).digest('hex'), csrf, person_id],
  )
  return { csrf, cookie: `sanjiang_session=${token}` }
}

const PERSON = {
  name: '才仁卓玛',
  citizen_id: '63010319900101001X',
  address: '青海省西宁市',
  division: '630103',
  phone: '13912341234',
}

/** A governed service with several applications granted to call it. */
const grantService = async (ground: GatewayGround) => {
  const provider = await ground.provider(saying({ rows: [PERSON] }))
  const resource = await ground.resource()
  await ground.attach(resource, { url: `${provider.origin}/person` })
  const clients: TestClientRow[] = []
  for (let n = 0; n < 4; n += 1) {
    const client = await ground.client()
    await ground.grant({ resource, client, mask: { name: 'name', citizen_id: 'citizen_id' } })
    clients.push(client)
  }
  return { resource, clients }
}

const portsFor = async (): Promise<Record<string, string>> => {
  const names = ['PORT', 'GATEWAY_PORT', 'EXCHANGE_PORT', 'PUBLIC_PORT']
  const ports: [string, string][] = []
  for (const name of names) ports.push([name, String(await freePort())])
  return Object.fromEntries(ports)
}

/** A node as it runs in production — PostgreSQL with fsync, every role a process — with people and grants in it. */
export const openDrillGround = async (): Promise<DrillGround> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-drill-'))
  const server = await startPostgres({ dir, settings: SETTINGS })
  const ends: End[] = [() => server.stop()]
  const endAll = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end()
    await rm(dir, { recursive: true, force: true })
  }
  try {
    return { ...(await furnish({ dir, server, ends })), close: endAll }
  } catch (error) {
    // What is left running would keep the test's process from ending, and the run from telling what failed.
    await endAll()
    throw error
  }
}

type End = () => Promise<void>

const startRoles = async (dir: string, server: Postgres, ends: End[]) => {
  const starting = CAST.map(async (name) => {
    const ports = await portsFor()
    const env = { ...ports, DATA_DIR: dir, DEMO: '0', LOG_LEVEL: 'silent', EGRESS_ALLOW: '127.0.0.0/8' }
    const role = await Role.start({ name, env, databaseUrl: server.url('postgres'), databasePort: () => server.port })
    ends.push(() => role.stop())
    return { role, origin: `http://127.0.0.1:${name === 'gateway' ? ports.GATEWAY_PORT : ports.PORT}` }
  })
  await Promise.allSettled(starting)
  return Promise.all(starting)
}

interface Standing {
  readonly dir: string
  readonly server: Postgres
  /** What has been started says here how it ends. */
  readonly ends: End[]
}

const furnish = async ({ dir, server, ends }: Standing): Promise<Omit<DrillGround, 'close'>> => {
  await migrate({ adminUrl: server.url('postgres') })
  ends.push(keepPostgres({ dir, settings: SETTINGS }, server, () => undefined))
  const ground = await GatewayGround.open(server.url('postgres'))
  ends.push(() => ground.close())
  const { resource, clients } = await grantService(ground)
  const started = await startRoles(dir, server, ends)
  const apiOrigin = started.find(({ role }) => role.name === 'api')!.origin
  const trust = join(dir, 'trust.json')
  const auditor = await enrol(ground, PROVIDER, 'auditor')
  return {
    dir,
    server,
    ground,
    resource,
    clients,
    roles: started.map(({ role }) => role),
    gateways: started.filter(({ role }) => role.name === 'gateway'),
    apiOrigin,
    officer: (organ_id, role) => enrol(ground, organ_id, role),
    killPostgres: async () => {
      const pid = Number((await readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
      process.kill(pid, 'SIGKILL')
    },
    verify: async (receipts) => {
      const answer = await fetch(`${apiOrigin}/api/v1/ledger/export`, { headers: { cookie: auditor.cookie } })
      const [file, held] = [join(dir, 'bundle.ndjson'), join(dir, 'receipts.json')]
      await writeFile(file, Buffer.from(await answer.arrayBuffer()))
      await writeFile(held, JSON.stringify(receipts.map(({ log_id, seq, leaf }) => ({ log_id, seq, leaf }))))
      const { code, stdout, stderr } = await sanjiang(['verify', file, '--trust', trust, '--receipts', held, '--json'])
      if (stdout === '') throw new Error(stderr)
      const report = JSON.parse(stdout) as Report
      return { code, report, faults: report.findings.filter(({ severity }) => severity === 'fault') }
    },
  }
}

/** Pins the node before anything happens to it, as an auditor would have. */
export const pinTrust = async ({ dir, apiOrigin }: DrillGround): Promise<void> => {
  const { code, stderr } = await sanjiang(['trust', apiOrigin, '--out', join(dir, 'trust.json')])
  if (code !== 0) throw new Error(stderr)
}

export { CONSUMER, PROVIDER, pg }
