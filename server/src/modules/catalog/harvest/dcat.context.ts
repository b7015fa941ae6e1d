/** The contexts DCAT catalogues name, kept here: nothing is fetched because a document says so. */
const DCAT_CONTEXT = {
  '@context': {
    dcat: 'http://www.w3.org/ns/dcat#',
    dct: 'http://purl.org/dc/terms/',
    dcterms: 'http://purl.org/dc/terms/',
    foaf: 'http://xmlns.com/foaf/0.1/',
    vcard: 'http://www.w3.org/2006/vcard/ns#',
    skos: 'http://www.w3.org/2004/02/skos/core#',
    org: 'http://www.w3.org/ns/org#',
    hydra: 'http://www.w3.org/ns/hydra/core#',
    xsd: 'http://www.w3.org/2001/XMLSchema#',
    Catalog: 'dcat:Catalog',
    Dataset: 'dcat:Dataset',
    Distribution: 'dcat:Distribution',
    title: 'dct:title',
    description: 'dct:description',
    identifier: 'dct:identifier',
    issued: 'dct:issued',
    modified: 'dct:modified',
    publisher: { '@id': 'dct:publisher', '@type': '@id' },
    name: 'foaf:name',
    keyword: 'dcat:keyword',
    accrualPeriodicity: { '@id': 'dct:accrualPeriodicity', '@type': '@id' },
    landingPage: { '@id': 'dcat:landingPage', '@type': '@id' },
    dataset: { '@id': 'dcat:dataset', '@type': '@id' },
    distribution: { '@id': 'dcat:distribution', '@type': '@id' },
    format: 'dct:format',
    mediaType: 'dcat:mediaType',
    accessURL: { '@id': 'dcat:accessURL', '@type': '@id' },
    downloadURL: { '@id': 'dcat:downloadURL', '@type': '@id' },
  },
} as const

const KNOWN = [
  'https://www.w3.org/ns/dcat',
  'http://www.w3.org/ns/dcat',
  'https://www.w3.org/ns/dcat.jsonld',
  'https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld',
]

export const knownContext = (url: string): object | undefined => {
  const plain = url.replace(/[#/]+$/, '')
  return KNOWN.includes(plain) ? DCAT_CONTEXT : undefined
}
