import type { FieldChange, Item, ResourceContent, Standard, StandardField } from '@sanjiang/contract/catalog'

// Beside the standard's own fields an entry has two the platform adds.
const PLATFORM_TITLES: Readonly<Record<string, string>> = { audience: '可见范围', items: '信息项', seq: '次序' }

const AUDIENCES: Readonly<Record<string, string>> = {
  all: '各级各部门',
  government: '本级政府各部门',
  organ: '仅本部门',
}

type Values = Readonly<Record<string, unknown>>

interface Titles {
  titleOf(key: string): string
  textOf(key: string, value: unknown): string | null
}

const basisText = (basis: Values): string =>
  [basis.title, basis.clause, basis.document_no].filter((part) => part).join(' ')

/** How values of a field are written for people: codes by their titles, bases by their clause, lists joined. */
const titlesOf = (fields: readonly StandardField[], standard: Standard): Titles => {
  const byKey = new Map(fields.map((field) => [field.key, field]))
  const codeTitle = (list: string | null, code: string): string =>
    standard.enumerations[list ?? '']?.find((one) => one.code === code)?.title ?? code
  return {
    titleOf: (key) => byKey.get(key)?.title ?? PLATFORM_TITLES[key] ?? key,
    textOf: (key, value) => {
      if (value === null || value === undefined || value === '') return null
      const list = byKey.get(key)?.enumeration ?? null
      if (Array.isArray(value)) return value.map((one) => codeTitle(list, String(one))).join('、') || null
      if (typeof value === 'boolean') return value ? '是' : '否'
      if (typeof value === 'object') return basisText(value as Values)
      if (key === 'audience') return AUDIENCES[String(value)] ?? String(value)
      return codeTitle(list, String(value))
    },
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

interface Pair {
  readonly before: Values
  readonly after: Values
  readonly titles: Titles
}

function* fieldChanges({ before, after, titles }: Pair, keys: readonly string[]): Iterable<FieldChange> {
  for (const key of keys) {
    if (same(before[key], after[key])) continue
    const [was, is] = [titles.textOf(key, before[key]), titles.textOf(key, after[key])]
    yield {
      field: key,
      title: titles.titleOf(key),
      kind: was === null ? 'added' : is === null ? 'removed' : 'changed',
      item_id: null,
      item_name: null,
      before: was,
      after: is,
    }
  }
}

const whole = (kind: 'added' | 'removed', item: Item): FieldChange => ({
  field: `items.${item.seq - 1}`,
  title: '信息项',
  kind,
  item_id: item.item_id,
  item_name: item.name,
  before: kind === 'removed' ? item.name : null,
  after: kind === 'added' ? item.name : null,
})

/** Keys in the order of the standard's fields, then the platform's own: what is stored keeps no order. */
const ordered = (keys: readonly string[], fields: readonly StandardField[]): string[] => {
  const place = new Map(fields.map(({ key }, index) => [key, index]))
  return keys.toSorted((a, b) => (place.get(a) ?? 999) - (place.get(b) ?? 999))
}

function* itemChanges(
  before: ResourceContent,
  after: ResourceContent,
  { item_fields: fields, ...standard }: Standard,
): Iterable<FieldChange> {
  const titles = titlesOf(fields, { ...standard, item_fields: fields })
  const old = new Map(before.items.map((item) => [item.item_id, item]))
  for (const item of after.items) {
    const was = old.get(item.item_id)
    if (!was) yield whole('added', item)
    else {
      // A shift of places that an insertion causes is no change of the item.
      const keys = ordered(Object.keys(item), fields).filter((key) => key !== 'item_id' && key !== 'seq')
      const pair = { before: was as unknown as Values, after: item as unknown as Values, titles }
      for (const change of fieldChanges(pair, keys))
        yield {
          ...change,
          field: `items.${item.seq - 1}.${change.field}`,
          item_id: item.item_id,
          item_name: item.name,
        }
    }
  }
  const now = new Set(after.items.map(({ item_id }) => item_id))
  for (const item of before.items) if (!now.has(item.item_id)) yield whole('removed', item)
  const order = (items: readonly Item[]) => items.filter(({ item_id }) => old.has(item_id) && now.has(item_id))
  const [was, is] = [order(before.items), order(after.items)]
  if (
    !same(
      was.map(({ item_id }) => item_id),
      is.map(({ item_id }) => item_id),
    )
  )
    yield {
      field: 'items',
      title: '信息项次序',
      kind: 'changed',
      item_id: null,
      item_name: null,
      before: was.map(({ name }) => name).join('、'),
      after: is.map(({ name }) => name).join('、'),
    }
}

const CENSUS_PREFIX = 'census.'

/** Dialect fields stand among the others, under the keys the standard gives them. */
const flat = ({ extension, ...content }: ResourceContent): Values => ({
  ...content,
  ...Object.fromEntries(Object.entries(extension ?? {}).map(([key, value]) => [`extension.${key}`, value])),
})

/** Field by field what two versions of one entry say differently, in the order of the standard. */
export const diffContents = (before: ResourceContent, after: ResourceContent, standard: Standard): FieldChange[] => {
  const titles = titlesOf(standard.fields, standard)
  const censusTitles = titlesOf(standard.census_fields, standard)
  const pair = { before: flat(before), after: flat(after), titles }
  const all = [...new Set([...Object.keys(pair.after), ...Object.keys(pair.before)])]
  const keys = ordered(all, standard.fields).filter((key) => key !== 'items' && key !== 'census')
  const census = {
    before: (before.census ?? {}) as Values,
    after: (after.census ?? {}) as Values,
    titles: censusTitles,
  }
  return [
    ...fieldChanges(pair, keys),
    ...Array.from(
      fieldChanges(
        census,
        standard.census_fields.map(({ key }) => key),
      ),
      (change) => ({ ...change, field: CENSUS_PREFIX + change.field }),
    ),
    ...itemChanges(before, after, standard),
  ]
}
