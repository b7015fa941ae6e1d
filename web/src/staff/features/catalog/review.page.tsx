import {
  approveResource,
  checkResource,
  diffResource,
  type Finding,
  getResource,
  publishResource,
  type ResourceDetail,
  rejectResource,
  returnResource,
} from '@sanjiang/contract/catalog'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useNavigate, useParams } from 'react-router'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { ResourceStateTag } from './catalog.words.tsx'
import { FieldChanges } from './field-changes.tsx'
import { FindingList } from './finding-list.tsx'
import { ItemTable } from './item-table.tsx'
import { ResourceHistory } from './resource-history.tsx'
import { ResourceMetadata } from './resource-metadata.tsx'
import { type Act, ReviewForm } from './review-form.tsx'
import './resource.css'

/** Both stages look alike and differ in verbs: the department approves or returns, the platform publishes or rejects. */
const actOf = ({ can, resource_id: id }: ResourceDetail): Act | null => {
  if (can.includes('publish'))
    return {
      stage: '平台审核',
      yes: '通过并发布',
      pass: (opinion) => call(publishResource, { params: { id }, body: { opinion } }),
      refuse: (reason) => call(rejectResource, { params: { id }, body: { reason } }),
    }
  if (can.includes('approve'))
    return {
      stage: '部门审核',
      yes: '通过，送平台审核',
      pass: (opinion) => call(approveResource, { params: { id }, body: { opinion } }),
      refuse: (reason) => call(returnResource, { params: { id }, body: { reason } }),
    }
  return null
}

const Changes = ({ resource }: { resource: ResourceDetail }) => {
  const from = resource.published_version
  const query = useQuery({
    queryKey: ['catalog', 'diff', resource.resource_id, from, 'working', resource.revision],
    queryFn: () => call(diffResource, { params: { id: resource.resource_id }, query: { from: from! } }),
    enabled: from !== null,
  })
  if (from === null) return null
  return (
    <Panel title={`与现行第 ${from} 版的差异`}>
      <Loaded query={query}>{(changes) => <FieldChanges changes={changes} />}</Loaded>
    </Panel>
  )
}

const Findings = ({ id }: { id: string }) => {
  const query = useQuery({
    queryKey: ['catalog', 'findings', id],
    queryFn: (): Promise<Finding[]> => call(checkResource, { params: { id } }),
  })
  return (
    <Panel title="规则检查">
      <Loaded query={query}>{(findings) => <FindingList findings={findings} />}</Loaded>
    </Panel>
  )
}

const View = ({ resource }: { resource: ResourceDetail }) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const act = actOf(resource)
  const done = async () => {
    await client.invalidateQueries()
    navigate('/catalog/resources?waiting=1')
  }
  return (
    <div className="page">
      <PageHead
        crumbs={[{ title: '编目与审核', to: '/catalog/resources' }, { title: act?.stage ?? '审核' }]}
        title={resource.content.name || '（未命名）'}
        sub={
          <span className="row">
            <ShareTag type={resource.content.share_type} />
            <ResourceStateTag state={resource.state} isRevising={resource.is_revising} />
            <span>{resource.provider_name}</span>
            <span>
              {resource.submitted_by_name ?? resource.compiled_by_name} {resource.submitted_on} 提交
            </span>
          </span>
        }
      />
      {act ? (
        <ReviewForm act={act} onDone={done} />
      ) : (
        <Alert
          type="info"
          showIcon
          title="现在不由您审核"
          description="条目不在您负责的审核环节；或者它是您编制、您所在部门提交的，按职责分离须由他人审核。"
        />
      )}
      <Findings id={resource.resource_id} />
      <Changes resource={resource} />
      <p className="resource-summary">{resource.content.summary}</p>
      <Panel title={`信息项（${resource.content.items.length}）`}>
        <ItemTable items={resource.content.items} content={resource.content} />
      </Panel>
      <Panel title="核心元数据">
        <ResourceMetadata resource={resource} />
      </Panel>
      <ResourceHistory id={resource.resource_id} />
    </div>
  )
}

export const ReviewPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['catalog', 'resource', id, 'working'],
    queryFn: () => call(getResource, { params: { id }, query: { copy: 'working' } }),
  })
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <div className="page">
        <PageHead title="审核" crumbs={[{ title: '编目与审核', to: '/catalog/resources' }]} />
        <ErrorAlert error={query.error} />
      </div>
    )
  return <View resource={query.data} />
}
