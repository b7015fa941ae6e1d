import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assessment, sharing } from '@sanjiang/contract'
import { DIMENSIONS, type Dimension, MEASURES, type Statistics } from '@sanjiang/contract/assessment'
import { newId } from '#kernel/id.ts'
import { openLog, openNodeKeys } from '#modules/ledger/index.ts'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'
import { draftCall } from '#test/ledger-ground.ts'
import { ask, publish } from '#test/sharing-ground.ts'
import { tasks } from './assessment.jobs.ts'

let world: World
let civil: Voice
let audit: Voice
let social: Voice

const count = async (): Promise<void> => {
  for (const task of tasks) await task.handle(await world.ctx(), {})
}

const append = async (bodies: readonly Record<string, unknown>[], kind = 'call'): Promise<void> => {
  const keys = openNodeKeys(world.house.site)
  const log = await openLog({ db: world.house.db, nodeId: keys.node_id, role: 'test', log: world.house.log })
  await Promise.all(bodies.map((body, index) => log.append({ ...draftCall(index, body), kind } as never)))
  await log.close()
}

const between = (consumer: 'civil_affairs' | 'social_security') => ({
  provider_organ_id: ORGANS.police,
  consumer_organ_id: ORGANS[consumer],
  resource_code: '363007/000001',
  grant_id: newId(),
})

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  social = await world.signIn('social_security', 'consumer')
  audit = await world.signIn('audit', 'auditor')
  const people = await publish(world)
  await publish(world, { name: '警务督察信息', audience: 'organ' })
  await publish(world, { organ: 'civil_affairs', name: '低保对象信息' })
  await ask(civil, people, { names: ['name'] })
  await ask(civil, people, { names: ['citizen_id'] })
  await ask(social, people, { names: ['address'] })
  await civil.call(sharing.fileDemand, {
    body: {
      name: '户籍人口核验',
      items: ['姓名'],
      purpose_code: 'data_verification',
      purpose_ref: '000114001000 最低生活保障对象认定',
      wanted_on: '2018-03-01',
    },
  })
  const call = between('civil_affairs')
  await append([call, call, call, { ...call, outcome: 'refused' }])
  await append([{ ...between('social_security'), rows: 1200 }], 'chunk_accepted')
  await count()
})
after(() => world?.close())

const read = (voice: Voice, query: Record<string, unknown> = {}): Promise<Statistics> =>
  voice.call(assessment.getStatistics, { query })

/** Adds up every record a figure opens to, page by page. */
const addRecords = async (voice: Voice, query: Record<string, unknown>): Promise<number> => {
  let sum = 0
  let after: string | undefined
  do {
    const page = await voice.call(assessment.listStatisticsRecords, { query: { ...query, after, limit: 2 } as never })
    sum += page.rows.reduce((total, { amount }) => total + amount, 0)
    after = page.next ?? undefined
  } while (after)
  return sum
}

test('every figure, along every dimension, is the sum of the records it opens to (T4.1, G3.1)', async () => {
  for (const voice of [audit, civil])
    for (const by of DIMENSIONS.codes) {
      const told = await read(voice, { by })
      for (const { code, figures } of told.rows)
        for (const [measure, value] of Object.entries(figures))
          if (code !== '')
            assert.equal(await addRecords(voice, { measure, by, code }), value, `${by} ${code} ${measure}`)
      for (const measure of MEASURES.codes)
        assert.equal(await addRecords(voice, { measure }), told.totals[measure] ?? 0, measure)
    }
})

test('the rows of every table add up to its totals, also what a dimension cannot place (T4.1)', async () => {
  for (const by of DIMENSIONS.codes as Dimension[]) {
    const { rows, totals } = await read(audit, { by })
    for (const measure of MEASURES.codes)
      assert.equal(
        rows.reduce((sum, { figures }) => sum + (figures[measure] ?? 0), 0),
        totals[measure] ?? 0,
        `${by} ${measure}`,
      )
  }
})

test('calls count when they were answered, rows when they were signed for, each receipt once (T4.1, C7)', async () => {
  const { totals } = await read(audit)
  assert.equal(totals.calls, 3)
  assert.equal(totals.rows, 1200)
  await Promise.all([count(), count()])
  assert.deepEqual((await read(audit)).totals, totals)
  await append([between('civil_affairs')])
  await Promise.all([count(), count(), count()])
  assert.equal((await read(audit)).totals.calls, 4)
})

test('a department counts what it could open: its own dealings and the entries meant for it (T4.1, T16.1)', async () => {
  const all = (await read(audit)).totals
  const own = (await read(civil)).totals
  assert.equal(all.entries, 3)
  assert.equal(own.entries, 2)
  assert.equal(own.requests, 2)
  assert.deepEqual([all.demands, own.demands, (await read(social)).totals.demands ?? 0], [1, 1, 0])
  assert.equal(own.rows ?? 0, 0)
  const { rows } = await civil.call(assessment.listStatisticsRecords, { query: { measure: 'entries' } })
  assert.ok(rows.every(({ title }) => title !== '警务督察信息'))
  const police = (await read(civil, { by: 'provider' })).rows.find(({ code }) => code === ORGANS.police)
  assert.equal(police?.figures.entries, 1)
})

test('a period, an organ, a region and a class narrow figures and records alike (T4.1)', async () => {
  const before = await read(audit, { to: '2017-11' })
  assert.deepEqual(before.totals, {})
  const december = await read(audit, { from: '2017-12', to: '2017-12', by: 'month' })
  assert.equal(december.totals.requests, 3)
  const mine = await read(audit, { provider: ORGANS.civil_affairs })
  assert.equal(mine.totals.entries, 1)
  assert.equal((await read(audit, { region: '630100' })).totals.entries ?? 0, 0)
  assert.equal((await read(audit, { class: '3' })).totals.entries, 3)
  assert.equal((await read(audit, { class: '1' })).totals.entries ?? 0, 0)
})

test('nobody without an account reads figures; what is not a month or a measure is refused by name (T4.1)', async () => {
  const answer = await world.app.inject({ method: 'GET', url: '/api/v1/assessment/statistics' })
  assert.equal(answer.statusCode, 401)
  const month = await audit.refused(assessment.getStatistics, { query: { from: '2017-13' } })
  assert.deepEqual([month.status, month.fields?.[0]?.field], [422, 'from'])
  const measure = await audit.refused(assessment.listStatisticsRecords, { query: { measure: 'likes' as never } })
  assert.deepEqual([measure.status, measure.fields?.[0]?.field], [422, 'measure'])
  const cursor = await audit.refused(assessment.listStatisticsRecords, { query: { measure: 'calls', after: 'W10' } })
  assert.deepEqual([cursor.status, cursor.fields?.[0]?.field], [422, 'after'])
})
