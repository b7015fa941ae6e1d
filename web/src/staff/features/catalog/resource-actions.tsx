import { addressOf } from '@sanjiang/contract'
import {
  exportResource,
  exportResourceWorkbook,
  type ResourceDetail,
  recallResource,
  removeResource,
  reviseResource,
  withdrawResource,
} from '@sanjiang/contract/catalog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Popconfirm } from 'antd'
import { useNavigate } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { call, problemOf } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'

type Props = { readonly resource: ResourceDetail }

/** One act on the entry, refused aloud, and whatever shows it read again. */
const useAct = (run: (id: string) => Promise<unknown>, then: string | ((id: string) => string)) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { message } = App.useApp()
  return useMutation({
    mutationFn: run,
    onSuccess: async (_, id) => {
      await client.invalidateQueries({ queryKey: ['catalog'] })
      navigate(typeof then === 'string' ? then : then(id))
    },
    onError: (error) => message.error(problemOf(error)?.detail ?? error.message),
  })
}

const Consume = ({ resource }: Props) => {
  const canRequest = useCan('sharing.request.create')
  const canCorrect = useCan('sharing.correction.raise')
  const { organ_id } = useSession()
  const { resource_id: id, content } = resource
  if (resource.state !== 'published' || resource.provider_organ_id === organ_id) return null
  return (
    <>
      {canCorrect && <LinkButton to={`/sharing/corrections/new?resource=${id}`}>纠错</LinkButton>}
      {canRequest && content.share_type !== 'withheld' && (
        <LinkButton to={`/sharing/requests/new?resource=${id}`} type="primary">
          申请
        </LinkButton>
      )}
    </>
  )
}

const Compile = ({ resource }: Props) => {
  const { resource_id: id, can } = resource
  const toEdit = (one: string) => `/catalog/resources/${one}/edit`
  const revise = useAct((one) => call(reviseResource, { params: { id: one } }), toEdit)
  const recall = useAct((one) => call(recallResource, { params: { id: one } }), toEdit)
  const remove = useAct((one) => call(removeResource, { params: { id: one } }), '/catalog/resources')
  return (
    <>
      {can.includes('remove') && (
        <Popconfirm
          title={resource.published_version === null ? '删除这份草稿？' : '放弃这次修订？'}
          okText="确定"
          cancelText="取消"
          onConfirm={() => remove.mutateAsync(id).catch(() => undefined)}
        >
          <Button danger>{resource.published_version === null ? '删除草稿' : '放弃修订'}</Button>
        </Popconfirm>
      )}
      {can.includes('recall') && (
        <Button loading={recall.isPending} onClick={() => recall.mutate(id)}>
          撤回提交
        </Button>
      )}
      {can.includes('revise') && (
        <Button loading={revise.isPending} onClick={() => revise.mutate(id)}>
          修订
        </Button>
      )}
      {can.includes('save') && (
        <LinkButton to={toEdit(id)} type="primary">
          继续编制
        </LinkButton>
      )}
    </>
  )
}

const Review = ({ resource }: Props) => {
  const client = useQueryClient()
  const { resource_id: id, can } = resource
  const withdraw = async (reason: string) => {
    await call(withdrawResource, { params: { id }, body: { reason } })
    await client.invalidateQueries({ queryKey: ['catalog'] })
  }
  return (
    <>
      {can.includes('withdraw') && (
        <AskButton
          label="下架"
          field="下架理由"
          hint="下架后检索不到，已有授权由提供方另行处理。"
          min={5}
          danger
          onSay={withdraw}
        />
      )}
      {(can.includes('approve') || can.includes('publish')) && (
        <LinkButton to={`/catalog/resources/${id}/review`} type="primary">
          {can.includes('publish') ? '平台审核' : '部门审核'}
        </LinkButton>
      )}
    </>
  )
}

/** What this person may do with this entry; the server names the verbs in `can`. */
export const ResourceActions = ({ resource }: Props) => {
  const { organ_id } = useSession()
  const canAttach = useCan('gateway.service.edit')
  const canOpen = useCan('opendata.release.propose')
  const { resource_id: id } = resource
  const isOwn = resource.state === 'published' && resource.provider_organ_id === organ_id
  return (
    <>
      {resource.state === 'published' && (
        <Button
          href={addressOf(exportResource, { params: { id } })}
          download={`${resource.code?.replace('/', '-')}.jsonld`}
        >
          导出 JSON-LD
        </Button>
      )}
      <Button href={addressOf(exportResourceWorkbook, { params: { id }, query: {} })} download>
        导出 XLSX
      </Button>
      {canAttach && isOwn && <LinkButton to={`/gateway/services/new?resource=${id}`}>挂接接口</LinkButton>}
      {canOpen && isOwn && resource.content.open_type !== 'closed' && (
        <LinkButton to={`/opendata/releases/new?resource=${id}`}>提出开放</LinkButton>
      )}
      <Compile resource={resource} />
      <Review resource={resource} />
      <Consume resource={resource} />
    </>
  )
}
