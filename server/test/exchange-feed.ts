import assert from 'node:assert/strict'
import type { WantedFeed } from '@sanjiang/contract/exchange.door'
import { enlistAtDoor, type TestAgent } from './exchange-door.ts'
import { attach, grantTable, subscribeTo } from './exchange-ground.ts'
import { poll } from './exchange-log.ts'
import type { Voice, World } from './harness.ts'
import { type PublishedResource, publish } from './sharing-ground.ts'

export interface OpenedFeed {
  readonly feed: WantedFeed
  /** The snapshot that is ordered. */
  readonly run: string
  readonly subscriptionId: string
  readonly target: TestAgent
  readonly civil: Voice
  readonly people: PublishedResource
}

/** A feed of the police that civil affairs has subscribed to: citizen number and name, all in the clear. */
export const openFeed = async (world: World, source: TestAgent, police: Voice): Promise<OpenedFeed> => {
  const civil = await world.signIn('civil_affairs', 'consumer')
  const people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'none' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  const target = await enlistAtDoor(source.door, civil, '民政节点')
  await attach(world, police, { resource: people, agent_id: source.agentId })
  const grant_id = await grantTable({ consumer: civil }, people, ['citizen_id', 'name'])
  const { subscription_id } = await subscribeTo(civil, { grant_id, agent_id: target.agentId })
  const [feed] = (await poll(source)).feeds
  assert.ok(feed?.runs[0])
  return { feed, run: feed.runs[0].run_id, subscriptionId: subscription_id, target, civil, people }
}
