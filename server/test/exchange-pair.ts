import assert from 'node:assert/strict'
import { exchange } from '@sanjiang/contract'
import type { FeedDetail, FeedDraft, SubscriptionDetail } from '@sanjiang/contract/exchange'
import type { RequestDraft } from '@sanjiang/contract/sharing'
import type { DoorServer } from '#modules/exchange/index.ts'
import { startDueReconciliations, stepReconciliations } from '#modules/exchange/reconciliation.service.ts'
import { lookAtClock } from '#modules/exchange/schedule.service.ts'
import { openTestDoor } from './exchange-door.ts'
import { feedDraft } from './exchange-ground.ts'
import { Department } from './exchange-node.ts'
import { type OrganKey, openWorld, type Voice, type World } from './harness.ts'
import { ask, type PublishedResource } from './sharing-ground.ts'

const PATIENCE_MS = 180_000

interface Opening {
  /** Table or folder the provider's agent may read. */
  readonly read: string
  /** Makes the provider's tables. */
  readonly source: string
  readonly today?: string
  /** Who receives, and into which schema; civil affairs, into `gongxiang`, where it is left out. */
  readonly receiver?: { readonly organ: OrganKey; readonly schema: string }
}

const CIVIL_AFFAIRS = { organ: 'civil_affairs', schema: 'gongxiang' } as const

/** A provider and a consumer with real agents beside real databases; the centre's clock is looked at whenever the test waits. */
export class Pair {
  readonly world: World
  readonly door: DoorServer
  readonly police: Voice
  readonly civil: Voice
  readonly source: Department
  readonly target: Department

  #all: AsyncDisposableStack

  private constructor(
    parts: Pick<Pair, 'world' | 'door' | 'police' | 'civil' | 'source' | 'target'>,
    all: AsyncDisposableStack,
  ) {
    this.#all = all
    this.world = parts.world
    this.door = parts.door
    this.police = parts.police
    this.civil = parts.civil
    this.source = parts.source
    this.target = parts.target
  }

  static async open({ read, source: make, today, receiver = CIVIL_AFFAIRS }: Opening): Promise<Pair> {
    await using all = new AsyncDisposableStack()
    const world = all.adopt(await openWorld(today === undefined ? {} : { today }), (one) => one.close())
    const door = all.adopt(await openTestDoor(world), (one) => one.close())
    const police = await world.signIn('police', 'provider')
    const civil = await world.signIn(receiver.organ, 'consumer')
    const department = async (allow: string) =>
      all.adopt(await Department.open(door.address, allow), (one) => one.close())
    const [source, target] = [await department(read), await department(`write = ${receiver.schema}.*`)]
    await source.db.query(make)
    await target.db.query(`create schema ${receiver.schema}`)
    await source.join(police)
    await target.join(civil)
    const pair = new Pair({ world, door, police, civil, source, target }, all)
    await pair.until('both agents at the door', async () => {
      const rows = await world.sql('select from exchange.agent where report is not null')
      return rows.length === 2
    })
    pair.#all = all.move()
    return pair
  }

  close(): Promise<void> {
    return this.#all.disposeAsync()
  }

  /** What the worker does every few seconds. */
  async tick(): Promise<void> {
    await lookAtClock(await this.world.ctx())
    await startDueReconciliations(await this.world.ctx())
    await stepReconciliations(await this.world.ctx())
  }

  async until(what: string, is: () => Promise<boolean>): Promise<void> {
    let last: unknown
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      await this.tick()
      const isTrue = await is().catch((error: unknown) => {
        last = error
        return false
      })
      if (isTrue) return
      if (Date.now() > end) break
      await new Promise((done) => setTimeout(done, 100))
    }
    const rows = [
      ...(await this.world.sql('select state, hold_reason, head, trouble from exchange.feed')),
      ...(await this.world.sql('select kind, state, rows, rejects, trouble from exchange.run order by ordered_at')),
      ...(await this.world.sql('select target, state, next_seq, trouble from exchange.subscription')),
      ...(await this.world.sql('select report from exchange.agent')),
    ]
    const said = [this.source.said.slice(-1500), this.target.said.slice(-1500)]
    assert.fail([what, String(last ?? ''), ...rows.map((row) => JSON.stringify(row)), ...said].join('\n'))
  }

  attach(resource: PublishedResource, more: Partial<FeedDraft>): Promise<FeedDetail> {
    return this.police.call(exchange.attachFeed, {
      body: feedDraft(resource, this.source.agentId, { connection: 'own', ...more }),
    })
  }

  async subscribe(
    resource: PublishedResource,
    { names, target, more = {} }: { names: readonly string[]; target: string; more?: Partial<RequestDraft> },
  ): Promise<SubscriptionDetail> {
    const request = await ask(this.civil, resource, {
      names,
      more: { access_mode: 'table', quota: { count: null, period: 'day' }, ...more },
    })
    return this.civil.call(exchange.subscribe, {
      body: {
        grant_id: request.grant_ids[0]!,
        target_kind: 'table',
        agent_id: this.target.agentId,
        connection: 'own',
        target,
        may_create: true,
      },
    })
  }

  feed({ feed_id }: { feed_id: string }): Promise<FeedDetail> {
    return this.police.call(exchange.getFeed, { params: { id: feed_id } })
  }

  /** Runs of a feed, newest first. */
  async runs({ feed_id }: { feed_id: string }) {
    return (await this.police.call(exchange.listRuns, { params: { id: feed_id }, query: {} })).rows
  }

  async rejects({ feed_id }: { feed_id: string }) {
    return (await this.police.call(exchange.listRejects, { params: { id: feed_id }, query: { limit: 100 } })).rows
  }

  /** Rows of a table of the consumer, or null while it is not there. */
  async at(table: string, order = '1'): Promise<Record<string, unknown>[] | null> {
    return this.target.db.query(`select * from ${table} order by ${order}`).then(
      ({ rows }) => rows,
      () => null,
    )
  }

  /** Has the feed's next pass be due now. */
  async passNow({ feed_id }: { feed_id: string }): Promise<void> {
    await this.world.sql('update exchange.feed set next_run_at = now() where feed_id = $1', [feed_id])
  }
}
