import type { ResourceDetail } from '@sanjiang/contract/catalog'

const SHARE: Readonly<Record<string, string>> = {
  unconditional: '无条件共享',
  conditional: '有条件共享',
  withheld: '不予共享',
}
/** Update cycles as the frequency vocabulary of the EU names them, which DCAT profiles read. */
const FREQUENCY: Readonly<Record<string, string>> = {
  realtime: 'CONT',
  daily: 'DAILY',
  weekly: 'WEEKLY',
  monthly: 'MONTHLY',
  quarterly: 'QUARTERLY',
  half_yearly: 'ANNUAL_2',
  yearly: 'ANNUAL',
  irregular: 'IRREG',
  none: 'NEVER',
}
const FREQUENCY_BASE = 'http://publications.europa.eu/resource/authority/frequency/'

/** A published entry as a DCAT dataset; what DCAT has no word for stands under `sj:`. */
export const toJsonLd = ({ content, ...detail }: ResourceDetail): object => ({
  '@context': {
    dcat: 'http://www.w3.org/ns/dcat#',
    dct: 'http://purl.org/dc/terms/',
    foaf: 'http://xmlns.com/foaf/0.1/',
    xsd: 'http://www.w3.org/2001/XMLSchema#',
    sj: 'urn:sanjiang:catalog:',
  },
  '@id': `urn:sanjiang:resource:${detail.code}`,
  '@type': 'dcat:Dataset',
  'dct:identifier': detail.code,
  'dct:title': { '@value': content.name, '@language': 'zh' },
  'dct:description': { '@value': content.summary ?? '', '@language': 'zh' },
  'dct:publisher': {
    '@type': 'foaf:Organization',
    'dct:identifier': detail.provider_code,
    'foaf:name': { '@value': detail.provider_name, '@language': 'zh' },
  },
  'dcat:keyword': content.keywords,
  'dcat:theme': detail.class_path.map(({ code, title }) => ({
    '@id': `urn:sanjiang:class:${code}`,
    'dct:title': title,
  })),
  'dct:accrualPeriodicity': { '@id': FREQUENCY_BASE + (FREQUENCY[content.update_cycle ?? ''] ?? 'UNKNOWN') },
  'dct:issued': { '@value': detail.first_published_on, '@type': 'xsd:date' },
  'dct:modified': { '@value': detail.published_on, '@type': 'xsd:date' },
  'dcat:version': String(detail.version),
  'dct:conformsTo': `${detail.standard.title}（${detail.standard.document_no}）`,
  'dct:relation': content.related_codes.map((code) => ({ '@id': `urn:sanjiang:resource:${code}` })),
  'sj:shareType': SHARE[content.share_type ?? ''] ?? content.share_type,
  'sj:shareCondition': content.share_condition,
  'sj:shareBasis': content.share_basis,
  'sj:openType': content.open_type,
  'sj:format': `${content.format_category}/${content.format_type}`,
  ...(content.extension ? { 'sj:extension': content.extension } : {}),
  'sj:item': content.items.map((item) => ({
    'dct:title': item.name,
    'sj:nameEn': item.name_en,
    'sj:dataType': item.data_type,
    'sj:length': item.length,
    'sj:shareType': item.share_type,
    'sj:openType': item.open_type,
    'sj:basis': item.withheld_basis,
  })),
})
