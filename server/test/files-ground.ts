import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exchange } from '@sanjiang/contract'
import type { FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import type { RequestDraft, RowCondition } from '@sanjiang/contract/sharing'
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { tasks } from '#modules/exchange/exchange.jobs.ts'
import { type DoorServer, startClerk } from '#modules/exchange/index.ts'
import { AgentProcess } from './agent-process.ts'
import { openTestDoor } from './exchange-door.ts'
import { feedDraft } from './exchange-ground.ts'
import { openWorld, type Voice, type World } from './harness.ts'
import { ask, type PublishedResource, publish } from './sharing-ground.ts'

export const FILE_ITEMS = ['path', 'size', 'modified', 'content']

/** A line to the door that counts what comes down it, and lets no more come than it is told to. */
interface Meter {
  readonly address: string
  bytes: number
  /** Of `bytes`; the line stands still once it is over. */
  limit: number
  close(): void
}

const openMeter = async (door: string): Promise<Meter> => {
  const lines = new Set<Socket>()
  let limit = Number.POSITIVE_INFINITY
  const meter = {
    address: '',
    bytes: 0,
    get limit() {
      return limit
    },
    set limit(bytes) {
      limit = bytes
      if (meter.bytes <= limit) for (const far of lines) far.resume()
    },
    close: () => void server.close(),
  }
  const server = createServer((near) => {
    const far = connect(Number(new URL(door).port), '127.0.0.1')
    lines.add(far.on('close', () => lines.delete(far)))
    near.pipe(far)
    far.on('data', (piece) => {
      meter.bytes += piece.length
      if (!near.write(piece) || meter.bytes > limit) far.pause()
    })
    near.on('drain', () => {
      if (meter.bytes <= limit) far.resume()
    })
    const end = (): void => {
      near.destroy()
      far.destroy()
    }
    for (const one of [near, far]) one.on('error', end).on('close', end)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  meter.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return meter
}

/** Where a connection's files lie, as its agent's configuration says. */
export interface Place {
  /** On this machine, to look at. */
  readonly root: string
  readonly settings: string
}

export const localPlace = (root: string): Place => ({ root, settings: `root = ${root}` })

/** What stands below a folder for its readers: paths and bytes. */
export const filesBelow = async (root: string): Promise<Map<string, Buffer>> => {
  const found = new Map<string, Buffer>()
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const full = join(entry.parentPath, entry.name)
    const path = full.slice(root.length + 1)
    if (!entry.isFile() || path.split('/').includes('.sanjiang')) continue
    // Gone since it was listed.
    const bytes = await readFile(full).catch(() => null)
    if (bytes !== null) found.set(path, bytes)
  }
  return found
}

export interface Standing {
  readonly grant_id: string
  readonly subscription_id: string
}

export class FilesGround {
  readonly dir: string
  readonly world: World
  readonly door: DoorServer
  readonly police: Voice
  readonly civil: Voice
  readonly source: AgentProcess
  readonly target: AgentProcess
  readonly #meter: Meter
  #all: AsyncDisposableStack

  private constructor(
    of: Pick<FilesGround, 'dir' | 'world' | 'door' | 'police' | 'civil' | 'source' | 'target'>,
    { meter, all }: { meter: Meter; all: AsyncDisposableStack },
  ) {
    this.#meter = meter
    this.#all = all
    this.dir = of.dir
    this.world = of.world
    this.door = of.door
    this.police = of.police
    this.civil = of.civil
    this.source = of.source
    this.target = of.target
  }

  static async open(
    { source, target }: { source: Place; target: Place },
    allow = 'read files:scans/** = *\nread files:other/* = *',
  ): Promise<FilesGround> {
    await using parts = new AsyncDisposableStack()
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-files-'))
    parts.defer(() => rm(dir, { recursive: true, force: true }))
    const world = parts.adopt(await openWorld({ today: '2017-12-11' }), (one) => one.close())
    const door = parts.adopt(await openTestDoor(world), (one) => one.close())
    const police = await world.signIn('police', 'provider')
    const civil = await world.signIn('civil_affairs', 'consumer')
    const sites = [await mkdtemp(join(dir, 'source-')), await mkdtemp(join(dir, 'target-'))] as const
    const meter = parts.adopt(await openMeter(door.address), (one) => one.close())
    parts.adopt(startClerk(world.house), (one) => one.stop())
    const [near, far] = sites.map((site) => parts.adopt(new AgentProcess(site), (one) => one.end())) as [
      AgentProcess,
      AgentProcess,
    ]
    const headOf = (centre: string) => `centre = ${centre}\nstate = state\nspool_keep_free = 1 MiB\n`
    const pace = 'settle_seconds = 0\npoll_seconds = 0.2'
    await near.configure(
      `${headOf(door.address)}[connection 图库]\nkind = file\n${source.settings}\n${pace}\n[allow 图库]\n${allow}\n`,
    )
    await near.join(police)
    await far.configure(
      `${headOf(meter.address)}[connection 文件柜]\nkind = file\n${target.settings}\n[allow 文件柜]\nwrite = *\n`,
    )
    await far.join(civil)
    const people = { police, civil, source: near, target: far }
    const ground = new FilesGround({ dir, world, door, ...people }, { meter, all: parts })
    await ground.until('both agents at the door', async () => {
      const rows = await world.sql('select from exchange.agent where report is not null')
      return rows.length === 2
    })
    ground.#all = parts.move()
    return ground
  }

  publish(name = '档案扫描件'): Promise<PublishedResource> {
    const item = (title: string, name_en: string) =>
      ({ name: title, name_en, share_type: 'unconditional', mask_rule: 'none' }) as const
    const length = { length: 1000 }
    return publish(this.world, {
      name,
      items: [
        { ...item('路径', 'path'), ...length },
        item('大小', 'size'),
        item('修改时间', 'modified'),
        { ...item('内容', 'content'), ...length },
      ],
    })
  }

  attach(resource: PublishedResource, relation = 'files:scans/**'): Promise<FeedDetail> {
    const bindings = FILE_ITEMS.map((name) => ({ item: name, column: name }))
    const more = { connection: '图库', relation, bindings, key: ['path'], reject_threshold: 100 }
    return this.police.call(exchange.attachFeed, { body: feedDraft(resource, this.source.agentId, more) })
  }

  async subscribe(resource: PublishedResource, target: string, row_conditions: RowCondition[] = []): Promise<Standing> {
    const more: Partial<RequestDraft> = {
      access_mode: 'file',
      quota: { count: null, period: 'day' },
      row_conditions,
    }
    const request = await ask(this.civil, resource, { names: FILE_ITEMS, more })
    const grant_id = request.grant_ids[0] ?? ''
    const place = { agent_id: this.target.agentId, connection: '文件柜', target, may_create: true }
    const { subscription_id } = await this.civil.call(exchange.subscribe, {
      body: { grant_id, target_kind: 'file', file_format: 'files', ...place },
    })
    return { grant_id, subscription_id }
  }

  subscription({ subscription_id }: Standing): Promise<SubscriptionDetail> {
    return this.civil.call(exchange.getSubscription, { params: { id: subscription_id } })
  }

  /** Bytes that came down the consumer's line, its polls and rows among them. */
  get fetchedBytes(): number {
    return this.#meter.bytes
  }

  /** Lets so many more bytes come down the consumer's line, then holds it. */
  holdAfter(bytes: number): void {
    this.#meter.limit = this.#meter.bytes + bytes
  }

  /** The worker's hourly task. */
  async sweep(): Promise<void> {
    const task = tasks.find(({ name }) => name === 'exchange.file.sweep')
    await task?.handle(await makeCtx(this.world.house, PLATFORM, 'sweep'), undefined as never)
  }

  /** Bytes of parts at the centre. */
  async stored(): Promise<number> {
    const [row] = await this.world.sql<{ bytes: number }>(
      'select coalesce(sum(bytes), 0)::float8 as bytes from exchange.file_part where bytes > 1000',
    )
    return row!.bytes
  }

  /** Until the target holds just these files. */
  async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 150_000; !(await isTrue()); ) {
      if (Date.now() > end) {
        const rows = [
          ...(await this.world.sql('select name, report from exchange.agent')),
          ...(await this.world.sql('select state, next_seq, trouble, base_run_id from exchange.subscription')),
          ...(await this.world.sql('select kind, state, trouble, rows from exchange.run')),
          ...(await this.world.sql('select row_key, rule, reason from exchange.reject')),
        ]
        assert.fail(`没有等到:${what}\n${this.source.said}\n${this.target.said}\n${JSON.stringify(rows, null, 1)}`)
      }
      await new Promise((done) => setTimeout(done, 100))
    }
  }

  async holds(root: string, wanted: ReadonlyMap<string, Buffer>): Promise<void> {
    let last = ''
    const isEqual = async () => {
      const found = await filesBelow(root)
      const amiss = [...wanted].filter(([path, bytes]) => !found.get(path)?.equals(bytes)).map(([path]) => path)
      last = `缺或异:${amiss.join()} 多:${[...found.keys()].filter((path) => !wanted.has(path)).join()}`
      return found.size === wanted.size && amiss.length === 0
    }
    await this.until(`${root} 里的文件`, isEqual).catch((error: Error) => {
      throw new Error(`${last}\n${error.message}`)
    })
  }

  close(): Promise<void> {
    return this.#all.disposeAsync()
  }
}
