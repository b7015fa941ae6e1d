import type { SiteColumn, SiteHead } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import { type FileFormat, fileHref, latestHref } from '@sanjiang/contract/site.file'
import { SITE_NAME } from '@sanjiang/contract/site.name'
import { columnRemark, STATUS_CODES } from '@sanjiang/contract/site.status'
import { licenceOf } from '../ckan/ckan.licence.ts'
import { datasetIri, pageOf } from '../dcat/dcat.dataset.ts'
import { TABLE_TYPES } from '../names.ts'
import type { ShelvedDataset, ShelvedFile } from '../shelf/shelf.store.ts'
import { formatName } from '../shelf/shelf.ts'

/** Beijing wall time, without a zone. */
const WALL_TIME = '%Y-%m-%dT%H:%M:%S'

const tableField = (column: SiteColumn) => {
  const { name, title, length, status_of } = column
  const kind = columnKind(column)
  const described = { name, title, description: columnRemark(column) || undefined }
  if (status_of !== undefined)
    return { ...described, type: 'string', constraints: { required: true, enum: STATUS_CODES } }
  return {
    ...{ ...described, type: TABLE_TYPES[kind] },
    ...(kind === 'time' ? { format: WALL_TIME } : {}),
    ...(kind === 'text' && length ? { constraints: { maxLength: length } } : {}),
  }
}

const keyOf = (columns: readonly SiteColumn[]): string[] =>
  columns.filter(({ role }) => role === 'key').map(({ name }) => name)

const tableSchema = (columns: readonly SiteColumn[]) => {
  const primaryKey = keyOf(columns)
  return { fields: columns.map(tableField), missingValues: [''], ...(primaryKey.length > 0 ? { primaryKey } : {}) }
}

const packageResource = ({ slug, edition }: ShelvedDataset, file: ShelvedFile, origin: string) => ({
  name: file.format,
  path: origin + fileHref(slug, edition!.edition_no, file.format),
  format: file.format,
  mediatype: file.media_type.split(';')[0]!.trim(),
  bytes: file.bytes,
  hash: `sha256:${file.sha256}`,
  ...(file.format === 'csv'
    ? {
        type: 'table',
        encoding: 'utf-8',
        dialect: { delimiter: ',', lineTerminator: '\n', header: true },
        schema: tableSchema(edition!.columns),
      }
    : {}),
})

/** The dataset as a Data Package, version 2 of that standard. */
export const dataPackageOf = (dataset: ShelvedDataset, origin: string) => {
  const { dataset_id, slug, title, content, organ_name, edition, files, changed_at } = dataset
  const { title: licence, url } = licenceOf(origin, content.licence)
  return {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: slug.toLowerCase(),
    id: dataset_id,
    title,
    description: content.summary,
    homepage: pageOf(origin, slug),
    version: edition ? String(edition.edition_no) : '0',
    created: edition?.carried_at ?? changed_at,
    keywords: content.keywords,
    licenses: [{ name: content.licence, title: licence, path: url }],
    contributors: [{ title: organ_name, roles: ['publisher'] }],
    sources: [{ title: organ_name, path: pageOf(origin, slug) }],
    resources: files.map((file) => packageResource(dataset, file, origin)),
  }
}

const CSVW_TYPES: Readonly<Record<ColumnKind, unknown>> = {
  ...{ text: 'string', number: 'decimal', integer: 'integer', date: 'date', flag: 'boolean', shape: 'json' },
  time: { base: 'dateTime', format: 'yyyy-MM-ddTHH:mm:ss' },
}

const csvwColumn = (column: SiteColumn) => {
  const { name, title, status_of } = column
  const described = { name, titles: name, 'dc:title': title, 'dc:description': columnRemark(column) || undefined }
  if (status_of !== undefined)
    return {
      ...{ ...described, required: true, datatype: { base: 'string', format: STATUS_CODES.join('|') } },
      propertyUrl: 'http://purl.org/linked-data/sdmx/2009/attribute#obsStatus',
    }
  return { ...described, datatype: CSVW_TYPES[columnKind(column)] }
}

/** Metadata of the CSV file (CSV on the Web): what each of its columns is. */
export const csvwOf = (dataset: ShelvedDataset, csv: ShelvedFile, origin: string) => {
  const { slug, title, content, organ_name, edition } = dataset
  const columns = edition!.columns
  const primaryKey = keyOf(columns)
  return {
    '@context': ['http://www.w3.org/ns/csvw', { '@language': 'zh' }],
    url: origin + fileHref(slug, edition!.edition_no, csv.format),
    'dc:title': title,
    'dc:description': content.summary,
    'dc:publisher': organ_name,
    'dc:license': { '@id': licenceOf(origin, content.licence).url },
    'dc:modified': { '@value': edition!.carried_at, '@type': 'xsd:dateTime' },
    dialect: { encoding: 'utf-8', delimiter: ',', header: true, headerRowCount: 1, lineTerminators: ['\n', '\r\n'] },
    tableSchema: {
      columns: columns.map(csvwColumn),
      ...(primaryKey.length > 0 ? { primaryKey } : {}),
    },
  }
}

const download = ({ slug, title }: ShelvedDataset, file: ShelvedFile, origin: string) => ({
  '@type': 'DataDownload',
  name: `${title}（${formatName(file.format)}）`,
  encodingFormat: file.media_type.split(';')[0],
  contentUrl: origin + latestHref(slug, file.format as FileFormat),
  contentSize: String(file.bytes),
  sha256: file.sha256,
  uploadDate: file.made_at,
})

const schemaOrg = (dataset: ShelvedDataset, origin: string): Record<string, unknown> => {
  const { dataset_id, slug, title, content, organ_name, edition, files, released_on, changed_at, theme_title } = dataset
  const organ = { '@type': 'GovernmentOrganization', name: organ_name }
  return {
    '@context': 'https://schema.org',
    '@type': 'Dataset',
    '@id': datasetIri(origin, slug),
    name: title,
    description: content.summary,
    url: pageOf(origin, slug),
    identifier: dataset_id,
    keywords: [theme_title, ...content.keywords],
    inLanguage: 'zh-CN',
    license: licenceOf(origin, content.licence).url,
    isAccessibleForFree: true,
    conditionsOfAccess: content.open_condition ?? undefined,
    creator: organ,
    publisher: organ,
    datePublished: released_on,
    dateModified: changed_at,
    version: edition ? String(edition.edition_no) : undefined,
    temporalCoverage: edition ? `../${edition.data_on}` : undefined,
    includedInDataCatalog: { '@type': 'DataCatalog', name: SITE_NAME, url: `${origin}/` },
    variableMeasured: edition?.columns
      .filter(({ role }) => role === 'measure')
      .map(({ name, title: label, unit }) => ({
        '@type': 'PropertyValue',
        name,
        description: label,
        unitText: unit ?? undefined,
      })),
    distribution: files.map((file) => download(dataset, file, origin)),
  }
}

/** The head of a dataset's page: where it stands, the same in other writings, and what search engines read. */
export const datasetHead = (dataset: ShelvedDataset, origin: string): SiteHead => {
  const page = pageOf(origin, dataset.slug)
  const csv = dataset.files.some(({ format }) => format === 'csv')
  return {
    canonical: page,
    alternates: [
      { type: 'text/turtle', href: `${page}.ttl`, title: 'DCAT（Turtle）' },
      { type: 'application/ld+json', href: `${page}.jsonld`, title: 'DCAT（JSON-LD）' },
      { type: 'application/atom+xml', href: `${page}/feed.atom`, title: '新的版次（Atom）' },
      { type: 'application/json', href: `${page}/datapackage.json`, title: 'Data Package' },
      ...(csv ? [{ type: 'application/csvm+json', href: `${page}/csvw.json`, title: 'CSV on the Web' }] : []),
    ],
    json_ld: schemaOrg(dataset, origin),
  }
}

/** The head of the first page: the site, how it is searched, what is new. */
export const homeHead = (origin: string): SiteHead => ({
  canonical: `${origin}/`,
  alternates: [
    { type: 'application/atom+xml', href: `${origin}/feed.atom`, title: '新发布与有变动的数据集（Atom）' },
    { type: 'text/turtle', href: `${origin}/dcat/catalog.ttl`, title: '全部目录（DCAT）' },
  ],
  json_ld: {
    '@context': 'https://schema.org',
    '@graph': [
      {
        '@type': 'WebSite',
        '@id': `${origin}/#site`,
        url: `${origin}/`,
        name: SITE_NAME,
        inLanguage: 'zh-CN',
        potentialAction: {
          '@type': 'SearchAction',
          target: { '@type': 'EntryPoint', urlTemplate: `${origin}/search?q={search_term_string}` },
          'query-input': 'required name=search_term_string',
        },
      },
      {
        '@type': 'DataCatalog',
        '@id': `${origin}/dcat/catalog#catalog`,
        name: `${SITE_NAME}目录`,
        url: `${origin}/`,
      },
    ],
  },
})
