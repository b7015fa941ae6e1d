import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { catalog } from '@sanjiang/contract'
import { reconcile } from '@sanjiang/contract/catalog'
import { type CatalogWorld, openCatalog } from '#test/catalog-world.ts'
import {
  createSource,
  harvest,
  logOf,
  openPortal,
  type Portal,
  packageOf,
  settingsOf,
  work,
} from '#test/harvest-ground.ts'

const CHILD = fileURLToPath(new URL('../../../../test/harvester-child.ts', import.meta.url))

let world: CatalogWorld
let portal: Portal

before(async () => {
  world = await openCatalog()
})
after(() => world.close())
afterEach(() => portal.close())

const some = (count: number, from = 1) => Array.from({ length: count }, (_, index) => packageOf(from + index))
const getRun = (id: string) => world.admin.call(catalog.getHarvestRun, { params: { id } })
const order = (id: string) => world.admin.call(catalog.orderHarvestRun, { params: { id } })

const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await isSo())) await pause(20)
}

describe('a run of harvest', () => {
  it('killed in the middle is finished by another process, and no record came twice (T2.2)', async () => {
    portal = await openPortal(some(450))
    let isOpen = false
    let held: (() => void) | undefined
    // The third page is asked for, and never answered before the kill.
    portal.meddle = (_, response, url) => {
      if (isOpen || url.searchParams.get('start') !== '200') return false
      held = () => response.destroy()
      return true
    }
    const { source_id } = await createSource(world.admin, portal.url)
    const { run_id } = await order(source_id)
    const child = fork(CHILD, [world.url, world.dataDir], { stdio: 'inherit' })
    await until(() => held !== undefined)
    const died = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await died
    held!()
    isOpen = true
    const half = await getRun(run_id)
    assert.deepEqual([half.state, half.new_count, half.pages], ['running', 200, 2])
    await until(async () => {
      await work(world)
      return (await getRun(run_id)).state === 'finished'
    })
    const run = await getRun(run_id)
    assert.deepEqual([run.new_count, run.repeated_count, run.pages], [450, 0, 5])
    const [counts] = await world.sql<{ entries: number; resources: number; firsts: number }>(
      `select count(*)::int as entries, count(distinct resource_id)::int as resources,
         (select count(*)::int from catalog.harvest_log where run_id = $1 and outcome = 'new') as firsts
       from catalog.harvested_entry where source_id = $2`,
      [run_id, source_id],
    )
    assert.deepEqual(counts, { entries: 450, resources: 450, firsts: 450 })
    assert.equal(portal.asked.filter((one) => one.includes('start=0')).length, 1, 'it went on where it stood')
  })

  it('is held when more than a fifth vanishes, until somebody decides (T2.2)', async () => {
    portal = await openPortal(some(20, 1000))
    const { source_id } = await createSource(world.admin, portal.url)
    await harvest(world, world.admin, source_id)
    const all = portal.packages
    portal.packages = all.slice(0, 10)
    const held = await harvest(world, world.admin, source_id)
    assert.deepEqual([held.state, held.absent_count, held.archived_count], ['held', 10, 0])
    assert.match(held.note ?? '', /超过现有 20 条的 20%/)
    assert.equal((await world.admin.refused(catalog.orderHarvestRun, { params: { id: source_id } })).code, 'conflict')
    const params = { id: held.run_id }
    const kept = await world.admin.call(catalog.decideHarvestRun, { params, body: { decision: 'keep' } })
    assert.deepEqual([kept.state, kept.is_kept], ['finished', true])
    const again = await harvest(world, world.admin, source_id)
    await world.admin.call(catalog.decideHarvestRun, { params: { id: again.run_id }, body: { decision: 'archive' } })
    await work(world)
    const done = await getRun(again.run_id)
    assert.deepEqual([done.state, done.archived_count], ['finished', 10])
    assert.equal((await logOf(world.admin, again.run_id, 'archived')).length, 10)
  })

  it('does not take for gone what an unreadable page may hold, or what moved while it was turning pages (T2.2)', async () => {
    portal = await openPortal(some(30, 1100))
    const { source_id } = await createSource(world.admin, portal.url)
    await harvest(world, world.admin, source_id)
    portal.packages = [null as never, ...portal.packages.slice(1)]
    const held = await harvest(world, world.admin, source_id)
    assert.deepEqual([held.state, held.failed_count, held.unknown_count], ['held', 1, 1])
    assert.match(held.note ?? '', /读不出且无法辨认/)
    await world.admin.call(catalog.cancelHarvestRun, { params: { id: held.run_id } })
    portal.packages = some(130, 1100)
    await harvest(world, world.admin, source_id)
    portal.packages = portal.packages.slice(5)
    portal.meddle = (_request, _response, url) => {
      if (url.searchParams.get('start') === '100') portal.packages = portal.packages.slice(1)
      return false
    }
    const moved = await harvest(world, world.admin, source_id)
    assert.deepEqual([moved.state, moved.archived_count], ['finished', 0])
    assert.match(moved.note ?? '', /由 125 变为 124/)
    assert.match(reconcile(moved).reasons.join(), /由 125 变为 124/)
  })
})

describe('the order of runs', () => {
  it('is one per source, stops when asked, and goes on from there when asked again (T2.2)', async () => {
    portal = await openPortal(some(250, 1300))
    const { source_id } = await createSource(world.admin, portal.url)
    const { run_id } = await order(source_id)
    const refused = await world.admin.refused(catalog.orderHarvestRun, { params: { id: source_id } })
    assert.deepEqual([refused.status, refused.code], [409, 'conflict'])
    portal.meddle = (_request, _response, url) => {
      if (url.searchParams.get('start') !== '100') return false
      void world.admin.call(catalog.cancelHarvestRun, { params: { id: run_id } })
      return true
    }
    const { Harvester } = await import('#modules/catalog/index.ts')
    const harvester = new Harvester(world.house, { egressAllow: ['127.0.0.0/8'], leaseMs: 400 })
    await harvester.beat()
    await harvester.settled()
    const stopped = await getRun(run_id)
    assert.deepEqual([stopped.state, stopped.new_count], ['cancelled', 100])
    portal.meddle = () => false
    await world.admin.call(catalog.resumeHarvestRun, { params: { id: run_id } })
    await work(world)
    const done = await getRun(run_id)
    assert.deepEqual([done.state, done.new_count, done.same_count], ['finished', 250, 0])
    await harvester.close()
  })

  it('is ordered by the clock, once, and says whose fault a failure is (T2.2)', async () => {
    portal = await openPortal(some(2, 1600))
    portal.meddle = (_, response) => {
      response.writeHead(401).end()
      return true
    }
    const { source_id, next_run_at } = await createSource(world.admin, portal.url, { cycle: 'daily' })
    assert.match(next_run_at ?? '', /T18:00:00/)
    await world.sql(`update catalog.harvest_source set next_run_at = now() - interval '1 hour' where source_id = $1`, [
      source_id,
    ])
    await work(world)
    await work(world)
    const { rows } = await world.admin.call(catalog.listHarvestRuns, { params: { id: source_id }, query: {} })
    assert.equal(rows.length, 1)
    assert.deepEqual([rows[0]!.state, rows[0]!.ordered_by_name], ['failed', '平台'])
    assert.match(rows[0]!.trouble ?? '', /对方拒绝访问（HTTP 401）/)
  })
})

describe('who may do what with harvest', () => {
  it('lets the platform’s catalogue administrator manage it and everybody read counts, errors and log (T2.2)', async () => {
    portal = await openPortal([packageOf(1700), packageOf(1701, { title: 7 })])
    const { source_id } = await createSource(world.admin, portal.url, {
      auth_header: 'X-Key',
      auth_value: 'sekret-value',
    })
    const { run_id } = await harvest(world, world.admin, source_id)
    const seen = await world.consumer.call(catalog.getHarvestRun, { params: { id: run_id } })
    assert.deepEqual([seen.new_count, seen.failed_count], [1, 1])
    assert.equal((await logOf(world.consumer, run_id, 'failed'))[0]!.pointer, '第 2 条 /result/results/1/title')
    const shown = JSON.stringify(await world.consumer.call(catalog.listHarvestSources, {}))
    assert.ok(!shown.includes('sekret'), 'what authenticates us is never shown')
    for (const voice of [world.cataloger, world.consumer]) {
      const body = settingsOf(portal.url, { name: '另一个' })
      assert.equal((await voice.refused(catalog.createHarvestSource, { body })).code, 'forbidden')
      assert.equal((await voice.refused(catalog.orderHarvestRun, { params: { id: source_id } })).code, 'forbidden')
    }
    const csv = await world.app.inject({
      url: `/api/v1/catalog/harvest-runs/${run_id}/log.csv`,
      headers: { cookie: world.consumer.cookie },
    })
    assert.match(csv.body, /读不出,pkg-001701,.*title 应为文字/)
  })

  it('keeps harvested entries read-only: they are mended where they are kept (T2.2)', async () => {
    portal = await openPortal([packageOf(1800)])
    const { source_id } = await createSource(world.admin, portal.url)
    const { run_id } = await harvest(world, world.admin, source_id)
    const [line] = await logOf(world.admin, run_id, 'new')
    const params = { id: line!.resource_id! }
    assert.equal((await world.cataloger.refused(catalog.reviseResource, { params })).code, 'wrong_state')
    const body = { reason: '误收的条目，应当下架' }
    assert.equal((await world.admin.refused(catalog.withdrawResource, { params, body })).code, 'wrong_state')
  })

  it('refuses settings under which no record could ever pass (T2.1)', async () => {
    portal = await openPortal()
    const fault = async (more: object) =>
      (await world.admin.refused(catalog.createHarvestSource, { body: settingsOf(portal.url, more) })).fields?.[0]
        ?.field
    const defaults = { share_type: 'unconditional', open_type: 'unconditional', update_cycle: 'daily' }
    assert.equal(await fault({ defaults: { ...defaults, share_type: 'withheld' } }), 'defaults.share_type')
    assert.equal(await fault({ defaults: { ...defaults, update_cycle: 'hourly' } }), 'defaults.update_cycle')
    assert.equal(await fault({ defaults: { ...defaults, class_code: '3' } }), 'defaults.class_code')
    assert.equal(await fault({ auth_header: 'X-Key' }), 'auth_value')
  })

  it('previews beside the original without writing, and takes the person’s word for whose a publisher is (T2.2)', async () => {
    portal = await openPortal([
      packageOf(1900, { organization: { name: 'gsj', title: '工商行政管理局（旧站）' } }),
      packageOf(1901),
    ])
    const { source_id } = await createSource(world.admin, portal.url)
    const params = { id: source_id }
    const seen = await world.admin.call(catalog.previewHarvest, { params, body: {} })
    assert.deepEqual(
      seen.records.map(({ outcome, provider_name }) => [outcome, provider_name]),
      [
        ['refused', null],
        ['new', '青海省工商行政管理局'],
      ],
    )
    assert.match(seen.records[1]!.original, /"pkg-001901"/)
    assert.deepEqual(await world.admin.call(catalog.listHarvestPublishers, { params }), [])
    await harvest(world, world.admin, source_id)
    const [unmapped] = await world.admin.call(catalog.listHarvestPublishers, { params })
    assert.equal(unmapped!.organ_id, null)
    const suggested = unmapped!.suggestions[0]!
    assert.equal(suggested.name, '青海省工商行政管理局')
    const body = { publisher_key: unmapped!.publisher_key, organ_id: suggested.organ_id }
    await world.admin.call(catalog.mapHarvestPublisher, { params, body })
    const run = await harvest(world, world.admin, source_id)
    assert.deepEqual([run.new_count, run.same_count, run.refused_count], [1, 1, 0])
  })
})
