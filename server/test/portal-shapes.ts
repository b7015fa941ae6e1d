import type { Store } from 'n3'
import { readJsonLd, readTurtle, type Violation, violationsOf } from './shacl.ts'

const SHAPES = ['dcat-ap-3.0.1-shapes.ttl', 'dcat-ap-3.0.1-range.ttl']
const DATASET = 'http://www.w3.org/ns/dcat#Dataset'
const TOMBSTONE = 'https://www.w3.org/ns/activitystreams#Tombstone'
const NEXT = 'http://www.w3.org/ns/hydra/core#next'
const TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'

export interface Fetched {
  readonly status: number
  readonly body: string
  readonly link: string
}
/** By path below the portal's address. */
export type Fetch = (path: string) => Promise<Fetched>

const SYNTAXES = { ttl: async (text: string) => readTurtle(text), jsonld: readJsonLd } as const
export type Syntax = keyof typeof SYNTAXES

/** The documents of a portal's catalogue, page after page as it leads on itself. */
export const readCatalogue = async (fetch: Fetch, syntax: Syntax): Promise<Store[]> => {
  const stores: Store[] = []
  for (let path = `/dcat/catalog.${syntax}`; path !== ''; ) {
    const { status, body, link } = await fetch(path)
    if (status !== 200) throw new Error(`${path} ${status}`)
    stores.push(await SYNTAXES[syntax](body))
    const next = /<([^>]+)>; rel="next"/.exec(link)?.[1]
    const told = stores
      .at(-1)!
      .getObjects(null, NEXT, null)
      .map(({ value }) => value)
    if (told.join() !== (next ?? '')) throw new Error(`${path} leads to ${told.join()} and to ${next}`)
    path = next ? new URL(next).pathname + new URL(next).search : ''
  }
  return stores
}

const subjectsOf = (store: Store, type: string): string[] =>
  store.getSubjects(TYPE, type, null).map(({ value }) => value)

export const datasetsIn = (stores: readonly Store[]): string[] => stores.flatMap((one) => subjectsOf(one, DATASET))

export interface Offence extends Violation {
  readonly document: string
}

const judge = async (document: string, store: Store): Promise<Offence[]> => {
  const found: Offence[] = []
  for (const shapes of SHAPES) for (const one of await violationsOf(store, shapes)) found.push({ document, ...one })
  return found
}

/** What a portal offends of DCAT-AP 3.0.1: its catalogue in both syntaxes, and every dataset and tombstone at its own address. */
export const judgePortal = async (fetch: Fetch) => {
  const [pages, same] = [await readCatalogue(fetch, 'ttl'), await readCatalogue(fetch, 'jsonld')]
  const offences: Offence[] = []
  for (const [at, page] of pages.entries()) offences.push(...(await judge(`catalog.ttl ${at + 1}`, page)))
  for (const [at, page] of same.entries())
    if (page.size !== pages[at]?.size)
      offences.push({
        document: `catalog.jsonld ${at + 1}`,
        focus: '',
        path: '',
        message: 'says other than the Turtle',
      })
  const [datasets, tombstones] = [datasetsIn(pages), pages.flatMap((one) => subjectsOf(one, TOMBSTONE))]
  for (const [list, wanted] of [
    [datasets, 200],
    [tombstones, 410],
  ] as const)
    for (const name of list) {
      const path = `${new URL(name).pathname}.ttl`
      const { status, body } = await fetch(path)
      if (status === wanted) offences.push(...(await judge(path, readTurtle(body))))
      else offences.push({ document: path, focus: name, path: '', message: `answers ${status}` })
    }
  return { datasets, tombstones, offences }
}
