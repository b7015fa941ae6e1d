import type { SiteColumn } from '@sanjiang/contract/site'
import { columnKind } from '@sanjiang/contract/site.column'
import { HIDDEN } from '@sanjiang/contract/site.status'
import type { OpenRows } from './row.access.ts'
import type { Op } from './row.rules.ts'
import { FNS, MAX_GROUPS, MAX_MEASURES } from './row-aggregate.rules.ts'
import { DEFAULT_LIMIT, MAX_PAGE } from './row-ask.rules.ts'
import { SCHEMA_OF, schemaOf } from './row-column.rules.ts'
import { OPS_OF, placeOf } from './row-filter.rules.ts'
import { MAX_OFFSET } from './row-query.rules.ts'

type Json = Readonly<Record<string, unknown>>

const OP_TITLES: Readonly<Record<Op, string>> = {
  eq: '等于',
  ne: '不等于（不含空值）',
  in: '是其中之一（逗号分隔，或多次给出）',
  lt: '小于',
  le: '小于等于',
  gt: '大于',
  ge: '大于等于',
  between: '在两值之间，含两端（逗号分隔）',
  contains: '包含',
  starts: '开头是',
  null: '为空（true）或不为空（false）',
}

const parameter = (name: string, description: string, schema: Json): Json => ({
  name,
  in: 'query',
  description,
  schema,
})

/** Without `null`: what a value to compare with may be. */
const valueSchema = (column: SiteColumn, op: Op): Json => {
  if (op === 'null') return { type: 'boolean' }
  const { type, ...rest } = SCHEMA_OF[columnKind(column)] as { type: readonly string[] } & Json
  const [first] = type
  const one = { ...rest, type: first === 'integer' || first === 'number' ? [first, 'string'] : first }
  if (op === 'between') return { type: 'array', items: one, minItems: 2, maxItems: 2 }
  return op === 'in' ? { type: 'array', items: one, minItems: 1 } : one
}

const filterParameters = (columns: readonly SiteColumn[]): Json[] =>
  columns.flatMap((column) =>
    OPS_OF[columnKind(column)].map((op) => ({
      ...parameter(`${column.name}__${op}`, `${column.title} ${OP_TITLES[op]}`, valueSchema(column, op)),
      ...(op === 'in' || op === 'between' ? { style: 'form', explode: false } : {}),
    })),
  )

const names = (columns: readonly SiteColumn[]): string[] => ['_id', ...columns.map(({ name }) => name)]

const commonParameters = (dataset: OpenRows): Json[] => [
  ...filterParameters(dataset.columns),
  parameter('q', '词，空格分隔；每个词都要在文本列里出现，不分大小写', { type: 'string' }),
  ...(placeOf(dataset) ? [parameter('bbox', '西,南,东,北，经纬度', { type: 'string' })] : []),
  parameter('sort', '列名，逗号分隔；前面加 - 为从大到小；空值总在最后，文本按 Unicode 码位', { type: 'string' }),
  parameter('limit', '行数', { type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_LIMIT }),
  parameter('offset', '跳过的行数', { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 }),
  parameter('include_total', '是否计总数', { type: 'boolean', default: true }),
  parameter('edition', '只读这一版；数据已更新则拒绝（409）', { type: 'integer', minimum: 1 }),
]

const rowParameters = (dataset: OpenRows): Json[] => [
  parameter('select', `列名，逗号分隔，可含 _id；不写为全部列：${names(dataset.columns).join('、')}`, {
    type: 'string',
  }),
  parameter('distinct', '去掉相同的行', { type: 'boolean', default: false }),
  parameter('after', '行号之后的行：按 next 翻页用，不与 sort、distinct 同用', { type: 'integer', minimum: 0 }),
]

const aggregateParameters: Json[] = [
  parameter('group', `分组的列，至多 ${MAX_GROUPS} 个；日期可写 列名__year、列名__month`, { type: 'string' }),
  parameter('measure', `统计量，至多 ${MAX_MEASURES} 个：count，或 列名__${FNS.join('、列名__')}`, {
    type: 'string',
    default: 'count',
  }),
]

const PAGE: Json = {
  type: 'object',
  required: ['dataset', 'edition_no', 'data_on', 'count', 'next', 'rows'],
  properties: {
    dataset: { type: 'string' },
    edition_no: { type: 'integer', description: '版次' },
    data_on: { type: 'string', format: 'date', description: '数据截至' },
    total: { type: ['integer', 'null'], description: '符合条件的总数' },
    total_is_exact: { type: ['boolean', 'null'], description: 'false：只数到这么多，实际更多' },
    count: { type: 'integer', description: '本页行数' },
    next: { type: ['string', 'null'], format: 'uri', description: '下一页的地址' },
    next_page: { type: ['object', 'null'], description: '下一页要加的参数，POST 时用' },
    note: { type: 'string' },
  },
}

const pageOf = (row: Json): Json => ({
  allOf: [{ $ref: '#/components/schemas/Page' }, { properties: { rows: { type: 'array', items: row } } }],
})

const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const responsesOf = (row: Json): Json => ({
  '200': {
    description: '一页',
    headers: {
      ETag: { schema: { type: 'string' } },
      Link: { description: 'rel="next"', schema: { type: 'string' } },
      'X-Total-Count': { schema: { type: 'integer' } },
    },
    content: {
      'application/json': { schema: pageOf(row) },
      'text/csv': { schema: { type: 'string' } },
      'application/jsonl': { schema: { type: 'string' } },
    },
  },
  '304': { description: '与手上的一样' },
  '401': problem('有条件开放：要有密钥，detail 说明怎样申请'),
  '409': problem('翻页途中数据更新了'),
  '410': problem('数据集已撤回'),
  '422': problem('参数不符合规则：field 是哪一个，detail 是为什么'),
  '429': problem('访问过于频繁'),
})

const bodyOf = (properties: Json): Json => ({
  required: true,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: {
          where: { type: 'array', items: { $ref: '#/components/schemas/Condition' } },
          q: { type: 'string' },
          bbox: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 4 },
          sort: { type: 'array', items: { type: 'string' } },
          limit: { type: 'integer', minimum: 1, maximum: MAX_PAGE },
          offset: { type: 'integer', minimum: 0, maximum: MAX_OFFSET },
          include_total: { type: 'boolean' },
          edition: { type: 'integer' },
          ...properties,
        },
      },
    },
  },
})

const WORDS: Json = { type: 'array', items: { type: 'string' } }

const curlOf = (url: string): string => `curl '${url}'`

/** What a dataset's rows are best told apart by. */
export const exampleCategory = (columns: readonly SiteColumn[]): SiteColumn | undefined =>
  columns.find(({ role }) => role === 'category') ?? columns.find((one) => columnKind(one) === 'text')

interface Exampled extends Pick<OpenRows, 'slug' | 'columns'> {
  /** A value of that column, where one is known. */
  readonly value?: string | undefined
}

const filterOf = (base: string, column: SiteColumn, value: string | undefined) => {
  const name = encodeURIComponent(column.name)
  return value
    ? { title: `${column.title}是“${value}”的行`, url: `${base}/rows?${name}__eq=${encodeURIComponent(value)}` }
    : { title: `${column.title}不为空的行`, url: `${base}/rows?${name}__null=false` }
}

/** Addresses that show what a dataset can be asked, with its own columns. */
export const examplesOf = (
  { slug, columns, value }: Exampled,
  origin: string,
): { title: string; url: string; curl: string }[] => {
  const base = `${origin}/api/v1/datasets/${encodeURIComponent(slug)}`
  const name = (column: SiteColumn | undefined): string => encodeURIComponent(column?.name ?? '')
  const category = exampleCategory(columns)
  const measure = columns.find((one) => one.role === 'measure' && ['number', 'integer'].includes(columnKind(one)))
  const status = columns.find(({ status_of }) => status_of !== undefined)
  const some = columns.slice(0, 2).map(name).join(',')
  const made = [
    { title: '前 10 行', url: `${base}/rows?limit=10` },
    { title: '只要两列，CSV', url: `${base}/rows.csv?select=${some}` },
    ...(category
      ? [{ title: `按${category.title}计数`, url: `${base}/aggregate?group=${name(category)}&sort=-count` }]
      : []),
    ...(category ? [filterOf(base, category, value)] : []),
    ...(measure
      ? [{ title: `${measure.title}最大的 10 行`, url: `${base}/rows?sort=-${name(measure)}&limit=10` }]
      : []),
    ...(status ? [{ title: `${status.title}为未公布的行`, url: `${base}/rows?${name(status)}__eq=${HIDDEN}` }] : []),
    { title: '列的说明', url: `${base}/columns` },
    { title: 'OpenAPI', url: `${base}/openapi.json` },
  ]
  return made.map((one) => ({ ...one, curl: curlOf(one.url) }))
}

interface Question {
  readonly id: string
  readonly summary: string
  readonly parameters: readonly Json[]
  readonly row: Json
  readonly body: Json
}

const pathsOf = ({ id, summary, parameters, row, body }: Question): Json => ({
  get: { operationId: id, summary, parameters, responses: responsesOf(row) },
  post: {
    operationId: `${id}ByBody`,
    summary: `${summary}（条件写在 JSON 里，值里有逗号时用）`,
    requestBody: bodyOf(body),
    responses: responsesOf(row),
  },
})

const plain = (id: string, summary: string): Json => ({
  get: {
    operationId: id,
    summary,
    responses: { '200': { description: summary, content: { 'application/json': { schema: { type: 'object' } } } } },
  },
})

const schemasOf = (columns: readonly SiteColumn[]): Json => ({
  Row: {
    type: 'object',
    properties: Object.fromEntries(
      columns.map((one) => [one.name, { title: `${one.title}${one.unit ? `（${one.unit}）` : ''}`, ...schemaOf(one) }]),
    ),
  },
  Page: PAGE,
  Condition: {
    type: 'object',
    required: ['column', 'value'],
    properties: {
      column: { enum: names(columns) },
      op: { enum: Object.keys(OP_TITLES), default: 'eq' },
      value: { description: '与列同类型；in、between 用数组；大数用文字' },
    },
  },
  Problem: {
    type: 'object',
    required: ['status', 'code', 'title', 'detail'],
    properties: {
      status: { type: 'integer' },
      code: { type: 'string', description: '程序可据以判断' },
      title: { type: 'string' },
      detail: { type: 'string', description: '哪里不对，怎样改' },
      field: { type: 'string', description: '哪一个参数' },
    },
  },
})

/** The interface of one dataset, from its columns: OpenAPI 3.1. */
export const openApiOf = (dataset: OpenRows, origin: string): Json => {
  const { slug, title, summary, edition_no, columns, open_type } = dataset
  const examples = examplesOf(dataset, origin).map((one) => `* ${one.title}：\`${one.curl}\``)
  const row = { $ref: '#/components/schemas/Row' }
  const common = commonParameters(dataset)
  const isConditional = open_type === 'conditional'
  return {
    openapi: '3.1.0',
    info: { title, version: String(edition_no), description: [summary, ...examples].join('\n\n') },
    servers: [{ url: `${origin}/api/v1/datasets/${encodeURIComponent(slug)}` }],
    security: isConditional ? [{ key: [] }] : [],
    paths: {
      '/rows': pathsOf({
        id: 'rows',
        summary: '数据行',
        parameters: [...rowParameters(dataset), ...common],
        row,
        body: { select: WORDS, distinct: { type: 'boolean' }, after: { type: 'integer' } },
      }),
      '/aggregate': pathsOf({
        id: 'aggregate',
        summary: '分组统计',
        parameters: [...aggregateParameters, ...common],
        row: { type: 'object' },
        body: { group: WORDS, measure: WORDS },
      }),
      '/columns': plain('columns', '列的说明'),
      '/openapi.json': plain('openapi', '本说明'),
    },
    components: {
      schemas: schemasOf(columns),
      ...(isConditional ? { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  }
}
