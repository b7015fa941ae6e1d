import { SITE_NAME } from '@sanjiang/contract/site.name'
import type { ShelvedDataset, Spine } from '../shelf/shelf.store.ts'
import type { Snapshot } from '../shelf/shelf.ts'
import { putDataset, putLicence, putPlace, putThemes, putTombstone } from './dcat.dataset.ts'
import { iri, plain, RdfDocument, typed, type Value, zh } from './rdf.ts'
import { chinese } from './vocabulary.ts'

export const PER_PAGE = 100
const catalogueIri = (origin: string): string => `${origin}/dcat/catalog#catalog`

export interface CataloguePage {
  readonly spines: readonly Spine[]
  /** Where the next page begins; pages are told apart by the name before them, so that what comes or goes moves none. */
  readonly next: string | null
}

const bySlug = (a: Spine, b: Spine): number => (a.slug < b.slug ? -1 : 1)

/** Open and withdrawn ones alike, in the order of their names. */
export const pageAfter = ({ open, withdrawn }: Snapshot, after: string): CataloguePage => {
  const rest = [...open, ...withdrawn].filter(({ slug }) => slug > after).sort(bySlug)
  const spines = rest.slice(0, PER_PAGE)
  return { spines, next: rest.length > PER_PAGE ? spines.at(-1)!.slug : null }
}

const putPortal = (into: RdfDocument, origin: string): Value =>
  into.put({
    id: `${origin}/#portal`,
    types: ['foaf:Agent', 'foaf:Organization'],
    props: { 'foaf:name': zh(SITE_NAME) },
  })

const putCkan = (into: RdfDocument, origin: string): Value =>
  into.put({
    id: `${origin}/api/3#ckan`,
    types: ['dcat:DataService'],
    props: {
      'dct:title': zh('目录检索接口（CKAN Action API）'),
      'dcat:endpointURL': iri(`${origin}/api/3/action/`),
      'dcat:endpointDescription': iri(`${origin}/api/3/action/help_show?name=package_search`),
    },
  })

export interface CatalogueTelling {
  readonly origin: string
  readonly snapshot: Snapshot
  readonly datasets: readonly ShelvedDataset[]
  /** This page, the first and the next one. */
  readonly self: string
  readonly first: string
  readonly next: string | null
}

const putView = (into: RdfDocument, { origin, snapshot, self, first, next }: CatalogueTelling): void => {
  into.put({
    id: self,
    types: ['hydra:PartialCollectionView'],
    props: { 'hydra:first': iri(first), 'hydra:next': next ? iri(next) : undefined },
  })
  into.put({
    id: `${origin}/dcat/catalog#datasets`,
    types: ['hydra:Collection'],
    props: { 'hydra:totalItems': typed(snapshot.open.length, 'integer'), 'hydra:view': iri(self) },
  })
}

/** One page of the whole catalogue. */
export const catalogueDocument = (telling: CatalogueTelling): RdfDocument => {
  const { origin, snapshot, datasets } = telling
  const into = new RdfDocument()
  const open = datasets.filter(({ state }) => state === 'open').map((dataset) => putDataset({ into, dataset, origin }))
  for (const dataset of datasets) if (dataset.state === 'withdrawn') putTombstone({ into, dataset, origin })
  const first = snapshot.open.reduce((day, { released_on }) => (released_on < day ? released_on : day), '9999')
  into.put({
    id: catalogueIri(origin),
    types: ['dcat:Catalog'],
    props: {
      'dct:title': zh(`${SITE_NAME}目录`),
      'dct:description': zh('经保密审查开放的公共数据，含有条件开放的数据集'),
      'dct:publisher': putPortal(into, origin),
      'dct:license': putLicence(into, 'open', origin),
      'dct:language': chinese(into),
      'dct:spatial': putPlace(into, origin),
      'dct:identifier': plain(catalogueIri(origin)),
      'dct:issued': first === '9999' ? undefined : typed(first, 'date'),
      'dct:modified': typed(snapshot.changedAt, 'dateTime'),
      'foaf:homepage': into.put({ id: `${origin}/`, types: ['foaf:Document'], props: {} }),
      'dcat:themeTaxonomy': putThemes(into, origin),
      'dcat:service': putCkan(into, origin),
      'dcat:dataset': open,
    },
  })
  putView(into, telling)
  return into
}
