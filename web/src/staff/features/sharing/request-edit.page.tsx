import { sharing } from '@sanjiang/contract'
import type { RequestDetail } from '@sanjiang/contract/sharing'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form } from 'antd'
import { useCallback, useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { type DraftKeeper, useDraftKeeper } from './draft.ts'
import { draftOf, fieldsOf, type RequestFields, RequestForm } from './request-form.tsx'
import { type AskableResource, useAskableResource } from './resource.ts'
import { SubmitForecast } from './submit-forecast.tsx'

const SaveState = ({ keeper }: { keeper: DraftKeeper }) => (
  <output className="muted" aria-live="polite">
    {keeper.isSaving
      ? '正在保存…'
      : keeper.savedAt
        ? `草稿已于 ${keeper.savedAt.toLocaleTimeString('zh-CN', { hour12: false })} 保存`
        : keeper.saved
          ? '草稿已保存'
          : '填写后自动保存草稿'}
  </output>
)

const Editor = ({ resource, request }: { resource: AskableResource; request: RequestDetail | undefined }) => {
  const { today } = useSession()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<RequestFields>()
  const [fields, setFields] = useState(() => fieldsOf(request, today))
  // The address names the draft from its first save on, so that a reload finds it; the page itself stays.
  const onCreated = useCallback(
    (id: string) => window.history.replaceState(null, '', `/sharing/requests/${id}/edit`),
    [],
  )
  const keeper = useDraftKeeper(request, onCreated)
  const submit = useMutation({
    mutationFn: async () => {
      const saved = await keeper.flush(draftOf(resource.resource_id, form.getFieldsValue(true)))
      return call(sharing.submitRequest, { params: { id: saved.request_id } })
    },
    onSuccess: async ({ request_id }) => {
      await client.invalidateQueries({ queryKey: ['sharing'] })
      navigate(`/sharing/requests/${request_id}`, { state: { justSubmitted: true } })
    },
    onError: (error) => showFaults(form, error),
  })
  const change = (all: RequestFields) => {
    setFields(all)
    submit.reset()
    keeper.keep(draftOf(resource.resource_id, all))
  }
  return (
    <Page
      title={`申请“${resource.name}”`}
      crumbs={[{ title: '共享申请', to: '/sharing/requests' }, { title: keeper.saved?.request_no ?? '起草' }]}
      sub={
        <>
          {resource.code} · 提供方 {resource.provider_name}
        </>
      }
    >
      <div className="split">
        <RequestForm form={form} resource={resource} initial={fields} onChange={change} />
        <aside className="aside-sticky" aria-label="提交">
          <Panel title="提交以后">
            <SubmitForecast resource={resource} itemIds={fields.item_ids} today={today} />
            <div className="stack" style={{ marginTop: '1rem' }}>
              <Button type="primary" block size="large" loading={submit.isPending} onClick={() => submit.mutate()}>
                提交申请
              </Button>
              <SaveState keeper={keeper} />
            </div>
          </Panel>
          {submit.isError && <ErrorAlert error={submit.error} />}
          {!submit.isError && keeper.error !== undefined && <ErrorAlert error={keeper.error} />}
        </aside>
      </div>
    </Page>
  )
}

const WithResource = ({ resourceId, request }: { resourceId: string; request?: RequestDetail }) => {
  const resource = useAskableResource(resourceId)
  return <Loaded query={resource}>{(data) => <Editor resource={data} request={request} />}</Loaded>
}

const SavedDraft = ({ id }: { id: string }) => {
  const request = useQuery({
    queryKey: ['sharing', 'request', id, 'edit'],
    queryFn: () => call(sharing.getRequest, { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return (
    <Loaded query={request}>
      {(data) =>
        data.can.includes('save') ? (
          <WithResource resourceId={data.resource_id} request={data} />
        ) : (
          <Alert
            type="info"
            showIcon
            title="这份申请已经提交，不能再修改"
            description={`申请编号 ${data.request_no}`}
          />
        )
      }
    </Loaded>
  )
}

/** `/sharing/requests/new?resource=…` begins a request, `/sharing/requests/:id/edit` goes on with a draft. */
export const RequestEditPage = () => {
  const { id } = useParams()
  const [search] = useSearchParams()
  const resourceId = search.get('resource')
  if (id) return <SavedDraft id={id} />
  if (resourceId) return <WithResource resourceId={resourceId} />
  return <Alert type="info" showIcon title="请先选一个资源" description="在资源目录里打开要申请的资源，点“申请”。" />
}
