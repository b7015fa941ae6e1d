import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { normTargets } from '@sanjiang/contract/catalog'
import { installNorms } from '#modules/catalog/index.ts'
import { norms } from '#seeds/reference/norms.ts'
import { standard1272 } from '#seeds/reference/standard-1272.ts'
import { BASIS, type CatalogWorld, draftOf, ITEM, openCatalog, publish } from '#test/catalog-world.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
  await installNorms(await world.ctx(), norms)
})
after(() => world.close())

test('every rule and period the software enforces has its document, and no document speaks of one that it does not (T5.1, T5.2)', () => {
  const linked = new Set(
    norms.flatMap(({ clauses }) => clauses.flatMap(({ links }) => links.map((one) => `${one.kind} ${one.target}`))),
  )
  const known = normTargets(standard1272).map(({ kind, target }) => `${kind} ${target}`)
  assert.deepEqual(
    known.filter((one) => !linked.has(one)),
    [],
  )
  assert.deepEqual(
    [...linked].filter((one) => !one.startsWith('legal_basis ') && !known.includes(one)),
    [],
  )
  assert.equal(new Set(norms.map(({ norm_id }) => norm_id)).size, norms.length)
})

test('from a finding to its clause and back: the library is found by words, by number and by rule (T5.1)', async () => {
  const byRule = await world.consumer.call(catalog.listNorms, { query: { target: 'C03' } })
  assert.deepEqual(
    byRule.map(({ norm, clauses }) => [norm.document_no, clauses]),
    [
      ['国发〔2016〕51号', ['第十条']],
      ['发改高技〔2017〕1272号', ['共享与开放']],
    ],
  )
  const byNumber = await world.consumer.call(catalog.listNorms, { query: { q: 'gb 32100' } })
  assert.equal(byNumber[0]?.norm.norm_id, 'gb-32100')
  const { clauses, norm, can } = await world.consumer.call(catalog.getNorm, { params: { norm: 'gf-2016-51' } })
  assert.deepEqual([norm.verified, norm.state, can], [false, 'in_force', []])
  const tenth = clauses.find(({ clause }) => clause === '第十二条')!
  assert.match(tenth.links.find(({ target }) => target === 'share_reply')!.detail, /10 个工作日/)
  const coming = await world.consumer.call(catalog.listNorms, { query: { state: 'coming' } })
  assert.deepEqual(
    coming.map(({ norm: one }) => one.document_no),
    ['国务院令第809号'],
  )
})

const withheld = (name: string) =>
  draftOf(name, {
    share_type: 'withheld',
    share_basis: BASIS,
    share_method_category: null,
    share_method_type: null,
    open_type: 'closed',
    items: [{ ...ITEM, share_type: 'withheld', open_type: 'closed' }],
  })

test('when a law goes, what was withheld on its strength is listed for another look, to each what he may see (T5.2)', async () => {
  const relying = await publish(world, withheld('涉密资质单位名录'))
  const hidden = await publish(world, { ...withheld('内部督办名录'), audience: 'organ' })
  const partly = await publish(
    world,
    draftOf('企业年报信息', {
      items: [
        ITEM,
        {
          ...ITEM,
          name: '密级',
          name_en: 'secret_level',
          share_type: 'withheld',
          open_type: 'closed',
          withheld_basis: BASIS,
        },
      ],
    }),
  )
  const params = { norm: 'basis-state-secrets' }
  const mine = await world.cataloger.call(catalog.listReliance, { params, query: {} })
  assert.deepEqual(
    mine.rows.map((row) => [row.resource_id, row.item_count, row.is_lapsed]),
    [relying, hidden, partly].map(({ resource_id }, index) => [resource_id, index === 2 ? 1 : 0, false]),
  )
  const theirs = await world.consumer.call(catalog.listReliance, { params, query: {} })
  assert.ok(!theirs.rows.some(({ resource_id }) => resource_id === hidden.resource_id), 'not even its title leaks')
  const pages = await world.cataloger.call(catalog.listReliance, { params, query: { limit: 1 } })
  const rest = await world.cataloger.call(catalog.listReliance, { params, query: { limit: 2, after: pages.next! } })
  assert.deepEqual([pages.rows.length, rest.rows.length, rest.next], [1, 2, null])

  const { norm, clauses, replaces } = await world.admin.call(catalog.getNorm, { params })
  const { state: _, link_count: __, norm_id: ___, revision, ...head } = norm
  const body = {
    ...head,
    revision,
    replaces: replaces?.norm_id ?? null,
    abolished_on: '2017-12-01',
    clauses: clauses.map(({ links, ...clause }) => ({
      ...clause,
      links: links.map(({ kind, target }) => ({ kind, target })),
    })),
  }
  assert.equal((await world.cataloger.refused(catalog.saveNorm, { params, body })).code, 'forbidden')
  const { norm: gone } = await world.admin.call(catalog.saveNorm, { params, body })
  assert.equal(gone.state, 'abolished')
  assert.equal((await world.admin.refused(catalog.saveNorm, { params, body })).code, 'stale')
  const lapsed = await world.cataloger.call(catalog.listReliance, { params, query: {} })
  assert.ok(lapsed.rows.every(({ is_lapsed }) => is_lapsed))
  const findings = await world.cataloger.call(catalog.checkResource, { params: { id: relying.resource_id } })
  assert.deepEqual(
    findings.map(({ field, rule, level }) => [field, rule, level]),
    [['share_basis', 'C03', 'warning']],
  )
  const offered = await world.cataloger.call(catalog.listLegalBases, { query: { q: '保守国家秘密法' } })
  assert.deepEqual(
    offered.map(({ key }) => key),
    ['secrets_implementation'],
    'nobody is offered it any more',
  )
})

test('a document is registered with its clauses; a link to what the software does not do is refused at its place (T5.1)', async () => {
  const params = { norm: 'db63-catalog' }
  const body = {
    revision: 0,
    title: '青海省政务信息资源目录编制规范',
    document_no: 'DB63/T（拟）',
    kind: 'local_standard' as const,
    field: 'data' as const,
    issuer: '青海省质量技术监督局',
    issued_on: null,
    effective_on: '2018-03-01',
    abolished_on: null,
    replaces: 'fg-2017-1272',
    url: '',
    summary: '',
    verified: false,
    clauses: [{ clause: '4.1', text: '', removed_on: null, links: [{ kind: 'catalog_rule' as const, target: 'C99' }] }],
  }
  const refused = await world.admin.refused(catalog.saveNorm, { params, body })
  assert.equal(refused.fields?.[0]?.field, 'clauses.0.links.0.target')
  const clauses = [{ ...body.clauses[0]!, links: [{ kind: 'catalog_rule' as const, target: 'C07' }] }]
  const { norm, replaces } = await world.admin.call(catalog.saveNorm, { params, body: { ...body, clauses } })
  assert.deepEqual([norm.state, replaces?.document_no], ['coming', '发改高技〔2017〕1272号'])
  const { replaced_by } = await world.consumer.call(catalog.getNorm, { params: { norm: 'fg-2017-1272' } })
  assert.deepEqual(
    replaced_by.map(({ norm_id }) => norm_id),
    ['db63-catalog'],
  )
  const itself = await world.admin.refused(catalog.saveNorm, {
    params,
    body: { ...body, revision: 1, clauses, replaces: 'db63-catalog' },
  })
  assert.equal(itself.fields?.[0]?.field, 'replaces')
})
