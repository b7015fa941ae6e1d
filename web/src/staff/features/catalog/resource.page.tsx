import { COPIES, getResource, type ResourceDetail } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link, useParams, useSearchParams } from 'react-router'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { methodsText, ResourceStateTag } from './catalog.words.tsx'
import { TransitionNote } from './edition/transition-note.tsx'
import { ItemTable } from './item-table.tsx'
import { ResourceActions } from './resource-actions.tsx'
import { ResourceExchange, ResourceLineage } from './resource-exchange.tsx'
import { ResourceHistory } from './resource-history.tsx'
import { ResourceMetadata } from './resource-metadata.tsx'
import { ResourceQuality } from './resource-quality.tsx'
import { ResourceService } from './resource-service.tsx'
import { ResourceSources } from './resource-sources.tsx'
import { ResourceUse } from './resource-use.tsx'
import { ResourceVersions } from './resource-versions.tsx'
import { useTitles } from './standard.query.ts'
import './resource.css'

const copyOf = (text: string | null) => COPIES.codes.find((one) => one === text)

/** Two copies may exist side by side; the reader must know which one this is. */
const CopyNote = ({ resource }: { resource: ResourceDetail }) => {
  if (resource.copy === 'working' && resource.published_version !== null)
    return (
      <Alert
        type="info"
        showIcon
        title="这是修订中的版本，尚未发布"
        description={<Link to="?copy=published">查看现行的第 {resource.published_version} 版</Link>}
      />
    )
  if (resource.copy === 'published' && resource.is_revising && resource.can.length > 0)
    return (
      <Alert
        type="info"
        showIcon
        title="此条目正在修订"
        description={<Link to="?copy=working">查看修订中的版本</Link>}
      />
    )
  if (resource.state === 'withdrawn')
    return <Alert type="warning" showIcon title="此条目已下架" description={resource.withdraw_reason} />
  return null
}

/** Where it is kept and mended, when not here. */
const OriginNote = ({ origin }: { origin: NonNullable<ResourceDetail['origin']> }) => (
  <Alert
    type="info"
    showIcon
    title="此条目由其他目录汇聚而来，在本平台只读；内容有误请向来源反映"
    description={
      <>
        来源：<Link to={`/catalog/harvest/${origin.source_id}`}>{origin.source_name}</Link>
        {origin.record_url && (
          <>
            ，<a href={origin.record_url}>原记录</a>
          </>
        )}
      </>
    }
  />
)

const KeyFigures = ({ resource }: { resource: ResourceDetail }) => {
  const titleOf = useTitles()
  const { content } = resource
  const kinds = Map.groupBy(content.items, ({ share_type }) => share_type ?? '')
  return (
    <ul className="figures">
      <li>
        <b>{content.items.length}</b>
        <span>
          信息项：无条件 {kinds.get('unconditional')?.length ?? 0}，有条件 {kinds.get('conditional')?.length ?? 0}，不予{' '}
          {kinds.get('withheld')?.length ?? 0}
        </span>
      </li>
      <li>
        <b>{titleOf('update_cycle', content.update_cycle)}</b>
        <span>更新周期</span>
      </li>
      <li>
        <b>{methodsText(resource.attached_methods)}</b>
        <span>挂接方式</span>
      </li>
      <li>
        <b>{resource.version === null ? '未发布' : `第 ${resource.version} 版`}</b>
        <span>{resource.published_on ? `${resource.published_on} 发布` : '尚无发布日期'}</span>
      </li>
    </ul>
  )
}

const View = ({ resource }: { resource: ResourceDetail }) => (
  <div className="page">
    <PageHead
      crumbs={[
        { title: '目录', to: '/catalog/search' },
        ...resource.class_path.map(({ code, title }) => ({ title, to: `/catalog/search?class=${code}` })),
      ]}
      title={resource.content.name || '（未命名）'}
      sub={
        <span className="row">
          <ShareTag type={resource.content.share_type} />
          <ResourceStateTag state={resource.state} isRevising={resource.is_revising} />
          <span>{resource.provider_name}</span>
          <span className="mono">{resource.code ?? '尚未赋码'}</span>
        </span>
      }
      actions={<ResourceActions resource={resource} />}
    />
    <CopyNote resource={resource} />
    {resource.state === 'published' && resource.copy === 'published' && <TransitionNote id={resource.resource_id} />}
    {resource.origin && <OriginNote origin={resource.origin} />}
    <p className="resource-summary">{resource.content.summary}</p>
    <KeyFigures resource={resource} />
    <Panel title="信息项">
      <ItemTable items={resource.content.items} content={resource.content} />
    </Panel>
    {resource.state === 'published' && (
      <ResourceSources id={resource.resource_id} canEdit={resource.can.includes('revise')} />
    )}
    <div className="resource-split">
      <Panel title="核心元数据">
        <ResourceMetadata resource={resource} />
      </Panel>
      <div>
        {resource.state === 'published' && (
          <ResourceQuality id={resource.resource_id} organId={resource.provider_organ_id} />
        )}
        {resource.state === 'published' && <ResourceService id={resource.resource_id} />}
        {resource.state === 'published' && <ResourceExchange resource={resource} />}
        {resource.state === 'published' && <ResourceUse id={resource.resource_id} />}
      </div>
    </div>
    {resource.state === 'published' && <ResourceLineage id={resource.resource_id} />}
    {resource.published_version !== null && <ResourceVersions id={resource.resource_id} />}
    <ResourceHistory id={resource.resource_id} />
  </div>
)

export const ResourcePage = () => {
  const { id = '' } = useParams()
  const [params] = useSearchParams()
  const copy = copyOf(params.get('copy'))
  const query = useQuery({
    queryKey: ['catalog', 'resource', id, copy ?? ''],
    queryFn: () => call(getResource, { params: { id }, query: { copy } }),
  })
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <div className="page">
        <PageHead title="资源详情" crumbs={[{ title: '目录', to: '/catalog/search' }]} />
        <ErrorAlert error={query.error} />
      </div>
    )
  return <View resource={query.data} />
}
