import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type IntakeStanding, lettersOf } from '@sanjiang/contract/opendata.intake'
import pg from 'pg'
import { inTx } from '#kernel/db.ts'
import { openWorld, type World } from '#test/harness.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { overPublic } from '../connection.ts'
import { handleSubmissions, pullSubmissions } from './pull.service.ts'
import { carryClock, carryReplies } from './reply.service.ts'
import { putReply } from './reply.store.ts'

let world: World
let ground: PublicGround
let site: pg.Client

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  ground = await openPublic(world.url)
  site = new pg.Client({ connectionString: ground.siteUrl })
  await site.connect()
})
after(async () => {
  await site?.end()
  await ground?.close()
  await world?.close()
})

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
const numberOf = (): string => `GK20171211-${lettersOf(randomBytes(8), 8)}`

const submit = async (more: Record<string, unknown> = {}) => {
  const number = numberOf()
  const sent = {
    ...{ number, kind: 'question', slug: null, about: null, body: { text: '数据多久更新一次？' } },
    ...{ contact: { phone: '13800138000' }, code_hash: sha('code'), address_hash: sha(`from ${number}`), ...more },
  }
  const { rows } = await site.query<{ submit: string }>('select intake.submit($1, $2, $3, $4, $5, $6, $7, $8)', [
    ...[sent.number, sent.kind, sent.slug, sent.about, JSON.stringify(sent.body)],
    ...[sent.contact && JSON.stringify(sent.contact), sent.code_hash, sent.address_hash],
  ])
  return { ...sent, result: rows[0]!.submit }
}

const ctxOf = async () => {
  const ctx = await world.ctx()
  return { ...ctx, site: { ...ctx.site, publishDatabaseUrl: ground.publishUrl } }
}
const pull = async () => {
  const ctx = await ctxOf()
  return overPublic(ctx, (client) => pullSubmissions(ctx, client))
}
const carry = async () => {
  const ctx = await ctxOf()
  return overPublic(ctx, (client) => carryReplies(ctx, client))
}

const STANDING: IntakeStanding = {
  ...{ state: 'answered', state_title: '已答复', title: '更新时间', organ_name: '省商务厅', received_on: '2017-12-11' },
  ...{ clock: null, answer: '每月五日更新。', answered_on: '2017-12-12', timeline: [], can: ['reopen'] },
}

test('the public login delivers and reads one matter by number and code; it reads no submission and no contact (T4.2)', async () => {
  const { number, result, code_hash } = await submit()
  assert.equal(result, 'accepted')
  for (const text of [
    'select * from intake.submission',
    'select contact from intake.submission',
    'select * from intake.state',
    'select * from intake.day_key',
    `insert into intake.submission (number) values ('x')`,
    `insert into site.thread (number) values ('x')`,
  ])
    await assert.rejects(site.query(text), /permission denied/, text)
  const stateOf = async (code: string) =>
    (await site.query('select * from intake.state_of($1, $2)', [number, code])).rows
  assert.equal((await stateOf(code_hash)).length, 1)
  assert.equal((await stateOf(sha('other'))).length, 0)
})

test('what was sent is fetched oldest first, once, and is emptied outside (T4.2)', async () => {
  await pull()
  const sent = [await submit(), await submit({ kind: 'wish', contact: null }), await submit()]
  assert.equal((await submit({ number: sent[0]!.number })).result, 'known')
  assert.equal(await pull(), 3)
  assert.equal(await pull(), 0)
  const inside = await world.sql<{ number: string; received_on: string; contact: unknown }>(
    'select number, received_on::text, contact from opendata.intake where number = any($1) order by intake_no',
    [sent.map(({ number }) => number)],
  )
  assert.deepEqual(
    inside.map(({ number }) => number),
    sent.map(({ number }) => number),
  )
  assert.deepEqual([inside[0]!.received_on, inside[0]!.contact], ['2017-12-11', { phone: '13800138000' }])
  const outside = await ground.sql('select body, contact from intake.submission where number = any($1)', [
    sent.map(({ number }) => number),
  ])
  assert.deepEqual(
    outside,
    sent.map(() => ({ body: {}, contact: null })),
  )
})

test('cut off between inside and outside, the next turn takes it up without doubling it (T4.2)', async () => {
  const { number } = await submit()
  const ctx = await ctxOf()
  await assert.rejects(
    overPublic(ctx, async (client) => {
      const query = client.query.bind(client)
      client.query = ((text: string, ...rest: never[]) => {
        if (text.startsWith('update')) throw new Error('cut off')
        return query(text, ...rest)
      }) as never
      return pullSubmissions(ctx, client)
    }),
    /cut off/,
  )
  assert.equal(await pull(), 1)
  const rows = await world.sql('select number from opendata.intake where number = $1', [number])
  assert.equal(rows.length, 1)
})

test('what cannot be made a matter of is tried five times and holds up nobody behind it (T4.2)', async () => {
  const [bad, good] = [await submit({ kind: 'question' }), await submit({ kind: 'wish' })]
  await pull()
  const seen: string[] = []
  const receivers = {
    question: async () => {
      throw new Error('unreadable')
    },
    wish: async (_: unknown, __: unknown, { number }: { number: string }) => void seen.push(number),
  }
  const ctx = await ctxOf()
  for (let turn = 0; turn < 7; turn++) await handleSubmissions(ctx, receivers)
  assert.equal(seen.filter((number) => number === good.number).length, 1)
  const [row] = await world.sql<{ attempts: number; fault: string }>(
    'select attempts, fault from opendata.intake where number = $1',
    [bad.number],
  )
  assert.deepEqual(row, { attempts: 5, fault: 'unreadable' })
})

test('a reply reaches the sender by number and code and everybody where it is public; an older one never comes back (T4.2)', async () => {
  const { number, code_hash } = await submit()
  await pull()
  const thread = {
    ...{
      kind: 'question' as const,
      dataset_slug: null,
      title: '更新时间',
      text: '多久更新一次？',
      state: 'answered' as const,
    },
    ...{ organ_name: '省商务厅', received_on: '2017-12-11', rule_code: null, clock_started_on: null },
    ...{
      answered_on: '2017-12-12',
      outcome: 'answered',
      answer: '每月五日更新。',
      support_count: 0,
      detail: {},
      timeline: [],
    },
  }
  const reply = { number, kind: 'question', code_hash, standing: STANDING, thread }
  await inTx(await ctxOf(), (tx) => putReply(tx, reply))
  assert.equal(await carry(), 1)
  assert.equal(await carry(), 0)
  const told = await site.query<{ standing: IntakeStanding }>('select * from intake.state_of($1, $2)', [
    number,
    code_hash,
  ])
  assert.equal(told.rows[0]!.standing.answer, '每月五日更新。')
  const shown = async () => (await site.query('select title from site.thread where number = $1', [number])).rows
  assert.deepEqual(await shown(), [{ title: '更新时间' }])
  await inTx(await ctxOf(), (tx) => putReply(tx, { ...reply, thread: null }))
  await carry()
  assert.deepEqual(await shown(), [])
})

test('the same address supports a wish once a day, and nothing is sent about what is not there (T4.2)', async () => {
  const { number, code_hash } = await submit({ kind: 'wish' })
  const address_hash = sha('one address')
  assert.equal((await submit({ kind: 'support', about: number, address_hash })).result, 'unknown')
  await ground.sql(
    `insert into site.thread (number, kind, title, text, state, received_on, revision) values ($1, 'wish', '公交', '公交', 'waiting', '2017-12-11', 1)`,
    [number],
  )
  assert.equal((await submit({ kind: 'support', about: number, address_hash })).result, 'accepted')
  assert.equal((await submit({ kind: 'support', about: number, address_hash })).result, 'known')
  assert.equal((await submit({ kind: 'reopen', about: number, code_hash: sha('guess') })).result, 'unknown')
  await ground.sql(
    `insert into intake.state (number, code_hash, kind, standing, revision) values ($1, $2, 'wish', '{}', 1)`,
    [number, code_hash],
  )
  assert.equal((await submit({ kind: 'reopen', about: number, code_hash })).result, 'accepted')
})

test('one address that sends without end is slowed; the business date is the inside’s (T4.2)', async () => {
  const address_hash = sha('busy')
  const results: string[] = []
  for (let turn = 0; turn < 32; turn++) results.push((await submit({ address_hash })).result)
  assert.deepEqual([results[29], results[30]], ['accepted', 'limited'])
  const ctx = await ctxOf()
  await overPublic(ctx, (client) => carryClock(ctx, client))
  const { rows } = await site.query<{ today: string }>('select site.today()::text as today')
  assert.equal(rows[0]!.today, '2017-12-11')
})

const CHILD = fileURLToPath(new URL('../../../../test/puller-child.ts', import.meta.url))

test('a puller killed again and again in the middle loses nothing and doubles nothing (T4.2)', async () => {
  const sent = new Set<string>()
  for (let count = 0; count < 100; count++) sent.add((await submit()).number)
  const inside = async () =>
    (await world.sql<{ number: string }>('select number from opendata.intake where number = any($1)', [[...sent]])).map(
      ({ number }) => number,
    )
  for (const enough of [10, 50]) {
    const child = spawn(process.execPath, [CHILD, world.url, world.dataDir, ground.publishUrl], { stdio: 'inherit' })
    while ((await inside()).length < enough) await pause(5)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.on('exit', resolve))
  }
  for (let turn = 0; turn < 4; turn++) await pull()
  const numbers = await inside()
  assert.equal(numbers.length, 100)
  assert.deepEqual(new Set(numbers), sent)
  const left = await ground.sql('select number from intake.submission where pulled_at is null')
  assert.deepEqual(left, [])
  const matters = await world.sql('select number from opendata.inquiry group by number having count(*) > 1')
  assert.deepEqual(matters, [])
})
