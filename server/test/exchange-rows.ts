import type { FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import type { ChunkKind } from '@sanjiang/seal'
import { openHouse } from '#kernel/house.ts'
import { type Delivery, openDelivery } from '#modules/exchange/delivery/open.ts'
import { makeCheckpointer, openLog, openNodeKeys } from '#modules/ledger/index.ts'
import { MODULES } from '#roles/modules.ts'
import { baseRunOf, putChunk } from './exchange-chunks.ts'
import { attach, enlist, grantTable, subscribeTo } from './exchange-ground.ts'
import type { Voice, World } from './harness.ts'
import { publish } from './sharing-ground.ts'

/** Three persons as the police's agent sends them, and one of whom nobody has heard. */
export const ZHAXI = '63010319900101001X'
export const MA = '632801198512120037'
export const HAN = '632221197803080029'
export const NOBODY = '632221197803080037'
const ITEMS = ['citizen_id', 'name', 'sex']
const ROWS = [`${ZHAXI}\t扎西卓玛\t2`, `${MA}\t马玉兰\t2`, `${HAN}\t韩文军\t1`]

/** A feed that keeps row leaves, and the door's delivery with the rights that the door has in the database. */
export interface RowGround {
  readonly feed: FeedDetail
  readonly delivery: Delivery
  readonly civilAgent: string
  /** Puts a chunk into the log as the provider's agent would have. */
  put(run_id: string, kind: ChunkKind, lines?: readonly string[], position?: string): Promise<number>
  /** Has the consumer's agent fetch everything from a seq on, and the node sign what was sealed. */
  fetchAll(subscription: SubscriptionDetail, from?: number): Promise<void>
  sign(): Promise<unknown>
  /** A subscription to these items that has been given a snapshot of the three persons. */
  supply(target: string, names: readonly string[]): Promise<SubscriptionDetail>
  close(): Promise<void>
}

/** What delivers, in a process of its own as far as the database can tell. */
export const openDeliveries = async (world: World) => {
  const house = await openHouse({
    role: 'exchange',
    databaseRole: 'sanjiang_exchange',
    databaseUrl: world.url,
    site: world.house.site,
    logLevel: 'silent',
    modules: MODULES,
  })
  await using parts = new AsyncDisposableStack()
  parts.defer(() => house.close())
  const { db, clock, log } = house
  const ledger = parts.adopt(await openLog({ db, nodeId: 'test', role: 'exchange', log }), (one) => one.close())
  const delivery = await openDelivery({ db, ledger, dataDir: world.dataDir, today: () => clock.today() })
  const all = parts.move()
  return { delivery, ledger, close: () => all.disposeAsync() }
}

export const openRowGround = async (
  world: World,
  { police, civil }: { police: Voice; civil: Voice },
): Promise<RowGround> => {
  const resource = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'name' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  const civilAgent = await enlist(world, civil)
  const agent_id = await enlist(world, police)
  const feed = await attach(world, police, { resource, agent_id, more: { row_leaves: true } })
  const { delivery, close } = await openDeliveries(world)
  const sign = () => makeCheckpointer(world.house, openNodeKeys(world.house.site)).tick()
  const put: RowGround['put'] = (run_id, kind, lines, position = '0000000000000010') =>
    putChunk(world, { feed_id: feed.feed_id, run_id, kind, items: ITEMS, lines, position })
  const fetchAll: RowGround['fetchAll'] = async ({ subscription_id }, from = 0) => {
    const run = await baseRunOf(world, subscription_id)
    for await (const _ of (await delivery.frames(civilAgent, subscription_id, { from, run })) ?? []);
    await sign()
  }
  const supply: RowGround['supply'] = async (target, names) => {
    const grant_id = await grantTable({ consumer: civil }, resource, names)
    const subscription = await subscribeTo(civil, { grant_id, agent_id: civilAgent, target })
    const run = await baseRunOf(world, subscription.subscription_id)
    await put(run, 'begin')
    const seq = await put(run, 'rows', ROWS)
    await put(run, 'end')
    await fetchAll(subscription, seq - 1)
    return subscription
  }
  return { feed, delivery, civilAgent, put, fetchAll, sign, supply, close }
}
