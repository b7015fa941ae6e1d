import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { reconcile } from '@sanjiang/contract/catalog'
import { type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import { createSource, harvest, logOf, openPortal, type Portal, packageOf, sendJson } from '#test/harvest-ground.ts'

let world: CatalogWorld
let portal: Portal

before(async () => {
  world = await openCatalog()
})
after(() => world.close())
afterEach(() => portal.close())

const some = (count: number, from = 1) => Array.from({ length: count }, (_, index) => packageOf(from + index))

/** Everything harvest may write to besides its own log. */
const writes = async (): Promise<string> => {
  const tables = ['resource', 'resource_version', 'entry', 'item', 'harvested_entry', 'entry_change', 'code_seq']
  const parts = tables.map(
    (one) => `select '${one}' as t, count(*) as n, max(xmin::text::bigint) as x from catalog.${one}`,
  )
  return JSON.stringify(await world.sql(`${parts.join(' union all ')} order by 1`))
}

describe('harvest of a CKAN portal', () => {
  it('takes over what passes the rules, under this catalogue’s own codes, and finds it at once (T2.2)', async () => {
    portal = await openPortal(some(130))
    const source = await createSource(world.admin, portal.url)
    const run = await harvest(world, world.admin, source.source_id)
    assert.deepEqual(
      [run.state, run.new_count, run.pages, run.total_last],
      ['finished', 130, 2, 130],
      run.trouble ?? '',
    )
    assert.ok(reconcile(run).is_balanced)
    const found = await world.consumer.call(catalog.search, { query: { q: '登记信息第甲类10号目录' } })
    const { origin, code, can, content } = await world.consumer.call(catalog.getResource, {
      params: { id: found.rows[0]!.resource_id },
      query: {},
    })
    assert.equal(origin?.source_name, source.name)
    assert.match(code ?? '', /^363027\//)
    assert.deepEqual([content.update_cycle, content.format_type, can], ['monthly', 'txt', []])
  })

  it('writes nothing the second time when nothing has changed (T2.2)', async () => {
    portal = await openPortal(some(110, 300))
    const { source_id } = await createSource(world.admin, portal.url)
    await harvest(world, world.admin, source_id)
    const before = await writes()
    const run = await harvest(world, world.admin, source_id)
    assert.deepEqual([run.state, run.same_count, run.new_count, run.changed_count], ['finished', 110, 0, 0])
    assert.equal(await writes(), before, 'the newest row version of every table is the one it was')
    assert.equal((await logOf(world.admin, run.run_id)).length, 0)
    assert.equal((await logOf(world.admin, run.run_id, 'same')).length, 110)
  })

  it('publishes what changed as a new version and keeps code and item identities (T2.2)', async () => {
    const fields = [{ name: 'name', title: '名称', type: 'text' }]
    const resources = [{ format: 'XLSX', schema: { fields } }]
    portal = await openPortal([packageOf(500, { resources }), packageOf(501)])
    const { source_id } = await createSource(world.admin, portal.url)
    const first = await harvest(world, world.admin, source_id)
    const [line] = await logOf(world.admin, first.run_id, 'new')
    const read = () => world.admin.call(catalog.getResource, { params: { id: line!.resource_id! }, query: {} })
    const before = await read()
    portal.packages[0] = packageOf(500, { resources, notes: '改过的说明：范围扩大到州县。' })
    const run = await harvest(world, world.admin, source_id)
    const after = await read()
    assert.deepEqual([run.changed_count, run.same_count], [1, 1])
    assert.deepEqual(
      [after.version, after.code, after.content.items[0]!.item_id],
      [2, before.code, before.content.items[0]!.item_id],
    )
    assert.equal(after.content.summary, '改过的说明：范围扩大到州县。')
  })
})

describe('a CKAN portal that is not in order', () => {
  it('is stopped by no bad record: each is located, the rest come in, and the sum agrees (T2.2)', async () => {
    portal = await openPortal([
      ...some(60, 600),
      packageOf(660, { title: 42 }),
      packageOf(661, { tags: 'not a list' }),
      packageOf(662, { metadata_modified: 'yesterday' }),
      packageOf(663, { organization: { name: 'x', title: '外省某局' } }),
      packageOf(664, { title: '长'.repeat(200) }),
      null as never,
      ...some(60, 670),
    ])
    const broken = 'pkg-000640'
    portal.meddle = (_, response, url) => {
      const start = Number(url.searchParams.get('start'))
      const rows = Number(url.searchParams.get('rows'))
      const page = portal.packages.slice(start, start + rows)
      if (!page.some((one) => one?.id === broken)) return false
      const text = JSON.stringify({ success: true, result: { count: portal.packages.length, results: page } })
      response.writeHead(200, { 'content-type': 'application/json' }).end(text.replace(`"${broken}"`, `"${broken}",,`))
      return true
    }
    const { source_id } = await createSource(world.admin, portal.url)
    const run = await harvest(world, world.admin, source_id)
    assert.deepEqual([run.state, run.new_count, run.refused_count, run.failed_count], ['finished', 119, 2, 5])
    assert.ok(reconcile(run).is_balanced)
    const failed = await logOf(world.admin, run.run_id, 'failed')
    assert.deepEqual(
      failed.map(({ pointer }) => pointer.replace(/^第 \d+ 条 (\/result\/results\/\d+)?/, '')),
      ['第 1 行第 69 列', '/title', '/tags', '/metadata_modified', ''],
    )
    assert.match(run.notes?.[0] ?? '', /第 1–100 条整页读不出，已逐段缩小/)
    assert.match(failed[0]!.title, /^第 41 条$/)
    assert.match(failed[0]!.excerpt, /,,/)
    const refused = await logOf(world.admin, run.run_id, 'refused')
    assert.match(refused[0]!.message, /“外省某局”尚未对应/)
    assert.match(refused[1]!.message, /F02 name：/)
  })

  it('archives what is gone, brings back what reappears, and links what is compiled here already (T2.2)', async () => {
    await publish(world, draftOf('企业年度报告公示信息'))
    portal = await openPortal([...some(9, 800), packageOf(809, { title: '企业年度报告公示信息' })])
    const { source_id } = await createSource(world.admin, portal.url)
    const first = await harvest(world, world.admin, source_id)
    assert.deepEqual([first.new_count, first.linked_count], [9, 1])
    const [gone] = portal.packages.splice(0, 1)
    const second = await harvest(world, world.admin, source_id)
    assert.deepEqual([second.state, second.archived_count, second.same_count], ['finished', 1, 9], second.note ?? '')
    const [line] = await logOf(world.admin, second.run_id, 'archived')
    const read = () => world.admin.call(catalog.getResource, { params: { id: line!.resource_id! }, query: {} })
    const archived = await read()
    assert.equal(archived.state, 'withdrawn')
    portal.packages.push(gone!)
    const third = await harvest(world, world.admin, source_id)
    const restored = await read()
    assert.deepEqual([third.restored_count, restored.state, restored.code], [1, 'published', archived.code])
  })

  it('reads package by package where there is no search (T2.2)', async () => {
    portal = await openPortal(some(30, 900))
    portal.meddle = (_, response, { pathname, searchParams }) => {
      if (pathname.endsWith('package_search')) sendJson(response, { success: false }, 404)
      else if (pathname.endsWith('package_list'))
        sendJson(response, { success: true, result: portal.packages.map(({ name }) => name) })
      else {
        const found = portal.packages.find(({ name }) => name === searchParams.get('id'))
        if (found?.name === 'dataset-905') response.writeHead(200).end('<html>maintenance</html>')
        else sendJson(response, { success: true, result: found })
      }
      return true
    }
    const { source_id } = await createSource(world.admin, portal.url)
    const run = await harvest(world, world.admin, source_id)
    assert.deepEqual([run.state, run.new_count, run.failed_count, run.pages], ['finished', 29, 1, 2], run.trouble ?? '')
    const [failed] = await logOf(world.admin, run.run_id, 'failed')
    assert.deepEqual([failed!.title, failed!.message], ['dataset-905', '回答是网页而不是 JSON'])
  })
})
