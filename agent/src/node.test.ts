import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { after, beforeEach, test } from 'node:test'
import type { WantedFeed } from '@sanjiang/contract/exchange.door'
import { Ground, order, wantedFeed, wantedLoad } from '../test/ground.ts'

let ground: Ground
const grounds: Ground[] = []
beforeEach(async () => {
  await Promise.all(grounds.splice(0).map((one) => one.close()))
  ground = await Ground.open()
  grounds.push(ground)
  await ground.enrol()
})
after(() => Promise.all(grounds.map((one) => one.close())))

const GOOD = '91350100M000100Y43'
const fill = (from: number, to: number) =>
  ground.source.query(
    `insert into person select i, '居民' || i, null from generate_series(${from}, ${to}) i on conflict (id) do update set name = excluded.name || '改'`,
  )
const wantAll = (feed: WantedFeed, base: string) => {
  const load = wantedLoad(feed.feed_id, base)
  ground.door.feedOf.set(load.subscription_id, feed.feed_id)
  ground.door.want({ feeds: [feed], loads: [load] })
  return load
}
const troubleCode = () => ground.door.reports.at(-1)?.feeds[0]?.trouble?.code
const seqs = (feed: WantedFeed) => (ground.door.logs.get(feed.feed_id) ?? []).map(({ frame }) => frame.header)

test('a table arrives whole and then follows its source: inserts, updates and deletes (T8.1)', async () => {
  await fill(1, 5000)
  const [snapshot, changes] = [order('snapshot'), order('changes')]
  const feed = wantedFeed('changes', { runs: [snapshot, changes] })
  wantAll(feed, snapshot.run_id)
  ground.start()
  await ground.until('全量一致', () => ground.isEqual())
  await fill(4990, 5100)
  await ground.source.query('delete from person where id < 100')
  await ground.source.query('update person set id = 1000000 where id = 2000')
  await ground.until('变更一致', () => ground.isEqual())
  assert.equal(await ground.end(), 0)
  const headers = seqs(feed)
  assert.deepEqual(
    headers.map(({ seq }) => seq),
    headers.map((_, index) => index),
  )
  assert.equal(headers.find(({ kind }) => kind === 'end')?.rows, 5000)
  assert.equal(ground.door.supplied.get(feed.feed_id), headers.length)
  assert.equal(ground.door.accepted.at(-1)?.to, headers.length - 1)
})

test('killed again and again while reading, forwarding and loading, nothing is doubled or lost (T8.1)', async () => {
  await fill(1, 20_000)
  const [snapshot, changes] = [order('snapshot'), order('changes')]
  const feed = wantedFeed('changes', { runs: [snapshot, changes] })
  wantAll(feed, snapshot.run_id)
  for (let round = 0; round < 6; round++) {
    ground.start()
    await new Promise((done) => setTimeout(done, 900 + randomInt(1200)))
    await fill(19_000 + round * 500, 20_500 + round * 500)
    await ground.source.query(`delete from person where id % 97 = ${round}`)
    await ground.end('SIGKILL')
  }
  ground.start()
  await ground.until('一致', () => ground.isEqual())
  const accepted = ground.door.accepted.map(({ from, to }) => [from, to])
  const headers = seqs(feed)
  const covered = new Set(
    accepted.flatMap(([from, to]) => Array.from({ length: to! - from! + 1 }, (_, i) => from! + i)),
  )
  await ground.until('签收齐全', () => {
    for (const { from, to } of ground.door.accepted) for (let seq = from; seq <= to; seq++) covered.add(seq)
    return covered.size === seqs(feed).length
  })
  assert.deepEqual(
    headers.map(({ seq }) => seq),
    headers.map((_, index) => index),
  )
})

test('bad rows stay behind, named by item and rule; the rest goes on, and a mended row follows by its sealed key (T8.1)', async () => {
  await fill(1, 300)
  await ground.source.query(`update person set credit_code = '91350100M000100Y44' where id in (7, 8)`)
  await ground.source.query(`update person set credit_code = $1 where id = 9`, [GOOD])
  const snapshot = order('snapshot')
  const feed = wantedFeed('snapshot', { runs: [snapshot] })
  wantAll(feed, snapshot.run_id)
  ground.start()
  await ground.until('全量结束', () => seqs(feed).at(-1)?.kind === 'end')
  assert.deepEqual(
    ground.door.rejects.map(({ item, rule, row_key }) => [item, rule, row_key]),
    [
      ['credit_code', 'credit_code', '7'],
      ['credit_code', 'credit_code', '8'],
    ],
  )
  assert.ok(ground.door.rejects.every(({ sealed_key }) => !sealed_key.includes('7\t') && sealed_key.length > 40))
  await ground.source.query(`update person set credit_code = $1 where id = 7`, [GOOD])
  await ground.source.query('delete from person where id = 8')
  const repair = order(
    'repair',
    ground.door.rejects.map(({ sealed_key }) => sealed_key),
  )
  ground.door.want({ feeds: [{ ...feed, runs: [repair] }] })
  await ground.until('重放之后一致', () => ground.isEqual())
})

test('too many bad rows stop the run until the provider lets it go on (T8.1)', async () => {
  await fill(1, 3000)
  await ground.source.query(`update person set credit_code = 'x' where id % 3 = 0`)
  const snapshot = order('snapshot')
  const feed = wantedFeed('snapshot', { runs: [snapshot], reject_threshold: 10 })
  ground.door.want({ feeds: [feed] })
  ground.start()
  await ground.until('暂扣', () => troubleCode() === 'quality')
  assert.ok(ground.door.rejects.length > 0)
  ground.door.want({ feeds: [{ ...feed, is_reading: false }] })
  await ground.until('停读', () => troubleCode() === undefined)
  ground.door.want({ feeds: [feed] })
  await ground.until('放行后结束', () => seqs(feed).at(-1)?.kind === 'end')
  assert.equal(new Set(ground.door.rejects.map(({ row_key }) => row_key)).size, 1000)
})

test('a column gone from the source holds the reading and is told as what changed (T8.1)', async () => {
  await fill(1, 10)
  const first = order('snapshot')
  const feed = wantedFeed('snapshot', { runs: [first] })
  ground.door.want({ feeds: [feed] })
  ground.start()
  await ground.until('全量结束', () => seqs(feed).at(-1)?.kind === 'end')
  await ground.source.query('alter table person rename column name to full_name')
  ground.door.want({ feeds: [{ ...feed, runs: [order('snapshot')] }] })
  await ground.until('结构变化', () => troubleCode() === 'drift')
  const drift = ground.door.reports.at(-1)?.feeds[0]?.drifts?.[0]
  assert.deepEqual(drift, { kind: 'renamed', item: 'name', column: 'name', was: 'name', now: 'full_name' })
  const bindings = feed.bindings.map((one) => (one.item === 'name' ? { ...one, column: 'full_name' } : one))
  const again = order('snapshot')
  ground.door.want({ feeds: [{ ...feed, version: 2, bindings, runs: [again] }] })
  await ground.until(
    '对应之后读完',
    () => seqs(feed).at(-1)?.run_id === again.run_id && seqs(feed).at(-1)?.kind === 'end',
  )
})

test('a line the target refuses is left out and told; the others are loaded (T8.1)', async () => {
  await fill(1, 2000)
  await ground.target.query(
    `create table copy (id bigint primary key, name text check (name <> '居民1234'), credit_code text)`,
  )
  const snapshot = order('snapshot')
  const feed = wantedFeed('snapshot', { runs: [snapshot] })
  wantAll(feed, snapshot.run_id)
  ground.start()
  await ground.until('装载', async () => (await ground.target.query('select from copy')).rowCount === 1999)
  await ground.until('签收', () => ground.door.accepted.some(({ refused }) => refused.length === 1))
})

test('the centre away, reading goes on into the spool and a restart keeps it; when it is back all arrives (T8.1)', async () => {
  await fill(1, 500)
  const [snapshot, changes] = [order('snapshot'), order('changes')]
  const feed = wantedFeed('changes', { runs: [snapshot, changes] })
  wantAll(feed, snapshot.run_id)
  ground.start()
  await ground.until('全量一致', () => ground.isEqual())
  ground.door.isAway = true
  await fill(501, 600)
  const state = async () => JSON.parse(await ground.read('state/status.json')) as { backlog_bytes: number }
  await ground.until('积压', async () => (await state()).backlog_bytes > 0)
  await ground.end('SIGKILL')
  ground.start()
  await fill(601, 700)
  await new Promise((done) => setTimeout(done, 1500))
  ground.door.isAway = false
  await ground.until('补齐', () => ground.isEqual())
})

test('a copy restored from a backup is refused and stays down (C4)', async () => {
  await fill(1, 10)
  const snapshot = order('snapshot')
  const feed = wantedFeed('snapshot', { runs: [snapshot] })
  ground.door.want({ feeds: [feed] })
  ground.start()
  await ground.until('全量结束', () => seqs(feed).at(-1)?.kind === 'end')
  await ground.end()
  await ground.copyState('backup')
  ground.start()
  await ground.until('再次登录', () => ground.door.epoch >= 2)
  await ground.end()
  await ground.restoreState('backup')
  ground.start()
  assert.equal(await ground.ended(), 3)
  assert.match(ground.said, /纪元已过期/)
  const { code, text } = await ground.run('check')
  assert.equal(code, 1)
  assert.match(text, /纪元已过期/)
})

test('questions are answered: masked samples with findings, and what is not allowed is refused in a sentence (T8.1, C3)', async () => {
  await fill(1, 50)
  await ground.source.query(`update person set credit_code = 'bad' where id = 3`)
  const { bindings, items } = wantedFeed('snapshot')
  const [tried, refused] = [randomUUID(), randomUUID()]
  ground.door.want({
    questions: [
      {
        question_id: tried,
        kind: 'dry_run',
        connection: '人口库',
        body: { relation: 'public.person', bindings, items },
      },
      { question_id: refused, kind: 'describe', connection: '人口库', body: { relation: 'public.salary' } },
    ],
  })
  ground.start()
  await ground.until('两个答复', () => ground.door.answers.size === 2)
  const answer = ground.door.answers.get(tried)?.value as { rows: string[][]; quality: unknown[]; checked_rows: number }
  assert.equal(answer.checked_rows, 50)
  assert.equal(answer.rows.length, 20)
  assert.ok(answer.rows.every(([, name]) => name?.includes('*')))
  assert.equal(answer.quality.length, 1)
  assert.match(JSON.stringify(ground.door.answers.get(refused)?.trouble), /"not_allowed"/)
})

test('check says in sentences what stands in the way (T8.1)', async () => {
  const { code, text } = await ground.run('check')
  assert.equal(code, 0, text)
  assert.match(text, /签到成功/)
  await ground.configure(`
[connection 人口库]
kind = postgres
host = 127.0.0.1
port = 1
database = x
user = x
[allow 人口库]
read public.person = *`)
  ground.door.isAway = true
  const bad = await ground.run('check')
  assert.equal(bad.code, 1)
  assert.match(bad.text, /交换平台暂不可用/)
  assert.match(bad.text, /人口库/)
})
