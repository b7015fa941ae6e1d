import type { SiteColumn } from '@sanjiang/contract/site'
import { type OpenRows, openRowsOf } from '../rows/row.access.ts'
import { ID, type Op, type RowFilter, type RowSort } from '../rows/row.rules.ts'
import { findSlice } from '../rows/row.service.ts'
import { findRowDataset, readSizes } from '../rows/row.store.ts'
import { MAX_LIMIT, type RowQuery } from '../rows/row-query.rules.ts'
import type { RawValue } from '../rows/row-value.rules.ts'
import { shelfOf } from '../shelf/shelf.ts'
import { type Site, SiteFault } from '../site.ts'
import { type CkanFault, notAllowed, notFound, notValid } from './ckan.fault.ts'
import { flag, natural, needed, type Params, text } from './ckan.params.ts'
import { FORMATS, fieldOf, recordsOf, typeOf } from './ckan.records.ts'
import { findResource } from './ckan.resource.ts'
import { JsonText } from './ckan.shelf.ts'

type Action = (site: Site, params: Params) => Promise<unknown>

/** A resource is told by its id; a dataset's id or name does as well, for each has rows of one kind. */
const rowsFor = async (site: Site, id: string): Promise<OpenRows> => {
  const slug = (await shelfOf(site).look()).find(id)?.slug ?? (await findResource(site, id.toLowerCase()))?.slug
  const found = slug === undefined ? undefined : await findRowDataset(site.pool, slug)
  if (!found?.table_name) throw notFound(`Resource "${id}" was not found.`)
  if (found.open_type === 'conditional')
    throw notAllowed(`这个数据集有条件开放，申请地址 ${site.origin}/apply/${found.slug}`)
  return openRowsOf(found)
}

const parsed = (name: string, value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    throw notValid({ [name]: ['Could not parse as valid JSON'] })
  }
}

/** Words by commas or a list of words. */
const wordsOf = (params: Params, name: string): string[] => {
  const value = parsed(name, params[name]) ?? []
  const all = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(all) || !all.every((one) => typeof one === 'string'))
    throw notValid({ [name]: ['Not a list of strings'] })
  return all.map((one) => one.trim()).filter(Boolean)
}

const known = ({ columns }: OpenRows, parameter: string, names: readonly string[]): void => {
  const missing = names.find((name) => name !== ID.name && columns.every((one) => one.name !== name))
  if (missing !== undefined) throw notValid({ [parameter]: [`invalid value "${missing.slice(0, 100)}"`] })
}

const SORT = /^"?(.+?)"?(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?$/i

const sortOf = (params: Params): RowSort[] =>
  wordsOf(params, 'sort').map((one) => {
    const [, column = '', direction = ''] = SORT.exec(one) ?? []
    return { column, descending: direction.toLowerCase() === 'desc' }
  })

const objectOf = (params: Params, name: string): Record<string, unknown> | null => {
  const value = parsed(name, params[name])
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

/** Comparisons as CKAN writes them within a filter. */
const OPS: Readonly<Record<string, Op>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'lt',
  lte: 'le',
  gt: 'gt',
  gte: 'ge',
  in: 'in',
  between: 'between',
}

const isValue = (one: unknown): one is RawValue => ['string', 'number', 'boolean'].includes(typeof one)

const invalid = (): CkanFault => notValid({ filters: ['invalid filters'] })

const filterOf = (column: string, value: unknown): RowFilter[] => {
  if (value === null) return [{ column, op: 'null', values: [true] }]
  if (isValue(value)) return [{ column, op: 'eq', values: [value] }]
  if (Array.isArray(value)) {
    if (!value.every(isValue)) throw invalid()
    return [{ column, op: 'in', values: value }]
  }
  return Object.entries(value as object).map(([name, one]) => {
    const values: unknown[] = Array.isArray(one) ? one : [one]
    if (!Object.hasOwn(OPS, name) || !values.every(isValue)) throw invalid()
    return { column, op: OPS[name]!, values }
  })
}

const filtersOf = (params: Params): Record<string, unknown> => {
  const given = params.filters ?? ''
  if (given === '') return {}
  const filters = objectOf(params, 'filters')
  if (!filters) throw notValid({ filters: ['Not a dictionary'] })
  return filters
}

/** Quotes are looked for by nobody: CKAN leaves them out as well. */
const wordsIn = (typed: string): string[] => typed.split(/[\s"]+/).filter(Boolean)

const searchedOf = (dataset: OpenRows, params: Params): Pick<RowQuery, 'words' | 'columnWords'> => {
  const perColumn = objectOf(params, 'q')
  if (!perColumn) return { words: wordsIn(text(params, 'q', 1000)) }
  known(dataset, 'q', Object.keys(perColumn))
  const columnWords = Object.entries(perColumn).flatMap(([column, words]) =>
    wordsIn(String(words)).map((word) => ({ column, word })),
  )
  return { columnWords }
}

interface Search {
  readonly query: RowQuery & { readonly limit: number; readonly offset: number }
  readonly columns: readonly SiteColumn[]
}

const searchOf = (dataset: OpenRows, params: Params): Search => {
  const [fields, sort, filters] = [wordsOf(params, 'fields'), sortOf(params), filtersOf(params)]
  known(dataset, 'fields', fields)
  known(
    dataset,
    'sort',
    sort.map(({ column }) => column),
  )
  known(dataset, 'filters', Object.keys(filters))
  const all = [ID, ...dataset.columns]
  const columns = fields.length > 0 ? [...new Set(fields)].map((name) => all.find((one) => one.name === name)!) : all
  return {
    columns,
    query: {
      select: columns.map(({ name }) => name),
      filters: Object.entries(filters).flatMap(([column, value]) => filterOf(column, value)),
      ...searchedOf(dataset, params),
      sort,
      distinct: flag(params, 'distinct'),
      limit: natural(params, 'limit', { fallback: 100, max: MAX_LIMIT }),
      offset: natural(params, 'offset', { fallback: 0, max: Number.MAX_SAFE_INTEGER }),
    },
  }
}

const linksOf = (params: Params, { limit, offset }: { limit: number; offset: number }) => {
  const given = Object.entries(params).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  )
  const link = (from: number | null): string => {
    const words = new URLSearchParams(given)
    words.delete('offset')
    if (from !== null) words.set('offset', String(from))
    return `/api/3/action/datastore_search?${words}`
  }
  return {
    start: link(null),
    next: link(offset + limit),
    ...(offset > 0 ? { prev: link(Math.max(offset - limit, 0)) } : {}),
  }
}

/** A refusal of the rows' rules under the name CKAN has for the parameter. */
const inCkan = (error: unknown): unknown => {
  if (!(error instanceof SiteFault) || error.status !== 422) return error
  const field = error.field ?? 'query'
  const named = field.includes('__') || field === 'filter' ? 'filters' : field === 'select' ? 'fields' : field
  return notValid({ [named]: [error.message] })
}

const formatOf = (params: Params) => {
  const given = text(params, 'records_format') || 'objects'
  const format = FORMATS.find((one) => one === given)
  if (!format) throw notValid({ records_format: [`Value must be one of ${JSON.stringify(FORMATS)}`] })
  return format
}

/** Parameters that CKAN repeats in its answer. */
const ECHOED = ['filters', 'q', 'sort', 'distinct']

const datastoreSearch: Action = async (site, params) => {
  const dataset = await rowsFor(site, needed(params, 'id', 'resource_id'))
  const [format, hasTotal] = [formatOf(params), flag(params, 'include_total', true)]
  const { query, columns } = searchOf(dataset, params)
  const { outputs, rows, isCut, total } = await findSlice(site, dataset, { query, hasTotal }).catch(
    (error: unknown) => {
      throw inCkan(error)
    },
  )
  // Clients go on at offset + limit, hence a page cut short would lose rows.
  if (isCut) throw notValid({ limit: ['这些行太大，请减小 limit 或少选几列'] })
  const asked = Object.fromEntries(ECHOED.flatMap((name) => (name in params ? [[name, params[name]]] : [])))
  const result = {
    include_total: hasTotal,
    limit: query.limit,
    ...(query.offset > 0 ? { offset: query.offset } : {}),
    ...asked,
    records_format: format,
    resource_id: text(params, 'resource_id', 200) || text(params, 'id', 200),
    total_estimation_threshold: null,
    fields: columns.map(fieldOf),
    _links: linksOf(params, query),
    ...(total ? { total: total.count, total_was_estimated: !total.is_exact } : {}),
  }
  return new JsonText(`${JSON.stringify(result).slice(0, -1)},"records":${recordsOf(format, outputs, rows)}}`)
}

const datastoreInfo: Action = async (site, params) => {
  const id = needed(params, 'id', 'resource_id')
  const dataset = await rowsFor(site, id)
  const { bytes, index_bytes } = await readSizes(site.pool, dataset.table_name)
  const native = (column: SiteColumn) => ({
    native_type: typeOf(column),
    notnull: false,
    index_name: '',
    is_index: false,
    uniquekey: false,
  })
  return {
    meta: {
      id,
      count: dataset.row_count,
      table_type: 'table',
      aliases: [dataset.slug],
      size: bytes,
      idx_size: index_bytes,
      db_size: bytes,
    },
    fields: dataset.columns.map((column) => ({ ...fieldOf(column), schema: native(column) })),
  }
}

const datastoreSearchSql: Action = async () => {
  throw notAllowed('本门户不提供 SQL 查询，条件请用 datastore_search，分组统计见查询接口')
}

/** CKAN's datastore over the rows of open datasets: read only, no SQL. */
export const DATASTORE_ACTIONS: Readonly<Record<string, Action>> = {
  datastore_search: datastoreSearch,
  datastore_info: datastoreInfo,
  datastore_search_sql: datastoreSearchSql,
}
