import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codes } from '@sanjiang/contract'
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { advanceEditions, buildFiles, publishReleases } from '#modules/opendata/index.ts'
import { judgePortal } from '#test/portal-shapes.ts'
import { openPublic } from '#test/public-ground.ts'
import { openSeedGround } from '#test/seed-ground.ts'
import { writeMark } from '../mark.ts'
import { loadReference } from '../reference/load.ts'
import { ORIGIN_MARK } from './attach.ts'
import { KEY_GRANTS } from './grants.ts'
import { DEMO_TODAY } from './history.ts'
import { loadDemo, type Part } from './load.ts'
import { demoPeople } from './people.ts'
import { findPublished } from './published.ts'
import { planWaiting } from './waiting.ts'

const ground = await openSeedGround(true)
const { house } = ground
after(() => ground.close())

const ORGANS = new Set(['6300003004', '6300003007', '6300003010', '6300003013', '6300003027'])
const PART: Part = { isLoaded: ({ provider_organ_id }) => ORGANS.has(provider_organ_id), requests: 12 }

const count = async (
  table: 'catalog.entry' | 'identity.person' | 'sharing.request' | 'gateway.service' | 'systems.system',
) =>
  (
    await house.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count

const counts = () =>
  Promise.all(
    (['catalog.entry', 'identity.person', 'sharing.request', 'gateway.service', 'systems.system'] as const).map(count),
  )

await loadReference(house, () => undefined)
await writeMark(house.db, ORIGIN_MARK, 'http://127.0.0.1:9')

/** Loads until `step` has told of its progress `times` times, then breaks off as if the process had been killed. */
const loadUntil = async (step: string, times: number): Promise<void> => {
  let told = 0
  const tell = (progress: { step?: string; done?: number }) => {
    if (progress.step === step && progress.done !== undefined && ++told === times) throw new Error('killed')
  }
  await assert.rejects(loadDemo(house, tell, PART), /killed/)
}

test('a load that is cut off in the middle goes on where it was and does nothing twice (demo)', async () => {
  await loadUntil('信息系统台账', 2)
  await loadUntil('2017 年共享申请', 1)
  const ran = await loadDemo(house, () => undefined, PART)
  assert.deepEqual(ran.slice(0, 4), ['history', 'corrections', 'demands', 'working'])
  const [, people, requests, services] = await counts()
  assert.equal(people, demoPeople().length)
  assert.equal(services, 9)
  const reachable = KEY_GRANTS.filter(({ resource_key }) => ORGANS.has(resource_key.slice(0, 10)))
  const published = await findPublished(house.db, (organ_id) => ORGANS.has(organ_id))
  assert.equal(requests, reachable.length + planWaiting((key) => published.get(key)).length + 12)
})

test('a second start loads nothing (demo)', async () => {
  const before = await counts()
  assert.deepEqual(await loadDemo(house, () => undefined, PART), [])
  assert.deepEqual(await counts(), before)
})

test('the welfare system may call the police’s register for the minimum living allowance, item by item, masked (C1)', async () => {
  const grant = await house.db
    .selectFrom('sharing.published_grant')
    .selectAll()
    .where('consumer_organ_id', '=', '6300003010')
    .where('provider_organ_id', '=', '6300003007')
    .where('client_id', 'is not', null)
    .executeTakeFirstOrThrow()
  const items = grant.items as { name_en: string; mask_rule: string }[]
  assert.deepEqual(items.map((item) => [item.name_en, item.mask_rule]).slice(0, 3), [
    ['citizen_id', 'citizen_id'],
    ['person_name', 'name'],
    ['sex', 'none'],
  ])
  assert.ok(!items.some((item) => item.name_en === 'mobile'))
})

test('providers find requests in every light on the demo’s day: green, yellow and red (T5.2)', async () => {
  const waiting = await house.db
    .selectFrom('sharing.request')
    .select('clock_started_on')
    .where('state', '=', 'submitted')
    .where('provider_organ_id', '=', '6300003007')
    .execute()
  const lights = waiting.map(({ clock_started_on }) => {
    const started_on = clock_started_on ?? ''
    const rule = codes.ruleAt('share_reply', started_on)
    return codes.foldClock([{ type: 'started', on: started_on }], rule, codes.CALENDAR, DEMO_TODAY).light
  })
  assert.deepEqual([...new Set(lights)].sort(), ['green', 'red', 'yellow'])
})

test('departments find work waiting: entries in every state, corrections answered and open (demo)', async () => {
  const states = await house.db.selectFrom('catalog.resource').select('state').distinct().execute()
  assert.deepEqual(states.map(({ state }) => state).sort(), ['dept_review', 'draft', 'platform_review', 'published'])
  const batches = await house.db
    .selectFrom('catalog.batch')
    .select(['state', 'new_count', 'error_count', 'conflict_count'])
    .orderBy('batch_id')
    .execute()
  assert.deepEqual(
    batches.map((one) => [one.state, one.new_count, one.error_count > 0, one.conflict_count]),
    [
      ['committed', 5, false, 0],
      ['checked', 2, true, 1],
    ],
  )
  const corrections = await house.db.selectFrom('sharing.correction').select('state').distinct().execute()
  assert.deepEqual(corrections.map(({ state }) => state).sort(), ['answered', 'raised'])
})

test('what the demo opens offends no shape of DCAT-AP, in the catalogue nor at any dataset’s own address (T4.2, DCAT-AP)', async () => {
  const outside = await openPublic(ground.url)
  try {
    const ctx = await makeCtx(house, PLATFORM, 'shapes')
    const site = { ...ctx.site, publishDatabaseUrl: outside.publishUrl, publicUrl: 'http://data.test' }
    await publishReleases({ ...ctx, site })
    await advanceEditions({ ...ctx, site })
    await buildFiles({ log: ctx.log, site })
    const { datasets, tombstones, offences } = await judgePortal(async (url) => {
      const { statusCode, body, headers } = await outside.app.inject({ url })
      return { status: statusCode, body, link: String(headers.link ?? '') }
    })
    assert.deepEqual(offences, [])
    assert.ok(datasets.length > 3, `${datasets.length}`)
    assert.ok(tombstones.length <= 1)
  } finally {
    await outside.close()
  }
})
