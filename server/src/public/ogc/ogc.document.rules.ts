import { columnKind } from '@sanjiang/contract/site.column'
import type { OpenRows } from '../rows/row.access.ts'
import type { Box } from '../rows/row.rules.ts'
import { MAX_PAGE } from '../rows/row-ask.rules.ts'
import { SCHEMA_OF } from '../rows/row-column.rules.ts'
import { CGCS2000, CRS_NOTE, CRS84 } from './ogc.crs.rules.ts'
import { DEFAULT_ITEMS, propertiesOf } from './ogc.item.rules.ts'

type Json = Readonly<Record<string, unknown>>

export const JSON_TYPE = 'application/json'
export const GEO = 'application/geo+json'
export const OPENAPI = 'application/vnd.oai.openapi+json;version=3.0'

export interface OgcLink {
  readonly href: string
  readonly rel: string
  readonly type: string
  readonly title?: string
}

export const CONFORMANCE = [
  'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core',
  'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30',
  'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson',
  'http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs',
]

const TITLE = '公共数据开放：地理要素'

export const landing = (base: string): Json => ({
  title: TITLE,
  description: `有坐标或图形的开放数据集，每个是一个要素集。${CRS_NOTE}`,
  links: [
    { href: base, rel: 'self', type: JSON_TYPE, title: '本页' },
    { href: `${base}/api`, rel: 'service-desc', type: OPENAPI, title: '接口说明（OpenAPI）' },
    { href: `${base}/conformance`, rel: 'conformance', type: JSON_TYPE, title: '符合的标准' },
    { href: `${base}/collections`, rel: 'data', type: JSON_TYPE, title: '要素集' },
  ] satisfies OgcLink[],
})

export const collectionUrl = (base: string, slug: string): string => `${base}/collections/${encodeURIComponent(slug)}`

export const collectionOf = (base: string, dataset: OpenRows, extent: Box | null): Json => {
  const { slug, title, summary, data_on, open_type } = dataset
  const url = collectionUrl(base, slug)
  const portal = `${base.slice(0, -'/ogc'.length)}/datasets/${encodeURIComponent(slug)}`
  return {
    id: slug,
    title,
    description: `${summary}${open_type === 'conditional' ? '（有条件开放：要素要凭密钥读取）' : ''}`,
    itemType: 'feature',
    crs: [CRS84, CGCS2000],
    storageCrs: CRS84,
    extent: {
      ...(extent ? { spatial: { bbox: [extent], crs: CRS84 } } : {}),
      temporal: { interval: [[null, `${data_on}T23:59:59+08:00`]] },
    },
    links: [
      { href: url, rel: 'self', type: JSON_TYPE, title },
      { href: `${url}/items`, rel: 'items', type: GEO, title: `${title}：要素` },
      { href: portal, rel: 'alternate', type: 'text/html', title: `${title}：说明与下载` },
    ] satisfies OgcLink[],
  }
}

const parameter = (name: string, description: string, schema: Json): Json => ({
  name,
  in: 'query',
  description,
  required: false,
  style: 'form',
  explode: false,
  schema,
})

const crsParameter = (name: string): Json =>
  parameter(name, `${CRS84} 或 ${CGCS2000}`, { type: 'string', format: 'uri', enum: [CRS84, CGCS2000], default: CRS84 })

const PARAMETERS: Json = {
  bbox: parameter('bbox', '西,南,东,北；bbox-crs 另有次序时从之', {
    type: 'array',
    oneOf: [
      { minItems: 4, maxItems: 4 },
      { minItems: 6, maxItems: 6 },
    ],
    items: { type: 'number' },
  }),
  datetime: parameter('datetime', '时刻，或 起/止，一头可写 ..；没有日期列的要素集不受限制', { type: 'string' }),
  limit: parameter('limit', '要素个数', { type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_ITEMS }),
  after: parameter('after', '翻页用，next 里已写好', { type: 'integer', minimum: 0 }),
  edition: parameter('edition', '只读这一版', { type: 'integer', minimum: 1 }),
  crs: crsParameter('crs'),
  bboxCrs: crsParameter('bbox-crs'),
  collectionId: { name: 'collectionId', in: 'path', required: true, schema: { type: 'string' } },
  featureId: { name: 'featureId', in: 'path', required: true, schema: { type: 'string' } },
}

const ref = (name: string): Json => ({ $ref: `#/components/parameters/${name}` })

const answer = (description: string, type: string): Json => ({
  '200': { description, content: { [type]: { schema: { type: 'object' } } } },
  '400': { $ref: '#/components/responses/Refused' },
  '404': { $ref: '#/components/responses/Refused' },
})

const get = (
  operationId: string,
  summary: string,
  more: { parameters?: readonly Json[]; type?: string } = {},
): Json => ({
  get: {
    operationId,
    summary,
    ...(more.parameters ? { parameters: more.parameters } : {}),
    responses: answer(summary, more.type ?? JSON_TYPE),
  },
})

const ITEMS = ['collectionId', 'bbox', 'bboxCrs', 'datetime', 'limit', 'crs', 'after', 'edition'].map(ref)

/** One path per set of features, since each has properties of its own to filter by. */
const itemsPath = (dataset: OpenRows): [string, Json] => {
  const own = propertiesOf(dataset).map((column) => {
    const { type } = SCHEMA_OF[columnKind(column)] as { type: readonly string[] }
    return parameter(column.name, column.title, { type: type[0] })
  })
  const parameters = [...ITEMS.slice(1), ...own]
  return [`/collections/${dataset.slug}/items`, get(`items-${dataset.slug}`, dataset.title, { parameters, type: GEO })]
}

/** OpenAPI 3.0, which Part 1 asks for. */
export const openApi = (base: string, datasets: readonly OpenRows[]): Json => ({
  openapi: '3.0.3',
  info: { title: TITLE, version: '1.0.0', description: CRS_NOTE },
  servers: [{ url: base }],
  paths: {
    '/': get('landing', '首页'),
    '/conformance': get('conformance', '符合的标准'),
    '/api': get('api', '本说明', { type: OPENAPI }),
    '/collections': get('collections', '要素集'),
    '/collections/{collectionId}': get('collection', '一个要素集', { parameters: [ref('collectionId')] }),
    '/collections/{collectionId}/items': get('items', '要素', { parameters: ITEMS, type: GEO }),
    '/collections/{collectionId}/items/{featureId}': get('item', '一个要素', {
      parameters: [ref('collectionId'), ref('featureId'), ref('crs')],
      type: GEO,
    }),
    ...Object.fromEntries(datasets.map(itemsPath)),
  },
  components: {
    parameters: PARAMETERS,
    responses: {
      Refused: {
        description: 'field 是哪个参数，detail 说怎样改',
        content: { 'application/problem+json': { schema: { type: 'object' } } },
      },
    },
  },
})
