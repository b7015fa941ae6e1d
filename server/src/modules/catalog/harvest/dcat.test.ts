import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type CatalogWorld, openCatalog } from '#test/catalog-world.ts'
import { createSource, harvest, logOf, openPortal, type Portal } from '#test/harvest-ground.ts'

let world: CatalogWorld
let portal: Portal

before(async () => {
  world = await openCatalog()
})
after(() => world.close())
afterEach(() => portal.close())

const PREFIX = `@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<https://p.example/org/gsj> foaf:name "青海省工商行政管理局"@zh .
`
const turtleOf = (no: number): string => `<https://p.example/d/${no}> a dcat:Dataset ;
  dct:title "Register ${no}"@en , "双公示目录之${no}号"@zh ; dct:description "第 ${no} 号：行政许可与行政处罚公示的内容。"@zh ;
  dct:publisher <https://p.example/org/gsj> ; dcat:keyword "公示"@zh ; dct:issued "2017-03-01" ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/WEEKLY> ;
  dcat:distribution [ a dcat:Distribution ; dct:format "XML" ] .
`

const serveText = (documents: Record<string, readonly [type: string, text: string]>): void => {
  portal.meddle = (_, response, { pathname }) => {
    const [type, text] = documents[pathname] ?? ['text/plain', '']
    response.writeHead(text === '' ? 404 : 200, { 'content-type': type }).end(text)
    return true
  }
}

const take = async (path: string) => {
  const { source_id } = await createSource(world.admin, portal.url + path, {
    kind: 'dcat',
    name: `DCAT ${portal.url}${path}`,
  })
  return harvest(world, world.admin, source_id)
}

describe('harvest of a DCAT catalogue', () => {
  it('reads Turtle page by page, the Chinese of several languages, and names what cannot be used (T2.2)', async () => {
    portal = await openPortal()
    const page = (no: number, next: string, body: string) =>
      `${PREFIX}<#${no}> a hydra:PartialCollectionView ; hydra:next <${next}> .
<#all> a hydra:Collection ; hydra:totalItems 5 .
${body}`
    serveText({
      '/one.ttl': ['text/turtle', page(1, '/two.ttl', turtleOf(1) + turtleOf(2))],
      '/two.ttl': [
        'text/turtle',
        page(
          2,
          '/one.ttl',
          `${turtleOf(3)}<https://p.example/d/9> a dcat:Dataset ; dct:title "无主"@zh ; dct:publisher [ a foaf:Agent ] .
<https://p.example/d/10> a dcat:Dataset ; dct:title "日期"@zh ; dct:publisher <https://p.example/org/gsj> ; dct:issued "三月" .`,
        ),
      ],
    })
    const run = await take('/one.ttl')
    assert.deepEqual(
      [run.state, run.new_count, run.failed_count, run.pages, run.total_last],
      ['finished', 3, 2, 2, 5],
      run.trouble ?? '',
    )
    const failed = await logOf(world.admin, run.run_id, 'failed')
    assert.deepEqual(
      failed.map(({ pointer }) => pointer),
      ['https://p.example/d/9/dct:publisher', 'https://p.example/d/10/dct:issued'],
    )
    const [line] = await logOf(world.admin, run.run_id, 'new')
    const { content } = await world.admin.call(catalog.getResource, { params: { id: line!.resource_id! }, query: {} })
    assert.deepEqual(
      [content.name, content.update_cycle, content.format_type, content.keywords],
      ['双公示目录之1号', 'weekly', 'xml', ['公示']],
    )
  })

  it('keeps what stood before an error and archives nothing on such a day (T2.2)', async () => {
    portal = await openPortal()
    serveText({ '/c.ttl': ['text/turtle', PREFIX + turtleOf(11) + turtleOf(12) + turtleOf(13)] })
    const { source_id } = await createSource(world.admin, `${portal.url}/c.ttl`, { kind: 'dcat' })
    await harvest(world, world.admin, source_id)
    serveText({
      '/c.ttl': [
        'text/turtle',
        `${PREFIX + turtleOf(11)}<https://p.example/d/12> a dcat:Dataset ; dct:title "没有收尾 ;\n`,
      ],
    })
    const run = await harvest(world, world.admin, source_id)
    assert.deepEqual([run.state, run.same_count, run.archived_count, run.absent_count], ['finished', 1, 0, 1])
    assert.match(run.note ?? '', /没有读完/)
    const torn = (await logOf(world.admin, run.run_id, 'failed')).at(-1)
    assert.match(torn!.message, /^第 9 行起无法解析/)
  })

  it('reads JSON-LD with the contexts it knows and fetches none; reads RDF/XML and no entity (T2.2)', async () => {
    portal = await openPortal()
    const jsonld = (context: unknown) =>
      JSON.stringify({
        '@context': context,
        '@id': `${portal.url}/catalogue`,
        '@type': 'Catalog',
        dataset: [
          {
            '@id': 'https://p.example/d/21',
            '@type': 'Dataset',
            title: '公示目录之二十一',
            description: '以 JSON-LD 给出的公示内容。',
            publisher: { '@id': 'https://p.example/org/gsj', name: '青海省工商行政管理局' },
          },
        ],
      })
    const xml = `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/"
 xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:foaf="http://xmlns.com/foaf/0.1/"><dcat:Dataset rdf:about="https://p.example/d/22">
 <dct:title>公示目录之二十二</dct:title><dct:description>以 RDF/XML 给出。</dct:description>
 <dct:publisher><foaf:Agent rdf:about="https://p.example/org/gsj"><foaf:name>青海省工商行政管理局</foaf:name></foaf:Agent></dct:publisher>
 </dcat:Dataset></rdf:RDF>`
    serveText({
      '/good.jsonld': ['application/ld+json', jsonld('https://www.w3.org/ns/dcat')],
      '/foreign.jsonld': ['application/ld+json', jsonld(`${portal.url}/context.jsonld`)],
      '/good.rdf': ['application/rdf+xml', xml],
      '/bad.rdf': [
        'application/rdf+xml',
        xml.replace('?>', '?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>'),
      ],
      '/page.html': ['text/html', '<!doctype html><html>维护中</html>'],
    })
    assert.equal((await take('/good.jsonld')).new_count, 1)
    const foreign = await take('/foreign.jsonld')
    assert.deepEqual([foreign.new_count, foreign.failed_count], [0, 1])
    assert.match((await logOf(world.admin, foreign.run_id, 'failed'))[0]!.message, /不取外部的 @context/)
    assert.ok(!portal.asked.includes('/context.jsonld'))
    assert.equal((await take('/good.rdf')).new_count, 1)
    assert.match((await take('/bad.rdf')).trouble ?? '', /实体声明/)
    assert.match((await take('/page.html')).trouble ?? '', /网页而不是目录/)
  })
})
