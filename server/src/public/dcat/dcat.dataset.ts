import { type FileFormat, fileHref, hasPlaces, latestHref } from '@sanjiang/contract/site.file'
import { licenceOf } from '../ckan/ckan.licence.ts'
import { machineName } from '../names.ts'
import { mqaOf } from '../quality/mqa.rules.ts'
import { qualityOf } from '../quality/quality.rules.ts'
import { factsOf } from '../quality/quality.view.ts'
import type { ShelvedDataset, ShelvedFile } from '../shelf/shelf.store.ts'
import { formatName } from '../shelf/shelf.ts'
import { iri, plain, RdfDocument, type RdfNode, typed, type Value, zh } from './rdf.ts'
import { accessRight, available, chinese, fileType, frequency, mediaType, WITHDRAWN } from './vocabulary.ts'

export const pageOf = (origin: string, slug: string): string => `${origin}/datasets/${slug}`
/** The dataset itself, not the page about it. */
export const datasetIri = (origin: string, slug: string): string => `${pageOf(origin, slug)}#dataset`

export const putOrgan = (document: RdfDocument, organ_name: string, origin: string): Value =>
  document.put({
    id: `${origin}/dcat/organs#${machineName(organ_name)}`,
    types: ['foaf:Agent', 'foaf:Organization'],
    props: { 'foaf:name': zh(organ_name) },
  })

export const putTheme = (document: RdfDocument, theme_title: string, origin: string): Value =>
  document.put({
    id: `${origin}/dcat/themes#${machineName(theme_title)}`,
    types: ['skos:Concept'],
    props: { 'skos:prefLabel': zh(theme_title), 'skos:inScheme': iri(`${origin}/dcat/themes#scheme`) },
  })

export const putThemes = (document: RdfDocument, origin: string): Value =>
  document.put({
    id: `${origin}/dcat/themes#scheme`,
    types: ['skos:ConceptScheme'],
    props: { 'dct:title': zh('主题分类') },
  })

export const putLicence = (document: RdfDocument, id: string, origin: string): Value => {
  const { url, title } = licenceOf(origin, id)
  return document.put({ id: url, types: ['dct:LicenseDocument'], props: { 'dct:title': zh(title) } })
}

const document = (id: string, into: RdfDocument): Value => into.put({ id, types: ['foaf:Document'], props: {} })

const PHONE = /(?<![\d-])0\d{2,3}-\d{7,8}(?!\d)/

const contactOf = (contact: string, organ_name: string): RdfNode => {
  const phone = PHONE.exec(contact)?.[0]
  return {
    types: ['vcard:Organization', 'vcard:Kind'],
    props: {
      'vcard:fn': zh(contact || organ_name),
      ...(phone ? { 'vcard:hasTelephone': iri(`tel:+86-${phone.slice(1)}`) } : {}),
    },
  }
}

interface Telling {
  readonly into: RdfDocument
  readonly dataset: ShelvedDataset
  readonly origin: string
}

/** What every way to the rows has in common. */
const rightsOf = ({ into, dataset: { content }, origin }: Telling) => ({
  'dct:license': putLicence(into, content.licence, origin),
  'dct:rights': {
    types: ['dct:RightsStatement'],
    props: { 'rdfs:label': zh(content.open_condition ?? licenceOf(origin, content.licence).title) },
  },
  'dct:language': chinese(into),
  'dcatap:availability': available(into),
})

const fileNode = (telling: Telling, file: ShelvedFile): Value => {
  const { into, dataset, origin } = telling
  const { slug, edition, title } = dataset
  const { format, bytes, sha256, made_at, media_type } = file
  return into.put({
    id: `${pageOf(origin, slug)}#${format}`,
    types: ['dcat:Distribution'],
    props: {
      'dct:title': zh(`${title}（${formatName(format)}）`),
      'dct:description': zh(`第 ${edition!.edition_no} 版，数据截至 ${edition!.data_on}，${edition!.row_count} 行`),
      'dcat:accessURL': iri(origin + latestHref(slug, format as FileFormat)),
      'dcat:downloadURL': iri(origin + fileHref(slug, edition!.edition_no, format)),
      'dct:format': fileType(into, format),
      'dcat:mediaType': mediaType(into, media_type),
      'dcat:byteSize': typed(bytes, 'nonNegativeInteger'),
      'spdx:checksum': {
        types: ['spdx:Checksum'],
        props: {
          'spdx:algorithm': iri('http://spdx.org/rdf/terms#checksumAlgorithm_sha256'),
          'spdx:checksumValue': typed(sha256, 'hexBinary'),
        },
      },
      'dct:issued': typed(made_at, 'dateTime'),
      'dct:modified': typed(made_at, 'dateTime'),
      ...rightsOf(telling),
    },
  })
}

const rowsNode = (telling: Telling): Value => {
  const { into, dataset, origin } = telling
  const { slug, title, edition } = dataset
  const endpoint = `${origin}/api/v1/datasets/${slug}/rows`
  const service = into.put({
    id: `${pageOf(origin, slug)}#service`,
    types: ['dcat:DataService'],
    props: {
      'dct:title': zh(`${title}查询接口`),
      'dcat:endpointURL': iri(endpoint),
      'dcat:endpointDescription': iri(`${origin}/api/v1/datasets/${slug}/openapi.json`),
      'dcat:servesDataset': iri(datasetIri(origin, slug)),
      'dct:license': putLicence(into, dataset.content.licence, origin),
      'dct:accessRights': accessRight(into, dataset.open_type),
    },
  })
  return into.put({
    id: `${pageOf(origin, slug)}#api`,
    types: ['dcat:Distribution'],
    props: {
      'dct:title': zh(`${title}（查询接口）`),
      'dct:description': zh('按条件查询、选列、排序、汇总'),
      'dcat:accessURL': iri(endpoint),
      'dcat:accessService': service,
      'dct:format': fileType(into, 'api'),
      'dcat:mediaType': mediaType(into, 'application/json'),
      'dct:modified': typed(edition!.carried_at, 'dateTime'),
      ...rightsOf(telling),
    },
  })
}

const editionFacts = ({ edition, editions }: ShelvedDataset) => {
  if (!edition) return {}
  const first = editions.at(-1)!
  return {
    'dcat:version': plain(String(edition.edition_no)),
    'adms:versionNotes': edition.note === '' ? undefined : zh(edition.note),
    'dct:temporal': {
      types: ['dct:PeriodOfTime'],
      props: {
        'dcat:startDate': typed(first.data_on < edition.data_on ? first.data_on : edition.data_on, 'date'),
        'dcat:endDate': typed(edition.data_on, 'date'),
      },
    },
  }
}

/** The edition before, as far as it is still known; only told where one dataset is asked for. */
const previousOf = (telling: Telling): Value | undefined => {
  const { into, dataset, origin } = telling
  const { edition, editions, slug, title } = dataset
  const before = editions.find(({ edition_no }) => edition && edition_no < edition.edition_no)
  if (!before) return undefined
  return into.put({
    id: `${pageOf(origin, slug)}#edition-${before.edition_no}`,
    types: ['dcat:Dataset'],
    props: {
      'dct:title': zh(`${title}（第 ${before.edition_no} 版）`),
      'dct:description': zh(`数据截至 ${before.data_on}，${before.row_count} 行`),
      'dcat:version': plain(String(before.edition_no)),
      'dcat:isVersionOf': iri(datasetIri(origin, slug)),
      'dct:issued': typed(before.carried_at, 'dateTime'),
    },
  })
}

export const putPlace = (document: RdfDocument, origin: string): Value =>
  document.put({
    id: `${origin}/dcat/places#630000`,
    types: ['dct:Location'],
    props: { 'skos:prefLabel': zh('青海省'), 'dct:identifier': plain('630000') },
  })

/** Our own score and the European one, each against what it is measured by. */
const measurementsOf = ({ into, dataset, origin }: Telling): Value[] => {
  const facts = factsOf(dataset)
  const scores = [
    ['quality', '质量（满分 100）', qualityOf(facts, dataset.today).score],
    ['mqa', '元数据质量评估 MQA（满分 405）', mqaOf(facts).score],
  ] as const
  return scores.map(([name, title, score]) => ({
    types: ['dqv:QualityMeasurement'],
    props: {
      'dqv:isMeasurementOf': into.put({
        id: `${origin}/dcat/metrics#${name}`,
        types: ['dqv:Metric'],
        props: { 'skos:prefLabel': zh(title), 'dqv:expectedDataType': iri('http://www.w3.org/2001/XMLSchema#integer') },
      }),
      'dqv:value': typed(score, 'integer'),
    },
  }))
}

export interface DatasetTelling extends Telling {
  readonly withVersions?: boolean
}

/** A dataset as DCAT-AP 3.0.1 describes one. */
export const putDataset = (telling: DatasetTelling): Value => {
  const { into, dataset, origin, withVersions = false } = telling
  const { slug, content, title, organ_name, theme_title, dataset_id, released_on, changed_at, edition, files } = dataset
  return into.put({
    id: datasetIri(origin, slug),
    types: ['dcat:Dataset'],
    props: {
      'dct:title': zh(title),
      'dct:description': zh(content.summary || title),
      'dct:identifier': plain(dataset_id),
      'dcat:keyword': [...new Set(content.keywords)].map(zh),
      'dcat:theme': putTheme(into, theme_title, origin),
      'dct:publisher': putOrgan(into, organ_name, origin),
      'dcat:contactPoint': contactOf(content.contact, organ_name),
      'dct:accessRights': accessRight(into, content.open_type),
      'dct:accrualPeriodicity': frequency(into, content.update_cycle),
      'dcat:landingPage': document(pageOf(origin, slug), into),
      'dct:language': chinese(into),
      'dct:spatial': hasPlaces(edition?.columns ?? []) ? putPlace(into, origin) : undefined,
      'dct:issued': typed(released_on, 'date'),
      'dct:modified': typed(changed_at, 'dateTime'),
      ...editionFacts(dataset),
      'dqv:hasQualityMeasurement': measurementsOf(telling),
      'dcat:previousVersion': withVersions ? previousOf(telling) : undefined,
      'dcat:distribution': edition ? [...files.map((file) => fileNode(telling, file)), rowsNode(telling)] : [],
    },
  })
}

/**
 * What is left of a withdrawn dataset: no dataset any more, hence none to whoever counts datasets, but still at its address.
 * Activity Streams has the word for it; the state is the European one.
 */
export const putTombstone = ({ into, dataset, origin }: Telling): Value => {
  const { slug, title, organ_name, dataset_id, withdrawn_on, withdrawn_reason, changed_at } = dataset
  return into.put({
    id: datasetIri(origin, slug),
    types: ['as:Tombstone'],
    props: {
      'as:formerType': iri('http://www.w3.org/ns/dcat#Dataset'),
      'as:deleted': typed(`${withdrawn_on}T00:00:00+08:00`, 'dateTime'),
      'adms:status': into.put({ id: WITHDRAWN, types: ['skos:Concept'], props: { 'skos:prefLabel': zh('已撤回') } }),
      'dct:title': zh(title),
      'dct:description': zh(withdrawn_reason ?? ''),
      'dct:identifier': plain(dataset_id),
      'dct:publisher': putOrgan(into, organ_name, origin),
      'dct:modified': typed(changed_at, 'dateTime'),
    },
  })
}

/** One dataset, or what is left of it, as a document of its own. */
export const datasetDocument = (dataset: ShelvedDataset, origin: string): RdfDocument => {
  const into = new RdfDocument()
  const telling = { into, dataset, origin, withVersions: true }
  if (dataset.state === 'open') putDataset(telling)
  else putTombstone(telling)
  return into
}
