import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exchange } from '@sanjiang/contract'
import type { FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import type { RequestDraft } from '@sanjiang/contract/sharing'
import type { Report } from '@sanjiang/seal'
import pg from 'pg'
import { makeCitizenId } from '#seeds/check-digits.ts'
import type { TestDatabase } from '../cluster.ts'
import { sanjiang } from '../drill/ground.ts'
import { Role } from '../drill/role.ts'
import { feedDraft } from '../exchange-ground.ts'
import { openWorld, type Voice, type World } from '../harness.ts'
import { freePort } from '../ports.ts'
import { ask, type PublishedResource, publish } from '../sharing-ground.ts'
import { Disk } from './disk.ts'
import { AgentProcess } from './node.ts'
import { differenceOf, SOURCE, type Terms } from './view.ts'
import { Wire } from './wire.ts'

/** Generous: the machine may be busy, and what is tested is that it comes to pass, not when. */
const PATIENCE_MS = Number(process.env.DRILL_PATIENCE_MS ?? 180_000)
const LOOK_MS = 150
const STATE_MIB = 48

export interface Places {
  readonly centre: TestDatabase
  /** Where the centre's database listens. */
  readonly centrePort: number
  readonly source: Way
  readonly target: Way
  readonly rows: number
}

/** A department's database as the test reaches it, and as its agent does. */
export interface Way {
  readonly direct: string
  readonly agents: string
}

export interface Site {
  readonly agent: AgentProcess
  readonly wire: Wire
  readonly db: pg.Pool
  /** What the agent's folder stands on, where one may be mounted. */
  readonly disk: Disk | null
}

export interface Standing {
  readonly grant_id: string
  readonly subscription_id: string
  readonly terms: Terms
}

const poolFor = (url: string): pg.Pool => {
  const pool = new pg.Pool({ connectionString: url, max: 3, allowExitOnIdle: true })
  pool.on('error', () => undefined)
  return pool
}

const openSite = async (dir: string, name: string, { way, allow, door }: { way: Way; allow: string; door: number }) => {
  const wire = await Wire.open(door)
  const connections = `[connection 本部门]\nkind = postgres\nurl = ${way.agents}\n[allow 本部门]\n${allow}`
  const agent = new AgentProcess({ dir: join(dir, name), centre: `http://127.0.0.1:${wire.port}`, connections })
  return { agent, wire, db: poolFor(way.direct), disk: Disk.mount(join(dir, name), STATE_MIB) }
}

export const fillSource = async (db: pg.Pool, rows: number): Promise<void> => {
  await db.query('create schema czrk')
  await db.query(`create table ${SOURCE} (gmsfhm char(18) primary key, xm varchar(50) not null, xb char(1) not null,
    hjdz varchar(200), bz text)`)
  await addRows(db, 0, rows)
}

const DAY_MS = 86_400_000
const BORN_FROM = Date.UTC(1960, 0, 1)

/** The `n`th person's number: every one another, in no order of `n`. */
const citizenIdOf = (n: number): string => {
  const born = new Date(BORN_FROM + ((n * 7_919) % 14_600) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')
  return makeCitizenId(`630103${born}${String(Math.floor(n / 14_600) % 1_000).padStart(3, '0')}`)
}

/** Rows `from`…, some text that must be escaped, some NULLs. */
export const addRows = async (db: pg.Pool, from: number, count: number): Promise<void> => {
  const numbers = Array.from({ length: count }, (_, at) => from + at)
  await db.query(
    `insert into ${SOURCE} select id, '扎西卓玛' || (n % 7), case when n % 2 = 0 then '1' else '2' end,
       case when n % 5 = 0 then null else E'青海省\\t西宁市\\\\' || n || '号' end, repeat('注', (n % 9)::int)
     from unnest($1::text[], $2::int[]) r(id, n) on conflict do nothing`,
    [numbers.map(citizenIdOf), numbers],
  )
}

const ITEMS = [
  { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional' as const },
  { name: '姓名', name_en: 'name', share_type: 'unconditional' as const, mask_rule: 'name' },
  { name: '性别', name_en: 'sex', share_type: 'unconditional' as const },
  { name: '户籍地址', name_en: 'address', share_type: 'unconditional' as const },
  { name: '备注', name_en: 'remark', share_type: 'unconditional' as const },
]

/** One consumer by the natural key, one under a condition and without the key: by handles. */
export const TERMS: readonly Terms[] = [
  { target: 'gongxiang.renkou', items: { citizen_id: 'none', name: 'name', sex: 'none' }, byHandle: false },
  { target: 'gongxiang.nvxing', items: { name: 'name', sex: 'none', address: 'none' }, sex: '2', byHandle: true },
]

export class ExchangeGround {
  readonly dir: string
  readonly world: World
  readonly doorRole: Role
  readonly worker: Role
  readonly provider: Site
  readonly consumer: Site
  readonly police: Voice
  readonly civil: Voice
  readonly resource: PublishedResource
  feed!: FeedDetail
  readonly standing: Standing[] = []
  #origin = ''

  private constructor(
    parts: Pick<
      ExchangeGround,
      'dir' | 'world' | 'doorRole' | 'worker' | 'provider' | 'consumer' | 'police' | 'civil' | 'resource'
    >,
  ) {
    this.dir = parts.dir
    this.world = parts.world
    this.doorRole = parts.doorRole
    this.worker = parts.worker
    this.provider = parts.provider
    this.consumer = parts.consumer
    this.police = parts.police
    this.civil = parts.civil
    this.resource = parts.resource
  }

  /** A centre with its door and worker as processes, two departments with a database and an agent each, and a published resource. */
  static async open({ centre, centrePort, source, target, rows }: Places): Promise<ExchangeGround> {
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-exchange-'))
    const world = await openWorld({ database: centre })
    const ports = { EXCHANGE_PORT: String(await freePort()), PORT: String(await freePort()) }
    const env = {
      ...ports,
      DATA_DIR: world.dataDir,
      DEMO: '1',
      LOG_LEVEL: 'warn',
      GATEWAY_PORT: String(await freePort()),
    }
    const options = {
      env: { ...env, PUBLIC_PORT: String(await freePort()) },
      databaseUrl: centre.url,
      databasePort: () => centrePort,
      log: join(dir, 'roles.log'),
    }
    const door = Number(ports.EXCHANGE_PORT)
    const [doorRole, worker] = [
      await Role.start({ name: 'exchange', ...options }),
      await Role.start({ name: 'worker', ...options }),
    ]
    const provider = await openSite(dir, 'provider', { way: source, allow: `read ${SOURCE} = *`, door })
    const consumer = await openSite(dir, 'consumer', { way: target, allow: 'write = gongxiang.*', door })
    await fillSource(provider.db, rows)
    await consumer.db.query('create schema gongxiang')
    const police = await world.signIn('police', 'provider')
    const civil = await world.signIn('civil_affairs', 'consumer')
    const resource = await publish(world, { items: ITEMS })
    return new ExchangeGround({ dir, world, doorRole, worker, provider, consumer, police, civil, resource })
  }

  /** Both agents enrol with their one-time tokens and begin. */
  async enrol(): Promise<{ provider: string; consumer: string }> {
    const ids: string[] = []
    for (const [site, voice] of [
      [this.provider, this.police],
      [this.consumer, this.civil],
    ] as const) {
      const { agent, token } = await voice.call(exchange.inviteAgent, {
        body: { name: `${site.agent.dir.split('/').at(-1)}` },
      })
      await site.agent.enrol(token)
      site.agent.start()
      ids.push(agent.agent_id)
    }
    const isOnline = async () =>
      (
        await this.world.sql<{ n: number }>(`select count(*)::int as n from exchange.agent where report is not null`)
      )[0]!.n === 2
    await this.until('both agents at the door', isOnline)
    return { provider: ids[0]!, consumer: ids[1]! }
  }

  async attach(agent_id: string): Promise<void> {
    const bindings = [
      { item: 'citizen_id', column: 'gmsfhm' },
      { item: 'name', column: 'xm' },
      { item: 'sex', column: 'xb' },
      { item: 'address', column: 'hjdz' },
      { item: 'remark', column: 'bz' },
    ]
    const body = feedDraft(this.resource, agent_id, { connection: '本部门', relation: SOURCE, bindings })
    this.feed = await this.police.call(exchange.attachFeed, { body })
  }

  async subscribe(agent_id: string, terms: Terms): Promise<Standing> {
    const row_conditions = terms.sex === undefined ? [] : [{ item: 'sex', op: 'eq' as const, values: [terms.sex] }]
    const more: Partial<RequestDraft> = { access_mode: 'table', quota: { count: null, period: 'day' }, row_conditions }
    const request = await ask(this.civil, this.resource, { names: Object.keys(terms.items), more })
    const grant_id = request.grant_ids[0]!
    const body = {
      grant_id,
      target_kind: 'table' as const,
      agent_id,
      connection: '本部门',
      target: terms.target,
      may_create: true,
    }
    const { subscription_id } = await this.civil.call(exchange.subscribe, { body })
    const standing = { grant_id, subscription_id, terms }
    this.standing.push(standing)
    return standing
  }

  subscription({ subscription_id }: Standing): Promise<SubscriptionDetail> {
    return this.civil.call(exchange.getSubscription, { params: { id: subscription_id } })
  }

  /** Waits; when it does not come to pass, says how everything stands. */
  async until(what: string, isTrue: () => boolean | Promise<boolean>, ms = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + ms
    let last: unknown
    for (;;) {
      const is = await Promise.resolve()
        .then(isTrue)
        .catch((error: unknown) => {
          last = error
          return false
        })
      if (is) return
      if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}; ${last ?? ''}\n${await this.#state()}`)
      await pause(LOOK_MS)
    }
  }

  async #state(): Promise<string> {
    const sql = (text: string) => this.world.sql(text).catch((error: Error) => [{ error: error.message }])
    const parts = [
      ...(await sql('select state, hold_reason, head, supplied, trouble from exchange.feed')),
      ...(await sql(
        'select kind, state, rows, first_seq, last_seq, trouble from exchange.run order by ordered_at desc limit 6',
      )),
      ...(await sql('select state, target, generation, from_seq, next_seq, trouble from exchange.subscription')),
      ...(await sql('select name, state, epoch, last_seen_at, report from exchange.agent')),
    ]
    const words = [this.provider, this.consumer].map(({ agent }) => `${agent.dir}: ${agent.said.slice(-1_500)}`)
    const log = await readFile(join(this.dir, 'roles.log'), 'utf8').catch(() => '')
    return [...parts.map((one) => JSON.stringify(one)), ...words, log.slice(-3_000)].join('\n')
  }

  async difference(standing: Standing): Promise<string | null> {
    return differenceOf(this.provider.db, this.consumer.db, standing.terms)
  }

  /** Until every consumer has what its grant says, and nothing else. */
  async equal(which: readonly Standing[] = this.standing): Promise<void> {
    let last: string | null = ''
    const isEqual = async () => {
      for (const standing of which) {
        last = await this.difference(standing)
        if (last !== null) return false
      }
      return true
    }
    await this.until('equal sides', isEqual).catch((error: Error) => {
      throw new Error(`${last}\n${error.message}`)
    })
  }

  /** Until every chunk delivered is signed for and everything sealed is signed. */
  async settled(): Promise<void> {
    const OPEN = `select
      (select count(*) from exchange.feed where supplied < head)
      + (select count(*) from exchange.delivery d join exchange.subscription s using (subscription_id)
         where s.state = 'active' and d.generation = s.generation and d.accepted_at is null)
      + (select count(*) from ledger.log l where l.size > coalesce(
         (select max(h.size) from ledger.head h where h.log_id = l.log_id), 0)) as open`
    await this.until(
      'everything signed',
      async () => Number((await this.world.sql<{ open: string }>(OPEN))[0]!.open) === 0,
    )
  }

  get #trust(): string {
    return join(this.dir, 'trust.json')
  }

  /** Pins the node, as an auditor would have before anything happens to it. */
  async pin(): Promise<void> {
    if (this.#origin === '') this.#origin = await this.world.app.listen({ host: '127.0.0.1', port: 0 })
    const { code, stderr } = await sanjiang(['trust', this.#origin, '--out', this.#trust])
    if (code !== 0) throw new Error(stderr)
  }

  /** The auditor's command over the whole export. */
  async verify(): Promise<{ code: number; report: Report }> {
    const auditor = await this.world.signIn('root', 'auditor')
    const answer = await fetch(`${this.#origin}/api/v1/ledger/export`, { headers: { cookie: auditor.cookie } })
    const file = join(this.dir, 'bundle.ndjson')
    await writeFile(file, Buffer.from(await answer.arrayBuffer()))
    const { code, stdout, stderr } = await sanjiang(['verify', file, '--trust', this.#trust, '--json'])
    if (stdout === '') throw new Error(`${answer.status} ${stderr}`)
    return { code, report: JSON.parse(stdout) as Report }
  }

  async close(): Promise<void> {
    for (const { agent, wire, db, disk } of [this.provider, this.consumer]) {
      await agent.stop('SIGKILL')
      disk?.unmount()
      wire.close()
      await pause(50)
      await db
        .query(
          `select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active`,
        )
        .catch(() => undefined)
      await db.end()
    }
    await this.doorRole.stop()
    await this.worker.stop()
    await this.world.close()
    await rm(this.dir, { recursive: true, force: true })
  }
}
