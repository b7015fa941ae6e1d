import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { FeedPage } from '@sanjiang/contract/catalog'
import { bodyValidator } from '#kernel/validate.ts'
import { feedHead, listFeed } from '#modules/catalog/index.ts'
import { type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import { openTestDoor } from '#test/exchange-door.ts'
import { createSource, harvest, logOf } from '#test/harvest-ground.ts'
import { registerClient } from '#test/sharing-ground.ts'

/** Two nodes on databases of their own: what one publishes the other harvests through the first one's real door. */
let above: CatalogWorld
let below: CatalogWorld
let door: Awaited<ReturnType<typeof openTestDoor>>

before(async () => {
  ;[above, below] = [await openCatalog(), await openCatalog()]
  door = await openTestDoor(below)
})
after(async () => {
  await door.close()
  await above.close()
  await below.close()
})

const register = async (): Promise<void> => {
  const { node_key } = await above.admin.call(catalog.listHarvestSources, {})
  const client_id = await registerClient(below, 'egov', '上级节点')
  await below.sql(
    `insert into identity.client_key (key_id, client_id, alg, public_key, status, added_at)
     values ($1, $2, 'ed25519', $3, 'active', now())`,
    [node_key.key_id, client_id, node_key.public_key],
  )
}

describe('harvest of another Sanjiang node', () => {
  it('is let in by the key that was registered, and takes over entries whole, those for everybody only (T8.2)', async () => {
    await publish(below, draftOf('企业登记基本信息'))
    await publish(below, draftOf('内部流转信息', { audience: 'organ' }))
    const { source_id } = await createSource(above.admin, door.address, { kind: 'sanjiang', defaults: {} })
    const refused = await harvest(above, above.admin, source_id)
    assert.deepEqual([refused.state, refused.total_first], ['failed', null])
    assert.match(refused.trouble ?? '', /HTTP 401/)
    await register()
    const run = await harvest(above, above.admin, source_id)
    assert.deepEqual([run.state, run.new_count, run.total_last], ['finished', 1, 1], run.trouble ?? '')
    const [line] = await logOf(above.admin, run.run_id, 'new')
    const { content } = await above.admin.call(catalog.getResource, { params: { id: line!.resource_id! }, query: {} })
    assert.deepEqual(
      content.items.map(({ name_en, length, is_key }) => [name_en, length, is_key]),
      [
        ['enterprise_name', 200, false],
        ['credit_code', 18, true],
      ],
    )
  })

  it('hears by the feed’s mark that nothing has changed, and of withdrawal by a tombstone (T8.2)', async () => {
    const { rows } = await above.admin.call(catalog.listHarvestSources, {})
    const { source_id } = rows[0]!
    const quiet = await harvest(above, above.admin, source_id)
    assert.deepEqual([quiet.state, quiet.is_unchanged, quiet.archived_count], ['finished', true, 0])
    const second = await publish(below, draftOf('企业注销信息'))
    const grown = await harvest(above, above.admin, source_id)
    assert.deepEqual([grown.new_count, grown.same_count], [1, 1])
    const body = { reason: '系统停用，不再提供' }
    await below.admin.call(catalog.withdrawResource, { params: { id: second.resource_id }, body })
    const shrunk = await harvest(above, above.admin, source_id)
    assert.deepEqual([shrunk.state, shrunk.archived_count, shrunk.same_count], ['finished', 1, 1], shrunk.note ?? '')
    const [line] = await logOf(above.admin, shrunk.run_id, 'archived')
    assert.equal(line!.message, '来源已下架')
  })

  it('does not hand on what it harvested itself, so that two nodes may harvest each other (T8.2)', async () => {
    const page = await listFeed(above.house.db, { after: null, limit: 50 })
    assert.deepEqual([page.total, page.rows], [0, []])
  })

  it('pages in the order of changes; a changed entry comes again, later (T8.2)', async () => {
    const { db } = below.house
    assert.ok(bodyValidator(FeedPage)(await listFeed(db, { after: null, limit: 50 })))
    await publish(below, draftOf('甲信息'))
    await publish(below, draftOf('乙信息'))
    const before = await feedHead(db)
    const seen: string[] = []
    let next: string | null = null
    do {
      const page: FeedPage = await listFeed(db, { after: next, limit: 1 })
      seen.push(...page.rows.map(({ is_gone, content }) => (is_gone ? '墓碑' : (content as { name: string }).name)))
      next = page.next
    } while (next !== null)
    assert.deepEqual(seen, ['企业登记基本信息', '墓碑', '甲信息', '乙信息'])
    assert.equal(before.total, 3)
  })
})
