import { type Finding, hasErrors, type ResourceDetail, submitResource } from '@sanjiang/contract/catalog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useNavigate } from 'react-router'
import { call, problemOf } from '../../api.ts'
import type { Keeper, Kept, SaveState } from './draft.ts'

const WORDS: Record<SaveState, string> = {
  saved: '已保存',
  dirty: '有改动，即将保存',
  saving: '正在保存…',
  stale: '已被他人修改，未保存',
  failed: '没有保存成功',
  offline: '连接不上平台，已存在本机',
}

interface Props {
  readonly resource: ResourceDetail
  readonly keeper: Keeper
  readonly kept: Kept
  readonly findings: readonly Finding[]
}

const useSubmit = ({ resource, keeper }: Props) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { message, modal } = App.useApp()
  const { resource_id: id } = resource
  return useMutation({
    mutationFn: async () => {
      if (!(await keeper.flush())) throw new Error('草稿还没有保存成功，请先处理保存问题')
      return call(submitResource, { params: { id } })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['catalog'] })
      message.success('已提交，等待部门审核')
      navigate(`/catalog/resources/${id}?copy=working`)
    },
    onError: (error) => {
      const problem = problemOf(error)
      modal.error({
        title: problem?.title ?? '没有提交',
        content: (
          <ul className="tight">
            {(problem?.fields ?? []).map(({ field, message: text, clause }) => (
              <li key={`${field} ${text}`}>
                {text}
                {clause && `（${clause}）`}
              </li>
            ))}
            {!problem?.fields && <li>{problem?.detail ?? error.message}</li>}
          </ul>
        ),
        okText: '知道了',
      })
    },
  })
}

/** Saved or not, in words; and the way on to the department's reviewer. */
export const EditorSubmit = (props: Props) => {
  const { kept, keeper, findings } = props
  const submit = useSubmit(props)
  const count = findings.filter(({ level }) => level === 'error').length
  return (
    <>
      <span className={`save-state ${kept.state}`} role="status">
        {WORDS[kept.state]}
      </span>
      {(kept.state === 'failed' || kept.state === 'offline') && (
        <Button onClick={() => void keeper.flush()}>再存一次</Button>
      )}
      <Button
        type="primary"
        loading={submit.isPending}
        disabled={hasErrors(findings) || kept.state === 'stale'}
        title={count > 0 ? `还有 ${count} 处错误` : undefined}
        onClick={() => submit.mutate()}
      >
        提交部门审核{count > 0 && `（还有 ${count} 处错误）`}
      </Button>
    </>
  )
}
