import type { ServiceDraft, ServiceField, ServiceParameter } from '@sanjiang/contract/gateway'

type Json = Record<string, unknown>

interface Operation {
  readonly method: string
  readonly path: string
  readonly summary: string
}

interface Item {
  readonly name: string
  readonly name_en: string
}

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

// `#/components/schemas/Person` → the schema; only inside the document, at most eight steps, so that loops end.
const resolve = (document: Json, value: unknown, depth = 8): Json => {
  const schema = asObject(value)
  const ref = schema.$ref
  if (typeof ref !== 'string' || !ref.startsWith('#/') || depth === 0) return schema
  const found = ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, token) => asObject(at)[token], document)
  return resolve(document, found, depth - 1)
}

const METHODS = ['get', 'post']

export const listOperations = (document: Json): Operation[] =>
  Object.entries(asObject(document.paths)).flatMap(([path, entry]) =>
    METHODS.filter((method) => method in asObject(entry)).map((method) => ({
      method: method.toUpperCase(),
      path,
      summary: String(asObject(asObject(entry)[method]).summary ?? ''),
    })),
  )

interface Leaf {
  readonly pointer: string
  readonly name: string
  readonly title: string
}

const leavesOf = (document: Json, value: unknown, pointer = '', depth = 0): Leaf[] => {
  if (depth > 4) return []
  return Object.entries(asObject(resolve(document, value).properties)).flatMap(([name, one]) => {
    const schema = resolve(document, one)
    const at = `${pointer}/${name}`
    if (schema.type === 'object') return leavesOf(document, schema, at, depth + 1)
    return [{ pointer: at, name, title: String(schema.title ?? schema.description ?? '') }]
  })
}

/** Where the rows stand: the answer itself, or the first array or object property called data, rows, records, result, items. */
const findRows = (document: Json, schema: Json): { pointer: string; row: Json } => {
  if (schema.type === 'array') return { pointer: '', row: resolve(document, schema.items) }
  for (const name of ['data', 'rows', 'records', 'result', 'items']) {
    const inner = resolve(document, asObject(schema.properties)[name])
    if (inner.type === 'array') return { pointer: `/${name}`, row: resolve(document, inner.items) }
    if (inner.type === 'object') return { pointer: `/${name}`, row: inner }
  }
  return { pointer: '', row: schema }
}

const same = (a: string, b: string): boolean =>
  a.replaceAll('_', '').toLowerCase() === b.replaceAll('_', '').toLowerCase()

const matchFields = (leaves: Leaf[], items: readonly Item[]): ServiceField[] =>
  items.flatMap(({ name, name_en }) => {
    const leaf = leaves.find((one) => same(one.name, name_en)) ?? leaves.find((one) => one.title === name)
    return leaf ? [{ item: name_en, pointer: leaf.pointer }] : []
  })

const toParameter = (document: Json, value: unknown, items: readonly Item[]): ServiceParameter[] => {
  const { name, in: place, required } = resolve(document, value) as { name?: string; in?: string; required?: boolean }
  if (!name || (place !== 'path' && place !== 'query')) return []
  return [
    {
      name,
      in: place,
      required: place === 'path' || required === true,
      item: items.find((one) => same(one.name_en, name))?.name_en ?? null,
    },
  ]
}

/** A draft of the mapping from a provider's OpenAPI document: parameters, rows and items matched by name or title. */
export const draftFromOpenApi = (
  document: Json,
  operation: Operation,
  items: readonly Item[],
): Partial<ServiceDraft> => {
  const entry = asObject(asObject(document.paths)[operation.path])
  const spec = asObject(entry[operation.method.toLowerCase()])
  const ok = asObject(asObject(spec.responses)['200'])
  const media = asObject(asObject(resolve(document, ok).content)['application/json'])
  const { pointer, row } = findRows(document, resolve(document, media.schema))
  const server = String(asObject((document.servers as unknown[] | undefined)?.[0]).url ?? '')
  const listed = [...((entry.parameters as unknown[]) ?? []), ...((spec.parameters as unknown[]) ?? [])]
  return {
    body_kind: 'json',
    method: operation.method as 'GET' | 'POST',
    url: server.replace(/\/$/, '') + operation.path,
    parameters: listed.flatMap((one) => toParameter(document, one, items)),
    rows_pointer: pointer,
    fields: matchFields(leavesOf(document, row), items),
  }
}
