import {
  AUDIENCES,
  BASIS_KINDS,
  type Basis,
  CENSUS_KEYS,
  type Census,
  type ResourceDetail,
  type StandardField,
} from '@sanjiang/contract/catalog'
import { valueAt } from '@sanjiang/contract/catalog.rule-kit'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Facts } from '../../../ui/page-head.tsx'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { useStandardVersion } from './edition/edition.query.ts'
import { type TitleOf, titlesOf } from './standard.query.ts'

export const basisText = (basis: Basis): string =>
  `${BASIS_KINDS.titles[basis.kind]}：${basis.title} ${basis.clause}${basis.document_no ? `（${basis.document_no}）` : ''}`

const CensusTable = ({ census, fields }: { census: Census; fields: readonly StandardField[] }) => (
  <dl className="census">
    {CENSUS_KEYS.map((key) => (
      <div key={key}>
        <dt>{fields.find((field) => field.key === key)?.title ?? key}</dt>
        <dd className="num">{census[key] ?? '—'}</dd>
      </div>
    ))}
  </dl>
)

const Related = ({ resource }: { resource: ResourceDetail }) => (
  <>
    {resource.related.map(({ code, name, resource_id }) => (
      <div key={code}>
        {resource_id ? <Link to={`/catalog/resources/${resource_id}`}>{name ?? code}</Link> : code}{' '}
        <span className="mono muted">{name && code}</span>
      </div>
    ))}
  </>
)

type Render = (resource: ResourceDetail, titleOf: TitleOf) => ReactNode

/** Fields whose value is more than text or a code of a list. */
const SPECIAL: Record<string, Render> = {
  class_code: ({ class_path, content }) =>
    content.class_code && `${class_path.map(({ title }) => title).join(' › ')}（${content.class_code}）`,
  code: ({ code }) => (code ? <span className="mono">{code}</span> : '平台审核通过时赋码'),
  provider_organ_id: ({ provider_name }) => provider_name,
  provider_code: ({ provider_code }) => provider_code && <span className="mono">{provider_code}</span>,
  items: ({ content }) => `${content.items.length} 项，见上表`,
  share_type: ({ content }) => <ShareTag type={content.share_type} />,
  share_basis: ({ content }) => content.share_basis && <b>{basisText(content.share_basis)}</b>,
  published_on: ({ published_on }) => published_on,
  related_codes: (resource) => resource.related.length > 0 && <Related resource={resource} />,
  keywords: ({ content }) => content.keywords.join('、'),
}

const shownOf = (resource: ResourceDetail, field: StandardField, titleOf: TitleOf): ReactNode => {
  const special = SPECIAL[field.key]
  if (special) return special(resource, titleOf)
  const value = valueAt(resource.content as Record<string, unknown>, field.key)
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (Array.isArray(value)) return value.map((one) => titleOf(field.enumeration ?? '', String(one))).join('、')
  return field.enumeration ? titleOf(field.enumeration, String(value)) : String(value)
}

/** The core metadata in the order of the standard, whatever that order is in the version in force. */
export const ResourceMetadata = ({ resource }: { resource: ResourceDetail }) => {
  // By the version it was written under: what a dialect added is shown with its title, whatever is in force today.
  const { id, version } = resource.standard
  const { data: standard } = useStandardVersion({ standard: id, version })
  if (!standard) return null
  const titleOf = titlesOf(standard)
  const rows = standard.fields
    .filter(({ key }) => key !== 'census')
    .map((field) => [field.title, shownOf(resource, field, titleOf)] as const)
  const { census } = resource.content
  return (
    <>
      <Facts
        of={[
          ...rows,
          ['可见范围', AUDIENCES.titles[resource.content.audience]],
          [
            '依据标准',
            `${resource.standard.title}（${resource.standard.document_no}）第 ${resource.standard.version} 版`,
          ],
          ['首次发布', resource.first_published_on],
          ['编制', `${resource.compiled_by_name}，${resource.compiled_on}`],
        ]}
      />
      {census && (
        <>
          <h3>普查六项</h3>
          <CensusTable census={census} fields={standard.census_fields} />
        </>
      )}
    </>
  )
}
