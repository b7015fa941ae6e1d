import {
  getResource,
  getStandardVersion,
  type ResourceDetail,
  type Standard,
  saveResource,
} from '@sanjiang/contract/catalog'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { Link, useParams } from 'react-router'
import { PageHead } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { type Draft, makeKeeper } from './draft.ts'
import { makeShelf } from './draft-shelf.ts'
import { ChooseStandard } from './edition/choose-standard.tsx'
import { sectionsOf, useChecked } from './editor.model.ts'
import { EditorConflict } from './editor-conflict.tsx'
import { EditorOutline } from './editor-outline.tsx'
import { EditorPreview } from './editor-preview.tsx'
import { EditorSection } from './editor-section.tsx'
import { EditorSubmit } from './editor-submit.tsx'
import { StageStrip } from './stage-strip.tsx'
import './resource.css'
import './editor.css'

const useKeeper = (resource: ResourceDetail) => {
  const client = useQueryClient()
  const { resource_id: id } = resource
  const { person_id } = useSession()
  const [keeper] = useState(() =>
    makeKeeper(
      resource,
      (revision, draft) => call(saveResource, { params: { id }, body: { revision, draft } }),
      makeShelf(person_id, id),
    ),
  )
  const kept = useSyncExternalStore(keeper.subscribe, keeper.get)
  useEffect(() => {
    // Closing the window with something unsaved is asked about; leaving the page inside the portal saves first.
    const ask = (event: BeforeUnloadEvent) => {
      if (keeper.get().state !== 'saved') event.preventDefault()
    }
    const goOn = () => void keeper.flush()
    window.addEventListener('beforeunload', ask)
    window.addEventListener('online', goOn)
    if (keeper.wasLeft) goOn()
    return () => {
      window.removeEventListener('online', goOn)
      window.removeEventListener('beforeunload', ask)
      void keeper.flush().then(() => {
        keeper.stop()
        return client.invalidateQueries({ queryKey: ['catalog', 'resource'] })
      })
    }
  }, [keeper, client])
  return { keeper, kept }
}

const Editor = ({ resource, standard }: { resource: ResourceDetail; standard: Standard }) => {
  const { keeper, kept } = useKeeper(resource)
  const { draft, state } = kept
  const checked = useChecked(standard, resource, draft)
  const sections = sectionsOf(standard)
  const change = useCallback((patch: Partial<Draft>) => keeper.change(patch), [keeper])
  const changeItems = useCallback(
    (work: (items: Draft['items']) => Draft['items']) => keeper.change({ items: work(keeper.get().draft.items) }),
    [keeper],
  )
  return (
    <div className="page wide">
      <PageHead
        crumbs={[{ title: '编目与审核', to: '/catalog/resources' }, { title: '编制' }]}
        title={draft.name?.trim() || '（未命名）'}
        sub={<StageStrip resource={resource} />}
        actions={<EditorSubmit resource={resource} keeper={keeper} kept={kept} findings={checked.findings} />}
      />
      {resource.return_reason && (
        <Alert
          type="warning"
          showIcon
          title={`${resource.returned_by_name ?? '审核人'}退回，请修改后重新提交`}
          description={resource.return_reason}
        />
      )}
      <ChooseStandard resource={resource} keeper={keeper} />
      {state === 'stale' && (
        <EditorConflict id={resource.resource_id} standard={standard} keeper={keeper} mine={draft} />
      )}
      {state === 'offline' && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title="连接不上平台，改动暂存在本机"
          description="可以继续填写；恢复连接后自动保存。关闭页面也不会丢失，下次在这台电脑打开本条目时继续。"
        />
      )}
      {keeper.wasLeft && state !== 'stale' && (
        <Alert type="info" showIcon closable title="已恢复上次没有来得及保存的改动" />
      )}
      {state === 'failed' && <ErrorAlert error={kept.error} />}
      <div className="editor">
        <EditorOutline sections={sections} draft={draft} checked={checked} />
        <div className="editor-form">
          {sections.map((section) => (
            <EditorSection
              key={section.id}
              section={section}
              standard={standard}
              resource={resource}
              draft={draft}
              checked={checked}
              onChange={change}
              onItems={changeItems}
            />
          ))}
        </div>
        <EditorPreview resource={resource} draft={draft} checked={checked} />
      </div>
    </div>
  )
}

const NotNow = ({ resource }: { resource: ResourceDetail }) => (
  <div className="page">
    <PageHead title={resource.name} crumbs={[{ title: '编目与审核', to: '/catalog/resources' }]} />
    <Alert
      type="info"
      showIcon
      title="现在不能编辑"
      description={
        <>
          条目正在审核、已发布，或由其他部门编制。
          <Link to={`/catalog/resources/${resource.resource_id}`}>查看条目</Link>
        </>
      }
    />
  </div>
)

export const EditorPage = () => {
  const { id = '' } = useParams()
  // Read once and then kept by the editor itself; never from a cache, whose revision would be old.
  const resource = useQuery({
    queryKey: ['catalog', 'editor', id],
    queryFn: () => call(getResource, { params: { id }, query: { copy: 'working' } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const by = resource.data?.standard
  const standard = useQuery({
    queryKey: ['catalog', 'standard', by?.id, by?.version],
    queryFn: () => call(getStandardVersion, { params: { standard: by!.id, version: by!.version } }),
    enabled: by !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const error = resource.error ?? standard.error
  if (error)
    return (
      <div className="page">
        <PageHead title="编制目录" crumbs={[{ title: '编目与审核', to: '/catalog/resources' }]} />
        <ErrorAlert error={error} />
      </div>
    )
  if (!resource.data || !standard.data) return <PageLoading />
  if (!resource.data.can.includes('save')) return <NotNow resource={resource.data} />
  return <Editor key={id} resource={resource.data} standard={standard.data} />
}
