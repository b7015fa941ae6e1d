import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type CatalogWorld, openCatalog } from '#test/catalog-world.ts'
import { ORGANS } from '#test/harness.ts'
import { carryTo, openInWords } from '#test/opening.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { publishReleases, publishVocabulary } from './index.ts'

let world: CatalogWorld
let ground: PublicGround

before(async () => {
  world = await openCatalog()
  ground = await openPublic(world.url)
})
after(async () => {
  await ground?.close()
  await world?.close()
})

const carry = (work: typeof publishReleases): Promise<number> => carryTo(world, ground, work)

const open = async (name: string): Promise<void> => {
  await openInWords(world, name)
  await carry(publishReleases)
}

const finds = async (q: string, title: string): Promise<boolean> => {
  const answer = await ground.app.inject({ method: 'GET', url: `/search?q=${encodeURIComponent(q)}` })
  return answer.body.replaceAll(/<\/?mark>/g, '').includes(`${title}</a></h2>`)
}

test('the public finds by the synonyms the catalogue keeps, as soon as they are kept (T2.2, T4.2)', async () => {
  await open('个体工商户名录')
  assert.equal(await finds('小店', '个体工商户名录'), false)
  await world.admin.call(catalog.replaceSynonyms, { body: { groups: [{ words: ['小店', '个体工商户'] }] } })
  assert.ok((await carry(publishVocabulary)) > 0)
  assert.equal(await finds('小店', '个体工商户名录'), true)
  assert.equal(await carry(publishVocabulary), 0, 'what has not changed is not written')
})

test('names of organs that have opened something go out, those of others do not (T4.2)', async () => {
  await world.sql(`insert into identity.organ_alias values ($1, '市管局'), ($2, '查户口的')`, [
    ORGANS.commerce,
    ORGANS.police,
  ])
  await carry(publishVocabulary)
  assert.equal(await finds('市管局', '个体工商户名录'), true)
  const [row] = await ground.sql<{ body: string }>(`select body::text from site.vocabulary where kind = 'organ'`)
  assert.match(row!.body, /市管局/)
  assert.doesNotMatch(row!.body, /查户口的/)
})

test('a public side that is away loses no words: they go out when it is back (T4.2)', async () => {
  await world.admin.call(catalog.replaceSynonyms, { body: { groups: [{ words: ['铺子', '个体工商户'] }] } })
  const ctx = await world.ctx()
  const nowhere = ground.publishUrl.replace(/:\d+\//, ':9/')
  await assert.rejects(publishVocabulary({ ...ctx, site: { ...ctx.site, publishDatabaseUrl: nowhere } }))
  assert.equal(await carry(publishVocabulary), 1)
  assert.equal(await finds('铺子', '个体工商户名录'), true)
})
