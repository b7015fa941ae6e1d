import type { ItemDraft } from '@sanjiang/contract/catalog'
import { excerptOf, FieldFailure, type Portrait, type Sourced } from './portrait.ts'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const textAt = (from: Json, key: string): string => {
  const value = from[key]
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') throw new FieldFailure(`/${key}`, `${key} 应为文字`)
  return value.trim()
}

const listAt = (from: Json, key: string): readonly unknown[] => {
  const value = from[key]
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new FieldFailure(`/${key}`, `${key} 应为数组`)
  return value
}

const objectsAt = (from: Json, key: string): readonly Json[] =>
  listAt(from, key).map((one, index) => {
    if (!isObject(one)) throw new FieldFailure(`/${key}/${index}`, `${key} 的成员应为对象`)
    return one
  })

export const dateOf = (text: string, pointer: string): string | null => {
  if (text === '') return null
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0]
  if (!day || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day)
    throw new FieldFailure(pointer, `“${text.slice(0, 40)}”不是日期`)
  return day
}

const publisherOf = (pkg: Json, extras: ReadonlyMap<string, string>): Portrait['publisher'] => {
  const { organization } = pkg
  if (organization !== null && organization !== undefined && !isObject(organization))
    throw new FieldFailure('/organization', 'organization 应为对象')
  const named = organization ? textAt(organization, 'title') || textAt(organization, 'name') : ''
  const name = named || (extras.get('publisher_name') ?? '') || textAt(pkg, 'author')
  if (name === '') return null
  const key = organization ? textAt(organization, 'name') || name : name
  return { key, name, code: extras.get('publisher_code') ?? null }
}

const TYPES: Readonly<Record<string, ItemDraft['data_type']>> = {
  integer: 'I',
  int: 'I',
  number: 'N',
  numeric: 'N',
  float: 'F',
  date: 'D',
  datetime: 'T',
  timestamp: 'T',
  boolean: 'L',
  bool: 'L',
}
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/

/** Fields as Frictionless table schemas, CKAN's datastore among them, describe them. */
export const itemsOf = (resources: readonly Json[]): ItemDraft[] => {
  const schema = resources.map(({ schema }) => schema).find(isObject)
  const fields = schema && Array.isArray(schema.fields) ? schema.fields.filter(isObject) : []
  return fields.map((field, index) => {
    const name = typeof field.name === 'string' ? field.name : ''
    const title = typeof field.title === 'string' && field.title !== '' ? field.title : name
    return {
      name: title,
      name_en: IDENTIFIER.test(name) ? name : `item_${index + 1}`,
      data_type: TYPES[String(field.type).toLowerCase()] ?? 'C',
      length: typeof field.length === 'number' ? field.length : 255,
    }
  })
}

const extrasOf = (pkg: Json): Map<string, string> =>
  new Map(objectsAt(pkg, 'extras').map((one) => [textAt(one, 'key'), String(one.value ?? '')]))

const keywordsOf = (pkg: Json): string[] =>
  objectsAt(pkg, 'tags').map((tag) => textAt(tag, 'display_name') || textAt(tag, 'name'))

const toPortrait = (pkg: Json, siteUrl: string): Portrait => {
  const key = textAt(pkg, 'id') || textAt(pkg, 'name')
  if (key === '') throw new FieldFailure('/id', '记录没有 id')
  const title = textAt(pkg, 'title') || textAt(pkg, 'name')
  const extras = extrasOf(pkg)
  const resources = objectsAt(pkg, 'resources')
  const issued = textAt(pkg, 'metadata_created')
  // Checked though not used: a record whose dates are broken is not one to trust.
  dateOf(textAt(pkg, 'metadata_modified'), '/metadata_modified')
  return {
    key,
    title,
    summary: textAt(pkg, 'notes'),
    publisher: publisherOf(pkg, extras),
    keywords: keywordsOf(pkg),
    issued_on: dateOf(issued, '/metadata_created'),
    update_cycle:
      extras.get('update_frequency') ?? extras.get('frequency') ?? extras.get('accrual_periodicity') ?? null,
    formats: resources.map((one, index) => {
      if (one.format !== undefined && one.format !== null && typeof one.format !== 'string')
        throw new FieldFailure(`/resources/${index}/format`, 'format 应为文字')
      return String(one.format ?? '')
    }),
    items: itemsOf(resources),
    url: `${siteUrl}/dataset/${encodeURIComponent(textAt(pkg, 'name') || key)}`,
  }
}

const nameOf = (pkg: Json): { key: string | null; title: string } => {
  const key = [pkg.id, pkg.name].find((one): one is string => typeof one === 'string' && one.trim() !== '') ?? null
  const title = [pkg.title, pkg.name].find((one): one is string => typeof one === 'string' && one !== '') ?? ''
  return { key: key === null ? null : key.trim(), title: title.slice(0, 200) }
}

/** One package, or why it is none. `pointer` is its own place in the answer. */
export const readPackage = (value: unknown, pointer: string, siteUrl: string): Sourced => {
  const excerpt = excerptOf(JSON.stringify(value) ?? '')
  if (!isObject(value))
    return { kind: 'failed', key: null, title: '', pointer, message: '记录应为对象', excerpt, mentioned: [] }
  try {
    return { kind: 'record', portrait: toPortrait(value, siteUrl), pointer, original: value }
  } catch (error) {
    if (!(error instanceof FieldFailure)) throw error
    const { key, title } = nameOf(value)
    const { message } = error
    return { kind: 'failed', key, title, pointer: pointer + error.pointer, message, excerpt, mentioned: [] }
  }
}

export { isObject, type Json }
