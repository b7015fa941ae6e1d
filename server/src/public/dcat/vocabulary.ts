import type { RdfDocument, Value } from './rdf.ts'

/** Words of the European authority tables and of IANA that readers of DCAT-AP expect. */
const EU = 'http://publications.europa.eu/resource/authority'

const FREQUENCIES: Readonly<Record<string, string>> = {
  realtime: 'UPDATE_CONT',
  daily: 'DAILY',
  weekly: 'WEEKLY',
  monthly: 'MONTHLY',
  quarterly: 'QUARTERLY',
  half_yearly: 'ANNUAL_2',
  yearly: 'ANNUAL',
  irregular: 'IRREG',
  none: 'NEVER',
}
const FILE_TYPES: Readonly<Record<string, string>> = {
  csv: 'CSV',
  xlsx: 'XLSX',
  json: 'JSON',
  jsonl: 'JSONL',
  xml: 'XML',
  ttl: 'RDF_TURTLE',
  geojson: 'GEOJSON',
  parquet: 'PARQUET',
  api: 'JSON',
}

const named = (document: RdfDocument, id: string, type: string): Value => document.put({ id, types: [type], props: {} })

export const frequency = (document: RdfDocument, cycle: string | null): Value | undefined => {
  const code = FREQUENCIES[cycle ?? '']
  return code ? named(document, `${EU}/frequency/${code}`, 'dct:Frequency') : undefined
}

export const fileType = (document: RdfDocument, format: string): Value | undefined => {
  const code = FILE_TYPES[format]
  return code ? named(document, `${EU}/file-type/${code}`, 'dct:MediaTypeOrExtent') : undefined
}

export const mediaType = (document: RdfDocument, media: string): Value =>
  named(document, `https://www.iana.org/assignments/media-types/${media.split(';')[0]!.trim()}`, 'dct:MediaType')

export const accessRight = (document: RdfDocument, openType: string): Value =>
  named(document, `${EU}/access-right/${openType === 'unconditional' ? 'PUBLIC' : 'RESTRICTED'}`, 'dct:RightsStatement')

export const chinese = (document: RdfDocument): Value => named(document, `${EU}/language/ZHO`, 'dct:LinguisticSystem')

export const available = (document: RdfDocument): Value => {
  const id = `${EU}/planned-availability/STABLE`
  return document.put({ id, types: ['skos:Concept'], props: { 'skos:prefLabel': { text: 'stable', lang: 'en' } } })
}

/** What was withdrawn, in the European words for the state of a dataset. */
export const WITHDRAWN = `${EU}/dataset-status/WITHDRAWN`
