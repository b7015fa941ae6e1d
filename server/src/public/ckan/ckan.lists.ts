import { countColumn } from '../shelf/column.ts'
import { type FacetName, type Snapshot, shelfOf } from '../shelf/shelf.ts'
import type { Site } from '../site.ts'
import { notFound } from './ckan.fault.ts'
import { groupOf, naive, organId, organizationOf, tagOf, themeId } from './ckan.package.ts'
import { flag, list, natural, needed, type Params, text } from './ckan.params.ts'
import { packageTexts } from './ckan.shelf.ts'

type Kind = 'organization' | 'groups'

interface Counted {
  readonly name: string
  readonly title: string
  readonly count: number
}

const allOpen = ({ open }: Snapshot): Uint8Array => new Uint8Array(open.length).fill(1)

const countedOf = (snapshot: Snapshot, kind: FacetName): Counted[] =>
  countColumn(snapshot.column(kind), allOpen(snapshot)).map(([name, count]) => ({
    name,
    title: snapshot.titles.get(name) ?? name,
    count,
  }))

const toDict = ({ title, count }: Counted, kind: Kind, origin: string) => {
  const dict =
    kind === 'organization'
      ? { ...organizationOf(title, origin), display_name: title, image_display_url: '' }
      : { ...groupOf(title), type: 'group', is_organization: false, state: 'active', approval_status: 'approved' }
  return { ...dict, package_count: count, num_followers: 0 }
}

const ORDERS: Readonly<Record<string, (a: Counted, b: Counted) => number>> = {
  name: (a, b) => (a.name < b.name ? -1 : 1),
  title: (a, b) => (a.title < b.title ? -1 : 1),
  package_count: (a, b) => a.count - b.count,
  packages: (a, b) => a.count - b.count,
}

const sorted = (all: readonly Counted[], params: Params): Counted[] => {
  const [field = 'title', direction = 'asc'] = (text(params, 'sort', 60) || 'title asc').split(/\s+/)
  const order = ORDERS[field] ?? ORDERS.title!
  return all.toSorted((a, b) => (direction === 'desc' ? order(b, a) : order(a, b)))
}

const named = (params: Params, ...names: readonly string[]): ReadonlySet<string> =>
  new Set(names.flatMap((name) => list(params, name)))

const listOf =
  (kind: Kind) =>
  async (site: Site, params: Params): Promise<unknown> => {
    const snapshot = await shelfOf(site).look()
    const wanted = named(params, kind === 'organization' ? 'organizations' : 'groups')
    const all = sorted(countedOf(snapshot, kind), params).filter(({ name }) => wanted.size === 0 || wanted.has(name))
    const from = natural(params, 'offset', { fallback: 0, max: 1_000_000 })
    const page = all.slice(from, from + natural(params, 'limit', { fallback: 1000, max: 1000 }))
    return flag(params, 'all_fields') ? page.map((one) => toDict(one, kind, site.origin)) : page.map(({ name }) => name)
  }

const SHOWN = 1000

const showOf =
  (kind: Kind) =>
  async (site: Site, params: Params): Promise<unknown> => {
    const id = needed(params, 'id')
    const snapshot = await shelfOf(site).look()
    const idOf = kind === 'organization' ? organId : themeId
    const found = countedOf(snapshot, kind).find((one) => [one.name, one.title, idOf(one.title)].includes(id))
    if (!found) throw notFound()
    const dict = { ...toDict(found, kind, site.origin), users: [], groups: [], tags: [], extras: [] }
    if (!flag(params, 'include_datasets')) return dict
    const own = snapshot.open.filter((one) =>
      kind === 'organization' ? one.organ_name === found.title : one.theme_title === found.title,
    )
    const texts = await packageTexts(site, own.slice(0, SHOWN))
    return { ...dict, packages: texts.map((one) => JSON.parse(one) as unknown) }
  }

export const organizationList = listOf('organization')
export const groupList = listOf('groups')
export const organizationShow = showOf('organization')
export const groupShow = showOf('groups')

/** What is named like what was typed, for completing it. */
export const autocomplete =
  (kind: Kind) =>
  async (site: Site, params: Params): Promise<unknown> => {
    const q = text(params, 'q', 100).toLowerCase()
    const limit = natural(params, 'limit', { fallback: 20, max: 100 })
    const idOf = kind === 'organization' ? organId : themeId
    return countedOf(await shelfOf(site).look(), kind)
      .filter(({ name, title }) => name.includes(q) || title.toLowerCase().includes(q))
      .slice(0, limit)
      .map(({ name, title }) => ({ id: idOf(title), name, title }))
  }

const tagsLike = async (site: Site, q: string): Promise<Counted[]> =>
  countedOf(await shelfOf(site).look(), 'tags').filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()))

export const tagList = async (site: Site, params: Params): Promise<unknown> => {
  if (text(params, 'vocabulary_id', 100) !== '') throw notFound('could not find vocabulary')
  const tags = (await tagsLike(site, text(params, 'query', 100))).map(({ name }) => name).sort()
  return flag(params, 'all_fields') ? tags.map(tagOf) : tags
}

export const tagShow = async (site: Site, params: Params): Promise<unknown> => {
  const id = needed(params, 'id')
  const snapshot = await shelfOf(site).look()
  const name = snapshot.column('tags').values.find((one) => one === id || tagOf(one).id === id)
  if (name === undefined) throw notFound()
  if (!flag(params, 'include_datasets')) return tagOf(name)
  const own = snapshot.open.filter(({ keywords }) => keywords.includes(name))
  const texts = await packageTexts(site, own.slice(0, SHOWN))
  return { ...tagOf(name), packages: texts.map((one) => JSON.parse(one) as unknown) }
}

const tagPage = async (site: Site, params: Params) => {
  const all = await tagsLike(site, text(params, 'query', 100) || text(params, 'q', 100))
  const from = natural(params, 'offset', { fallback: 0, max: 1_000_000 })
  return { all, page: all.slice(from, from + natural(params, 'limit', { fallback: 100, max: 1000 })) }
}

export const tagSearch = async (site: Site, params: Params): Promise<unknown> => {
  const { all, page } = await tagPage(site, params)
  return { count: all.length, results: page.map(({ name }) => tagOf(name)) }
}

export const tagAutocomplete = async (site: Site, params: Params): Promise<unknown> =>
  (await tagPage(site, params)).page.map(({ name }) => name)

export const packageList = async (site: Site, params: Params): Promise<unknown> => {
  const names = (await shelfOf(site).look()).open.map(({ slug }) => slug).sort()
  const from = natural(params, 'offset', { fallback: 0, max: 10_000_000 })
  return names.slice(from, from + natural(params, 'limit', { fallback: names.length, max: names.length }))
}

export const packageAutocomplete = async (site: Site, params: Params): Promise<unknown> => {
  const q = text(params, 'q', 100).toLowerCase()
  const limit = natural(params, 'limit', { fallback: 10, max: 100 })
  const { open } = await shelfOf(site).look()
  return open
    .filter(({ slug, title }) => slug.toLowerCase().includes(q) || title.toLowerCase().includes(q))
    .slice(0, limit)
    .map(({ slug, title }) => {
      const isTitle = title.toLowerCase().includes(q)
      return { name: slug, title, match_field: isTitle ? 'title' : 'name', match_displayed: `${title} (${slug})` }
    })
}

/** When the catalogue last changed, as CKAN writes it. */
export const changedAt = async (site: Site): Promise<string> => naive((await shelfOf(site).look()).changedAt)
