import { dateOf } from './ckan.rules.ts'
import type { SourceHttp } from './http.ts'
import {
  excerptOf,
  FieldFailure,
  type Place,
  type Portrait,
  type Reader,
  type ReadPage,
  type Sourced,
} from './portrait.ts'
import type { Graph } from './rdf.ts'

const DCAT = 'http://www.w3.org/ns/dcat#'
const DCT = 'http://purl.org/dc/terms/'
const FOAF = 'http://xmlns.com/foaf/0.1/'
const HYDRA = 'http://www.w3.org/ns/hydra/core#'

const ASK = { accept: 'text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8, */*;q=0.1' }

/** Chinese where there is a choice, then what has no language, then whatever comes first. */
const textOf = (graph: Graph, subject: string, predicate: string): string => {
  const terms = graph.all(subject, predicate).filter(({ termType }) => termType !== 'BlankNode')
  const langOf = (term: (typeof terms)[number]): string => term.language ?? ''
  const one =
    terms.find((term) => langOf(term).startsWith('zh')) ?? terms.find((term) => langOf(term) === '') ?? terms[0]
  return one?.value.trim() ?? ''
}

const publisherOf = (graph: Graph, dataset: string): Portrait['publisher'] => {
  const [term] = graph.all(dataset, `${DCT}publisher`)
  if (!term) return null
  if (term.termType === 'Literal') return { key: term.value, name: term.value, code: null }
  const name = textOf(graph, term.value, `${FOAF}name`) || textOf(graph, term.value, `${DCT}title`)
  const code = textOf(graph, term.value, `${DCT}identifier`)
  if (name === '') throw new FieldFailure(`/dct:publisher`, '发布机构没有名称（foaf:name）')
  return { key: term.termType === 'NamedNode' ? term.value : name, name, code: code || null }
}

const formatsOf = (graph: Graph, dataset: string): string[] =>
  graph.all(dataset, `${DCAT}distribution`).map(({ value }) => {
    const format = textOf(graph, value, `${DCT}format`) || textOf(graph, value, `${DCAT}mediaType`)
    return format.split(/[/#]/).at(-1) ?? ''
  })

const toPortrait = (graph: Graph, dataset: string): Portrait => {
  const title = textOf(graph, dataset, `${DCT}title`)
  if (title === '') throw new FieldFailure('/dct:title', '数据集没有名称（dct:title）')
  dateOf(textOf(graph, dataset, `${DCT}modified`), '/dct:modified')
  const cycle = textOf(graph, dataset, `${DCT}accrualPeriodicity`)
  return {
    key: textOf(graph, dataset, `${DCT}identifier`) || dataset,
    title,
    summary: textOf(graph, dataset, `${DCT}description`),
    publisher: publisherOf(graph, dataset),
    keywords: graph.all(dataset, `${DCAT}keyword`).map(({ value }) => value.trim()),
    issued_on: dateOf(textOf(graph, dataset, `${DCT}issued`), '/dct:issued'),
    update_cycle: cycle === '' ? null : (cycle.split(/[/#]/).at(-1) ?? null),
    formats: formatsOf(graph, dataset),
    items: [],
    url: textOf(graph, dataset, `${DCAT}landingPage`) || (/^https?:/.test(dataset) ? dataset : null),
  }
}

const readDataset = (graph: Graph, dataset: string): Sourced => {
  const original = graph.show(dataset)
  const excerpt = excerptOf(JSON.stringify(original))
  const key = textOf(graph, dataset, `${DCT}identifier`) || (dataset.startsWith('http') ? dataset : null)
  if (!graph.has(dataset))
    return {
      kind: 'failed',
      key,
      title: dataset,
      pointer: dataset,
      message: '目录列出了它，但没有它的说明',
      excerpt,
      mentioned: [dataset],
    }
  try {
    return { kind: 'record', portrait: toPortrait(graph, dataset), pointer: dataset, original }
  } catch (error) {
    if (!(error instanceof FieldFailure)) throw error
    const { message, pointer } = error
    const title = textOf(graph, dataset, `${DCT}title`).slice(0, 200)
    return { kind: 'failed', key, title, pointer: dataset + pointer, message, excerpt, mentioned: [] }
  }
}

const nextOf = (graph: Graph): string | null => {
  for (const name of ['next', 'nextPage'])
    for (const type of ['PartialCollectionView', 'PagedCollection', 'Collection'])
      for (const view of graph.typed(HYDRA + type)) {
        const [next] = graph.all(view, HYDRA + name)
        if (next) return next.value
      }
  return null
}

const totalOf = (graph: Graph): number | null => {
  for (const type of [`${HYDRA}Collection`, `${HYDRA}PagedCollection`, `${DCAT}Catalog`])
    for (const one of graph.typed(type)) {
      const total = Number(textOf(graph, one, `${HYDRA}totalItems`) || Number.NaN)
      if (Number.isSafeInteger(total)) return total
    }
  return null
}

/** A DCAT catalogue in Turtle, JSON-LD or RDF/XML, in one document or in Hydra's pages. */
export class DcatReader implements Reader {
  readonly first: Place
  readonly #http: SourceHttp
  readonly #limit: number
  readonly #read = new Set<string>()

  constructor(http: SourceHttp, url: string, limit = Number.POSITIVE_INFINITY) {
    this.#http = http
    this.first = { url, no: 1, seen: 0 }
    this.#limit = limit
  }

  async read(place: Place): Promise<ReadPage> {
    const url = String(place.url)
    this.#read.add(url)
    const got = await this.#http.get(url, ASK)
    // Only who harvests such a catalogue loads the parsers.
    const { parseRdf } = await import('./rdf.ts')
    const { graph, torn } = await parseRdf(got.text, { type: got.type, url: got.url })
    const listed = graph
      .typed(`${DCAT}Catalog`)
      .flatMap((catalogue) => graph.all(catalogue, `${DCAT}dataset`).map(({ value }) => value))
    const datasets = [...new Set([...graph.typed(`${DCAT}Dataset`), ...(torn ? [] : listed)])]
    const items = datasets.slice(0, this.#limit).map((one) => readDataset(graph, one))
    if (torn) {
      const { message, pointer, excerpt } = torn
      items.push({ kind: 'failed', key: null, title: `第 ${place.no} 页`, pointer, message, excerpt, mentioned: [] })
    }
    return this.#page(place, { graph, items, isTorn: torn !== null, count: datasets.length, notes: got.notes })
  }

  #page(
    place: Place,
    {
      graph,
      items,
      isTorn,
      count,
      notes,
    }: { graph: Graph; items: Sourced[]; isTorn: boolean; count: number; notes: readonly string[] },
  ): ReadPage {
    const seen = Number(place.seen) + count
    const next = nextOf(graph)
    const isLoop = next !== null && (this.#read.has(next) || !URL.canParse(next, String(place.url)))
    const goesOn = next !== null && !isLoop
    return {
      place: `第 ${place.no} 页`,
      items,
      total: totalOf(graph) ?? (goesOn || isTorn ? null : seen),
      next: goesOn ? { url: new URL(next, String(place.url)).href, no: Number(place.no) + 1, seen } : null,
      notes: isLoop ? [...notes, `下一页的地址 ${next} 读过或无法解析，到此为止`] : notes,
      isTorn,
    }
  }
}
