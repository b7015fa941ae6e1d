import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CallFault, makeCall, type Problem, type Role } from '@sanjiang/contract'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { setBusinessDate } from '#kernel/clock.ts'
import { type Ctx, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { type OpenHouse, openHouse } from '#kernel/house.ts'
import { newId } from '#kernel/id.ts'
import { authenticate } from '#modules/identity/index.ts'
import { openAccessLog } from '#modules/ledger/index.ts'
import { buildApi } from '#roles/api.app.ts'
import { MODULES } from '#roles/modules.ts'
import { cloneDatabase, type TestDatabase } from './cluster.ts'

/** Organs every test world has; `root` stands above the others. */
export const ORGANS = {
  root: '6300003000',
  police: '6300003007',
  civil_affairs: '6300003010',
  social_security: '6300003013',
  audit: '6300003023',
  commerce: '6300003027',
  egov: '6300003047',
  /** A county's bureau below the provincial civil affairs department's prefecture. */
  xining_civil_affairs: '6301003010',
} as const
export type OrganKey = keyof typeof ORGANS

const NAMES: Record<OrganKey, string> = {
  root: '青海省人民政府',
  police: '青海省公安厅',
  civil_affairs: '青海省民政厅',
  social_security: '青海省人力资源和社会保障厅',
  audit: '青海省审计厅',
  commerce: '青海省工商行政管理局',
  egov: '青海省人民政府电子政务办公室',
  xining_civil_affairs: '西宁市民政局',
}

export const pathOf = (organ: OrganKey): string =>
  organ === 'root' ? `/${ORGANS.root}/` : `/${ORGANS.root}/${ORGANS[organ]}/`

/** A signed-in person of the test world. */
export interface Voice {
  readonly person_id: string
  readonly organ_id: string
  readonly cookie: string
  readonly csrf: string
  /** The contract's own caller, through the real app. */
  readonly call: ReturnType<typeof makeCall>
  /** The problem an endpoint refuses with; fails the test when it does not refuse. */
  refused(...args: Parameters<ReturnType<typeof makeCall>>): Promise<Problem>
}

export interface World {
  readonly url: string
  readonly dataDir: string
  readonly house: OpenHouse
  readonly app: FastifyInstance
  /** Someone who holds these roles in an organ and is signed in. */
  signIn(organ: OrganKey, ...roles: Role[]): Promise<Voice>
  /** Moves the business date. */
  setToday(date: string): Promise<void>
  /** A ctx of the platform itself. */
  ctx(): Promise<Ctx>
  /** Runs every job that is due; returns how many ran. */
  drain(): Promise<number>
  /** SQL as the superuser. */
  sql<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>
  close(): Promise<void>
}

const superuser = (url: string) => {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  pool.on('error', () => undefined)
  return pool
}

const foundOrgans = async (admin: pg.Pool): Promise<void> => {
  for (const organ of Object.keys(ORGANS) as OrganKey[]) {
    const id = ORGANS[organ]
    const parent = organ === 'root' ? null : ORGANS.root
    await admin.query(
      `insert into identity.organ (organ_id, name, short_name, parent_id, path, division_code, kind, seq_code, founded_on)
       values ($1, $2, $2, $3, $4, $5, 'government', $6, '2000-01-01')`,
      [id, NAMES[organ], parent, pathOf(organ), id.slice(0, 6), id.slice(7)],
    )
    await admin.query(
      `insert into identity.organ_name (organ_id, name, short_name, valid_from) values ($1, $2, $2, '2000-01-01')`,
      [id, NAMES[organ]],
    )
  }
}

const SURNAMES = '王李张马韩才仁卓扎索'

const enrol = async (admin: pg.Pool, organ_id: string, roles: readonly Role[]) => {
  const [person_id, session_id, token, csrf] = [newId(), newId(), randomBytes(24).toString('base64url'), newId()]
  const name = `${SURNAMES[randomBytes(1)[0]! % SURNAMES.length]}${roles[0] ?? '某'}`
  const now = new Date().toISOString()
  await admin.query(
    `insert into identity.person (person_id, username, name, organ_id, state, totp_confirmed_at, created_at)
     values ($1, $2, $3, $4, 'active', $5, $5)`,
    [person_id, `t.${person_id.slice(-12)}`, name, organ_id, now],
  )
  await admin.query('insert into identity.password (person_id, set_at, hash) values ($1, $2, $3)', [
    person_id,
    now,
    'no password opens this account',
  ])
  for (const role of roles)
    await admin.query(
      'insert into identity.person_role (person_id, role, organ_id, granted_at) values ($1, $2, $3, $4)',
      [person_id, role, organ_id, now],
    )
  const hash = createHash('sha256').update(token).digest('hex')
  await admin.query(
    `insert into identity.session (session_id, token_hash, csrf, person_id, opened_at, last_seen_at, ip, user_agent)
     values ($1, $2, $3, $4, $5, $5, '127.0.0.1', 'test')`,
    [session_id, hash, csrf, person_id, now],
  )
  return { person_id, organ_id, csrf, cookie: `sanjiang_session=${token}` }
}

/** `fetch` over `inject`: the contract's caller talks to the app without a socket. */
export const fetchOver =
  (app: FastifyInstance): typeof fetch =>
  async (address, init) => {
    const answer = await app.inject({
      method: (init?.method ?? 'GET') as 'GET',
      url: String(address),
      headers: init?.headers as Record<string, string>,
      payload: init?.body as string | undefined,
    })
    return new Response(answer.body, { status: answer.statusCode, headers: answer.headers as Record<string, string> })
  }

const voiceOf = (app: FastifyInstance, person: Awaited<ReturnType<typeof enrol>>): Voice => {
  const headers = () => ({ cookie: person.cookie, 'x-csrf-token': person.csrf })
  const call = makeCall({ fetch: fetchOver(app), headers })
  return {
    ...person,
    call,
    refused: async (...args) => {
      const answer = await call(...args).catch((error: unknown) => {
        if (error instanceof CallFault) return error
        throw error
      })
      if (answer instanceof CallFault) return answer.problem
      throw new Error(`expected a refusal of ${args[0].method} ${args[0].path}, got ${JSON.stringify(answer)}`)
    },
  }
}

/** The whole staff API on a database of its own, in demo mode so that the business date can be moved. */
export const openWorld = async ({
  today = '2017-12-11',
  gatewayOrigin = 'http://127.0.0.1:9',
  database: given,
}: {
  readonly today?: string
  readonly gatewayOrigin?: string
  /** A migrated database of the caller's own, where the shared cluster will not do. */
  readonly database?: TestDatabase
} = {}): Promise<World> => {
  // What is opened is closed in reverse, also where a later step fails: left open it keeps the test's process from ending.
  await using parts = new AsyncDisposableStack()
  const database = parts.adopt(given ?? (await cloneDatabase()), (one) => one.drop())
  const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-world-'))
  parts.defer(() => rm(dataDir, { recursive: true, force: true }))
  const admin = parts.adopt(superuser(database.url), (one) => one.end())
  const opened = await openHouse({
    role: 'test',
    databaseUrl: database.url,
    site: {
      demo: true,
      dataDir,
      gatewayOrigin,
      exchangeUrl: 'http://127.0.0.1:9',
      egressAllow: ['127.0.0.0/8'],
      stageDatabaseUrl: database.url,
    },
    logLevel: 'silent',
    modules: MODULES,
    dateKeptMs: 0,
  })
  const house = parts.adopt(opened, (one) => one.close())
  const access = parts.adopt(await openAccessLog(house, 'api'), (one) => one.close())
  const app = await buildApi({
    house,
    authenticate: authenticate(house),
    refused: (refusal) => access.seal(refusal),
    compiles: 'at_first_call',
  })
  parts.defer(() => app.close())
  await foundOrgans(admin)
  const ctx = () => makeCtx(house, PLATFORM, 'test-trace')
  const setToday = async (date: string): Promise<void> => {
    await inTx(await ctx(), (tx) => setBusinessDate(tx, date))
  }
  await setToday(today)
  const all = parts.move()
  return {
    url: database.url,
    dataDir,
    house,
    app,
    ctx,
    setToday,
    signIn: async (organ, ...roles) => voiceOf(app, await enrol(admin, ORGANS[organ], roles)),
    drain: () => house.jobs.drain(house),
    sql: async (text, values) => (await admin.query(text, values)).rows as never,
    close: () => all.disposeAsync(),
  }
}
