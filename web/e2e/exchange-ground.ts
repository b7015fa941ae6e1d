import { exchange } from '@sanjiang/contract'
import type { Relation } from '@sanjiang/contract/exchange'
import { newId } from '../../server/src/kernel/id.ts'
import { enlist, grantTable, PERSON_TABLE } from '../../server/test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '../../server/test/harness.ts'
import { type PublishedResource, publish } from '../../server/test/sharing-ground.ts'

/** The police's people, the agents of both sides, and a grant for a table. */
export interface ExchangeWorld extends World {
  readonly police: Voice
  readonly civil: Voice
  readonly auditor: Voice
  readonly people: PublishedResource
  readonly policeAgent: string
  readonly civilAgent: string
  readonly grant: string
}

const VISITS: Relation = {
  name: 'czrk.v_bgjl',
  kind: 'view',
  comment: '变更记录视图',
  estimated_rows: null,
  columns: [{ name: 'gmsfhm', source_type: 'text', nullable: true, key_no: null, comment: '' }],
  change_stream: { able: false, reason: '视图没有日志，只能按增量字段或定期全量读取' },
}

const REJECTED = [
  { item: 'citizen_id', rule: 'citizen_id', message: '校验位不对', rows: 2, example: '6301**********1234' },
]

/** What the agents would answer: the test's agents have no program behind them. */
export const ANSWERS = {
  browse: [PERSON_TABLE, VISITS],
  describe: PERSON_TABLE,
  dry_run: {
    relation: PERSON_TABLE,
    rows: Array.from({ length: 20 }, (_, at) => [
      `6301**********${1000 + at}`,
      at % 2 ? '卓玛*' : '王*',
      at % 2 ? '女' : '男',
      at === 3 ? null : '青海省西宁市城东区八一路12号',
    ]),
    quality: REJECTED,
    checked_rows: 20,
  },
}

const CONNECTIONS = {
  police: [
    { name: 'gongan', kind: 'postgres', can_read: true, can_write: false, trouble: null },
    {
      name: 'daochu',
      kind: 'file',
      can_read: true,
      can_write: false,
      trouble: { code: 'denied', party: 'provider', message: '文件夹没有读取权限', at: '2017-12-11T01:00:00.000Z' },
    },
  ],
  civil: [{ name: 'minzheng', kind: 'postgres', can_read: false, can_write: true, trouble: null }],
}

/** In use, heard of for as long as the test runs, with these connections and so much on its disk. */
const report = (world: World, agentId: string, connections: readonly object[], backlog: number) =>
  world.sql(
    `update exchange.agent set last_seen_at = now() + interval '1 hour', version = '0.1.0', report = $2::jsonb where agent_id = $1`,
    [agentId, JSON.stringify({ connections, backlog_bytes: backlog, feeds: [], loads: [] })],
  )

export const openExchangeWorld = async (): Promise<ExchangeWorld> => {
  const world = await openWorld({ today: '2017-12-11' })
  const police = await world.signIn('police', 'provider')
  const civil = await world.signIn('civil_affairs', 'consumer')
  const people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'citizen_id' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'name' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
      { name: '案件线索', name_en: 'case_lead', share_type: 'withheld' },
    ],
  })
  const policeAgent = await enlist(world, police, '公安厅人口库前置节点')
  const civilAgent = await enlist(world, civil, '民政厅救助库前置节点')
  await report(world, policeAgent, CONNECTIONS.police, 3_400_000)
  await report(world, civilAgent, CONNECTIONS.civil, 0)
  return {
    ...world,
    police,
    civil,
    auditor: await world.signIn('audit', 'auditor'),
    people,
    policeAgent,
    civilAgent,
    grant: await grantTable({ consumer: civil }, people, ['name', 'sex', 'address']),
  }
}

const RUN = `insert into exchange.run (run_id, feed_id, feed_version, kind, state, items, ordered_at, started_at, finished_at,
  first_seq, last_seq, rows, bytes, rejects, estimated_rows) values ($1, $2, 1, 'changes', 'finished', '[]', now() - interval '9 minutes',
  now() - interval '9 minutes', now() - interval '4 minutes', 0, 41, 96000, 17000000, 3, 96000)`
const DELIVERIES = `insert into exchange.delivery (subscription_id, generation, seq, month, after, run_id, kind, rows, bytes, digest,
  grant_version, log_id, log_seq, delivered_at, accepted_at)
  select $1, 1, n, date_trunc('month', now())::date, n - 1, $2, case n when 0 then 'begin' else 'rows' end, case n when 0 then 0 else 5600 end,
    case n when 0 then 0 else 940000 end, decode(md5(n::text) || md5(n::text), 'hex'), 1, $3, 100 + n,
    now() - (12 - n) * interval '5 seconds', case when n < 11 then now() - (12 - n) * interval '4 seconds' end
  from generate_series(0, 11) n`
const RECONCILED = `insert into exchange.reconciliation (reconciliation_id, subscription_id, state, started_at, proven_at, source_rows, target_rows,
  ranges, differing_ranges, missing, surplus, changed, repaired, examples, progress) values
  ($1, $3, 'different', now() - interval '8 hours', null, 96000, 95998, 24, 1, 2, 0, 1, 0,
   '[{"row_key": "6301**********1234", "difference": "目标缺少这一行"}, {"row_key": "6301**********5678", "difference": "户籍地址不同"}]', '{}'),
  ($2, $3, 'equal', now() - interval '2 hours', now() - interval '2 hours', 96000, 96000, 24, 0, 0, 0, 0, 0, '[]', '{}')`
const REJECTS = `insert into exchange.reject (reject_id, feed_id, run_id, row_key, sealed_key, item, rule, reason, state, found_at)
  select gen_random_uuid(), $1, $2, '6301**********100' || n, 'sealed' || n, 'citizen_id', 'citizen_id', '公民身份号码的校验位不对', 'open', now()
  from generate_series(1, 3) n`
const DRIFT = `insert into exchange.drift (drift_id, feed_id, feed_version, kind, item, "column", was, now, found_at)
  values (gen_random_uuid(), $1, 1, 'renamed', 'address', 'hjdz', 'hjdz', 'hj_dz', now())`

/** Two hours of a transfer's life, as the door would have written it. */
export const liveThrough = async (world: ExchangeWorld, subscriptionId: string): Promise<void> => {
  const { feed_id } = await world.civil.call(exchange.getSubscription, { params: { id: subscriptionId } })
  const run = newId()
  await world.sql('select exchange.ensure_month(date_trunc($1, now())::date)', ['month'])
  await world.sql(RUN, [run, feed_id])
  await world.sql(
    `update exchange.run set state = 'running', started_at = now() - interval '40 seconds', rows = 61600,
    bytes = 10000000, estimated_rows = 100000 where feed_id = $1 and state = 'waiting'`,
    [feed_id],
  )
  await world.sql(
    `update exchange.feed set head = 52, last_chunk_at = now() - interval '3 seconds' where feed_id = $1`,
    [feed_id],
  )
  await world.sql(DELIVERIES, [subscriptionId, run, newId()])
  await world.sql(RECONCILED, [newId(), newId(), subscriptionId])
  await world.sql(REJECTS, [feed_id, run])
  await world.sql(DRIFT, [feed_id])
  await world.sql(
    `update exchange.subscription set generation = 1, next_seq = 41, rows_total = 55900, bytes_total = 9400000, last_accepted_at = now(),
       trouble = '{"code": "target_full", "party": "consumer", "message": "目标库磁盘空间不足，暂停装入，每分钟重试", "at": "2017-12-11T01:00:00.000Z"}'
     where subscription_id = $1`,
    [subscriptionId],
  )
}
