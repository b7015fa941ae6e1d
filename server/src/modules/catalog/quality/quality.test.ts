import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { inTx } from '#kernel/db.ts'
import { foldQualities, importPublished, type ReportedFact, reportFacts } from '#modules/catalog/index.ts'
import { type CatalogWorld, draftOf, openCatalog, publish } from '../../../../test/catalog-world.ts'
import { ORGANS } from '../../../../test/harness.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

const KINDS = ['attached_api', 'unreachable_api'] as const
const report = async (...facts: ReportedFact[]) =>
  inTx(await world.ctx(), (tx) => reportFacts(tx, { kinds: KINDS, facts }))
const factOf = (resource_id: string, kind: ReportedFact['kind'], more: Partial<ReportedFact> = {}): ReportedFact => ({
  resource_id,
  kind,
  value: 1,
  since: '2017-12-01',
  party: 'provider',
  message: '',
  ...more,
})
const qualityOf = (id: string, voice = world.consumer) => voice.call(catalog.getQuality, { params: { id } })
const rulesOf = (quality: catalog.Quality | null) => quality?.reasons.map(({ rule }) => rule)

test('an entry has its quality as soon as it is published, with reasons, their clauses and where to mend them (T2.2)', async () => {
  const { resource_id } = await publish(world, draftOf('企业登记信息'))
  await world.drain()
  const quality = await qualityOf(resource_id)
  assert.ok(quality && quality.score < 100)
  assert.equal(quality.origin, 'compiled')
  const unattached = quality.reasons.find(({ rule }) => rule === 'Q06')
  assert.deepEqual([unattached?.fix, unattached?.party, unattached?.is_charged], ['attach', 'provider', true])
  assert.match(unattached!.clause, /第十三条/)
})

test('what higher modules report is counted at the next fold and taken back when it is no longer reported (T2.2)', async () => {
  const { resource_id } = await publish(world, draftOf('企业年报信息'))
  await report(factOf(resource_id, 'attached_api'), factOf(resource_id, 'unreachable_api', { message: '连接被拒绝' }))
  await world.drain()
  const down = await qualityOf(resource_id)
  assert.ok(rulesOf(down)?.includes('Q07') && !rulesOf(down)?.includes('Q06'))
  assert.deepEqual(
    down?.channels.map(({ method, is_reachable, message }) => [method, is_reachable, message]),
    [['api', false, '连接被拒绝']],
  )
  assert.deepEqual(down?.findings.map(({ kind }) => kind).toSorted(), ['mismatched', 'unreachable'])
  await report(factOf(resource_id, 'attached_api'))
  assert.equal((await qualityOf(resource_id))?.is_stale, true)
  await foldQualities(await world.ctx())
  const up = await qualityOf(resource_id)
  assert.ok(up!.score > down!.score)
  assert.deepEqual(
    up?.findings.map(({ kind }) => kind),
    ['mismatched'],
  )
  const cleared = { resource_id, is_cleared: true }
  const { rows } = await world.admin.call(catalog.listEntryFindings, { query: cleared })
  assert.deepEqual(
    rows.map(({ kind, age_days }) => [kind, age_days]),
    [['unreachable', 10]],
  )
})

test('the same report twice leaves nothing to fold (T2.2)', async () => {
  const { resource_id } = await publish(world, draftOf('企业股东信息'))
  await report(factOf(resource_id, 'attached_api'))
  await foldQualities(await world.ctx())
  await report(factOf(resource_id, 'attached_api'))
  assert.equal(await foldQualities(await world.ctx()), 0)
})

const taken = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({
    key: `taken-${from + n}`,
    draft: {
      ...draftOf(`接入信息${'甲乙丙丁戊己庚辛壬癸'[(from + n) % 10]}${String.fromCharCode(0x4e00 + from + n)}表`),
      provider_organ_id: ORGANS.commerce,
      keywords: [],
    },
    published_on: '2017-06-01',
  }))

test('an entry loaded in bulk is not charged with what the load did not bring; the same entry compiled by hand is (T2.2)', async () => {
  const { published } = await importPublished(await world.ctx(), taken(1))
  const id = published[0]!.resource_id
  await foldQualities(await world.ctx())
  const loaded = await qualityOf(id)
  assert.equal(loaded?.origin, 'imported')
  const missing = loaded?.reasons.find(({ rule }) => rule === 'Q01')
  assert.deepEqual([missing?.party, missing?.is_charged], ['importer', false])
  const { rows } = await world.consumer.call(catalog.listEntryFindings, { query: { kind: 'never_callable' } })
  assert.equal(rows[0]?.resource_id, id)
  assert.equal(rows[0]?.found_on, '2017-06-01')
})

test('a fold that is killed between two batches is finished by the next one (C2)', async () => {
  await importPublished(await world.ctx(), taken(520, 10))
  const ctx = await world.ctx()
  let batches = 0
  const dying = {
    ...ctx,
    db: new Proxy(ctx.db, {
      get: (db, key) => {
        if (key === 'transaction' && ++batches > 2) throw new Error('killed')
        const value = Reflect.get(db, key)
        return typeof value === 'function' ? value.bind(db) : value
      },
    }),
  }
  await assert.rejects(foldQualities(dying), /killed/)
  const [half] = await world.sql<{ n: number }>('select count(*)::integer as n from catalog.quality')
  assert.ok(half!.n >= 500)
  const rest = await foldQualities(await world.ctx())
  assert.ok(rest > 0)
  assert.equal(await foldQualities(await world.ctx()), 0)
  const [left] = await world.sql<{ n: number }>(
    'select count(*)::integer as n from catalog.entry e left join catalog.quality q using (resource_id) where q.resource_id is null',
  )
  assert.equal(left!.n, 0)
})

test('an organ sees its average, its levels and what would raise it most; a withdrawn entry counts no longer (P1)', async () => {
  const { resource_id } = await publish(world, draftOf('企业变更信息'))
  await world.drain()
  const before = await world.cataloger.call(catalog.getOrganQuality, { query: {} })
  assert.equal(before.organ_id, ORGANS.commerce)
  assert.equal(
    before.levels.reduce((sum, { count }) => sum + count, 0),
    before.entries,
  )
  assert.ok(before.actions.length > 0 && before.actions.every(({ raises }) => raises >= 0))
  assert.equal(before.actions[0]?.rule, 'Q06')
  await world.admin.call(catalog.withdrawResource, {
    params: { id: resource_id },
    body: { reason: '职能划转，不再提供' },
  })
  await world.drain()
  const later = await world.cataloger.call(catalog.getOrganQuality, { query: {} })
  assert.equal(later.entries, before.entries - 1)
  assert.equal((await world.consumer.refused(catalog.getQuality, { params: { id: resource_id } })).code, 'not_found')
})

test('an entry meant for its own organ shows its quality and findings to nobody else (T2.2)', async () => {
  const { resource_id } = await publish(world, draftOf('内部台账信息', { audience: 'organ' }))
  await world.drain()
  assert.ok(await qualityOf(resource_id, world.cataloger))
  assert.equal((await world.consumer.refused(catalog.getQuality, { params: { id: resource_id } })).code, 'not_found')
  const mine = await world.cataloger.call(catalog.getOrganQuality, { query: {} })
  const theirs = await world.consumer.call(catalog.getOrganQuality, { query: { organ_id: ORGANS.commerce } })
  assert.equal(mine.entries, theirs.entries + 1)
  const wrong = { kind: 'never' } as never
  assert.equal((await world.consumer.refused(catalog.listEntryFindings, { query: wrong })).code, 'invalid')
})
