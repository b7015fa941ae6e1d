import type { SiteColumn } from '@sanjiang/contract/site'
import { columnKind } from '@sanjiang/contract/site.column'
import { STATUS_ABOUT } from '@sanjiang/contract/site.status'
import { machineName, stableId, TABLE_TYPES } from '../names.ts'
import { mqaOf } from '../quality/mqa.rules.ts'
import { qualityOf } from '../quality/quality.rules.ts'
import { factsOf } from '../quality/quality.view.ts'
import type { ShelvedDataset, ShelvedFile } from '../shelf/shelf.store.ts'
import { formatName } from '../shelf/shelf.ts'
import { licenceOf } from './ckan.licence.ts'

/** As CKAN writes instants: UTC, microseconds, no zone. */
export const naive = (instant: string): string =>
  instant.length === 10 ? `${instant}T00:00:00.000000` : `${instant.replace('Z', '')}000`

export const organId = (organ_name: string): string => stableId('organ', organ_name)
export const themeId = (theme_title: string): string => stableId('theme', theme_title)
/** A resource keeps its id from edition to edition: the format of a dataset, or its interface (`api`). */
export const resourceId = (dataset_id: string, kind: string): string => stableId('resource', dataset_id, kind)

export const fieldsOf = (columns: readonly SiteColumn[]) =>
  columns.map(({ unit, status_of, ...column }) => ({
    name: column.name,
    type: TABLE_TYPES[columnKind(column)],
    title: column.title,
    ...(unit ? { unit } : {}),
    ...(status_of ? { status_of, notes: STATUS_ABOUT } : {}),
  }))

export const organizationOf = (organ_name: string, origin: string) => ({
  id: organId(organ_name),
  name: machineName(organ_name),
  title: organ_name,
  type: 'organization',
  description: '',
  image_url: '',
  created: '2017-01-01T00:00:00.000000',
  is_organization: true,
  approval_status: 'approved',
  state: 'active',
  url: `${origin}/search?q=${encodeURIComponent(organ_name)}`,
})

export const groupOf = (theme_title: string) => ({
  id: themeId(theme_title),
  name: machineName(theme_title),
  title: theme_title,
  display_name: theme_title,
  description: '',
  image_display_url: '',
})

export const tagOf = (name: string) => ({
  id: stableId('tag', name),
  name,
  display_name: name,
  state: 'active',
  vocabulary_id: null,
})

const resourceBase = ({ dataset_id, changed_at }: ShelvedDataset, kind: string) => ({
  id: resourceId(dataset_id, kind),
  package_id: dataset_id,
  state: 'active',
  cache_url: null,
  cache_last_updated: null,
  mimetype_inner: null,
  metadata_modified: naive(changed_at),
  url_type: null,
})

const ACCESS = { unconditional: '', conditional: '（有条件开放：凭申请所得密钥）' } as const

const fileResource = (
  dataset: ShelvedDataset,
  { format, media_type, bytes, sha256, made_at }: ShelvedFile,
  origin: string,
) => {
  const { slug, edition, open_type, title } = dataset
  return {
    ...resourceBase(dataset, format),
    name: `${title}（${formatName(format)}）`,
    description: `第 ${edition!.edition_no} 版，数据截至 ${edition!.data_on}，${edition!.row_count} 行${ACCESS[open_type]}`,
    format: formatName(format),
    mimetype: media_type,
    size: bytes,
    hash: `sha256:${sha256}`,
    hash_algorithm: 'http://spdx.org/rdf/terms#checksumAlgorithm_sha256',
    url: `${origin}/datasets/${slug}/latest.${format}`,
    version_url: `${origin}/datasets/${slug}/files/${edition!.edition_no}/${slug}.${format}`,
    resource_type: 'file',
    datastore_active: format === 'csv' && open_type === 'unconditional',
    created: naive(made_at),
    last_modified: naive(made_at),
    ...(format === 'csv' ? { schema: { fields: fieldsOf(edition!.columns) } } : {}),
  }
}

const apiResource = (dataset: ShelvedDataset, origin: string) => {
  const { slug, edition, open_type } = dataset
  return {
    ...resourceBase(dataset, 'api'),
    name: '查询接口',
    description: `按条件查询、选列、排序、汇总${ACCESS[open_type]}`,
    format: 'API',
    mimetype: 'application/json',
    size: null,
    hash: '',
    url: `${origin}/api/v1/datasets/${slug}/rows`,
    resource_type: 'api',
    datastore_active: open_type === 'unconditional',
    created: naive(edition!.carried_at),
    last_modified: naive(edition!.carried_at),
    schema: { fields: fieldsOf(edition!.columns) },
  }
}

/** Files of the current edition, then the interface that answers with its rows. */
export const resourcesOf = (dataset: ShelvedDataset, origin: string) => {
  const { edition, files } = dataset
  const all = edition ? [...files.map((file) => fileResource(dataset, file, origin)), apiResource(dataset, origin)] : []
  return all.map((one, position) => ({ ...one, position }))
}

const qualityExtras = (dataset: ShelvedDataset) => {
  const facts = factsOf(dataset)
  const { score, level, judgements } = qualityOf(facts, dataset.today)
  return {
    quality_score: score,
    quality_level: level,
    quality_reasons: judgements.map(({ text }) => text).join('；'),
    mqa_score: mqaOf(facts).score,
  }
}

const extrasOf = (dataset: ShelvedDataset) => {
  const { content, edition, open_type, theme_title } = dataset
  return Object.entries({
    open_type,
    open_condition: content.open_condition,
    theme: theme_title,
    update_frequency: content.update_cycle,
    publisher_name: content.organ_name,
    edition_no: edition?.edition_no,
    data_on: edition?.data_on,
    row_count: edition?.row_count,
    ...qualityExtras(dataset),
  }).flatMap(([key, value]) => (value === null || value === undefined ? [] : [{ key, value: String(value) }]))
}

/** A dataset as CKAN's clients know one. */
export const packageOf = (dataset: ShelvedDataset, origin: string) => {
  const { dataset_id, slug, title, content, organ_name, theme_title, released_on, changed_at, edition } = dataset
  const licence = licenceOf(origin, content.licence)
  const resources = resourcesOf(dataset, origin)
  const tags = [...new Set(content.keywords)].map(tagOf)
  return {
    id: dataset_id,
    name: slug,
    title,
    notes: content.summary,
    url: `${origin}/datasets/${slug}`,
    version: edition ? String(edition.edition_no) : '',
    type: 'dataset',
    state: 'active',
    private: false,
    isopen: licence.is_okd_compliant,
    author: organ_name,
    author_email: null,
    maintainer: content.contact,
    maintainer_email: null,
    license_id: licence.id,
    license_title: licence.title,
    license_url: licence.url,
    creator_user_id: null,
    owner_org: organId(organ_name),
    organization: organizationOf(organ_name, origin),
    metadata_created: naive(released_on),
    metadata_modified: naive(changed_at),
    num_resources: resources.length,
    num_tags: tags.length,
    tags,
    groups: [groupOf(theme_title)],
    extras: extrasOf(dataset),
    resources,
    relationships_as_subject: [],
    relationships_as_object: [],
  }
}
