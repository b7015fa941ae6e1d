import { exchange } from '@sanjiang/contract'
import type { FeedDetail, FeedDraft, Relation, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { ORGANS, type OrganKey, type Voice, type World } from './harness.ts'
import { ask, type PublishedResource } from './sharing-ground.ts'

/** What the department's table looks like to its agent. */
export const PERSON_TABLE: Relation = {
  name: 'czrk.ry_jbxx',
  kind: 'table',
  comment: '常住人口',
  estimated_rows: 100_000,
  columns: [
    { name: 'gmsfhm', source_type: 'character(18)', nullable: false, key_no: 1, comment: '公民身份号码' },
    { name: 'xm', source_type: 'character varying(50)', nullable: true, key_no: null, comment: '姓名' },
    { name: 'xb', source_type: 'character(1)', nullable: true, key_no: null, comment: '性别' },
    { name: 'hjdz', source_type: 'character varying(200)', nullable: true, key_no: null, comment: '户籍地址' },
    { name: 'zp', source_type: 'bytea', nullable: true, key_no: null, comment: '照片' },
  ],
  change_stream: { able: true, reason: '' },
}

/** An agent that is enrolled and has just been heard of; the test answers its questions by hand. */
export const enlist = async (world: World, voice: Voice, name = '前置节点'): Promise<string> => {
  const { agent } = await voice.call(exchange.inviteAgent, { body: { name } })
  await world.sql(
    `update exchange.agent set state = 'active', epoch = 1, public_key = decode(repeat('00', 32), 'hex'), key_id = 'k',
       token_hash = null, last_seen_at = now(), report = '{"connections": [], "backlog_bytes": 0, "feeds": [], "loads": []}'
     where agent_id = $1`,
    [agent.agent_id],
  )
  return agent.agent_id
}

/** Answers an agent's questions with the same value until stopped. */
export const answering = (world: World, answers: Readonly<Record<string, unknown>>): (() => void) => {
  const timer = setInterval(() => {
    for (const [kind, value] of Object.entries(answers))
      void world
        .sql(
          'update exchange.question set answer = $2::jsonb, answered_at = now() where kind = $1 and answered_at is null',
          [kind, JSON.stringify(value)],
        )
        .catch(() => undefined)
  }, 50).unref()
  return () => clearInterval(timer)
}

export const feedDraft = (resource: PublishedResource, agent_id: string, more: Partial<FeedDraft> = {}): FeedDraft => ({
  resource_id: resource.resource_id,
  agent_id,
  connection: 'gongan',
  relation: PERSON_TABLE.name,
  bindings: [
    { item: 'citizen_id', column: 'gmsfhm' },
    { item: 'name', column: 'xm' },
    { item: 'sex', column: 'xb' },
    { item: 'address', column: 'hjdz' },
  ],
  key: ['citizen_id'],
  mode: 'changes',
  interval_seconds: 3600,
  reject_threshold: 5,
  row_leaves: false,
  ...more,
})

export const attach = async (
  world: World,
  voice: Voice,
  { resource, agent_id, more }: { resource: PublishedResource; agent_id: string; more?: Partial<FeedDraft> },
): Promise<FeedDetail> => {
  const stop = answering(world, { describe: PERSON_TABLE })
  try {
    return await voice.call(exchange.attachFeed, { body: feedDraft(resource, agent_id, more) })
  } finally {
    stop()
  }
}

/** A granted request for a table, answered by the provider where it has to be. */
export const grantTable = async (
  {
    consumer,
    decide,
  }: { consumer: Voice; decide?: (request: { request_id: string; version?: number }) => Promise<unknown> },
  resource: PublishedResource,
  names: readonly string[],
): Promise<string> => {
  const request = await ask(consumer, resource, {
    names,
    more: { access_mode: 'table', quota: { count: null, period: 'day' } },
  })
  await decide?.(request)
  return request.grant_ids[0] ?? ''
}

export const subscribeTo = (
  voice: Voice,
  { grant_id, agent_id, target = 'gongxiang.person' }: { grant_id: string; agent_id: string; target?: string },
): Promise<SubscriptionDetail> =>
  voice.call(exchange.subscribe, {
    body: { grant_id, target_kind: 'table', agent_id, connection: 'minzheng', target, may_create: true },
  })

export const organOf = (key: OrganKey): string => ORGANS[key]
