import { gateway } from '@sanjiang/contract'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, type FormInstance, Input, Select } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { filledBy, type ServiceFields } from './service-fields.ts'

const parse = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('不是 JSON：请粘贴 OpenAPI 文档的 JSON 文本')
  }
}

/** Reads the provider's OpenAPI document into the form; what could not be matched is named. */
export const OpenApiImport = ({ form, resourceId }: { form: FormInstance<ServiceFields>; resourceId: string }) => {
  const [text, setText] = useState('')
  const act = useMutation({
    mutationFn: async (path: string | undefined) =>
      call(gateway.importOpenApi, { body: { resource_id: resourceId, document: parse(text), path } }),
    onSuccess: ({ draft }) => {
      if (draft) form.setFieldsValue(filledBy(draft) as never)
    },
  })
  return (
    <details style={{ marginBottom: '1rem' }}>
      <summary>有 OpenAPI 文档？导入后自动填好</summary>
      <label htmlFor="openapi" className="muted">
        粘贴 OpenAPI 3 文档（JSON）
      </label>
      <Input.TextArea
        id="openapi"
        rows={5}
        className="mono"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row" style={{ marginTop: '.5rem' }}>
        <Button disabled={text.trim() === ''} loading={act.isPending} onClick={() => act.mutate(undefined)}>
          读入
        </Button>
        {act.data && act.data.operations.length > 1 && (
          <Select
            aria-label="选择接口"
            placeholder="选择接口"
            style={{ minWidth: '18rem' }}
            options={act.data.operations.map(({ method, path, summary }) => ({
              value: path,
              label: `${method} ${path} ${summary}`,
            }))}
            onChange={(path: string) => act.mutate(path)}
          />
        )}
      </div>
      {act.isError && <ErrorAlert error={act.error} />}
      {act.data?.draft && (
        <Alert
          type="success"
          showIcon
          style={{ marginTop: '.5rem' }}
          title="已填入地址、参数与信息项对应"
          description={
            act.data.unmatched_items.length > 0
              ? `没有找到对应字段的信息项：${act.data.unmatched_items.join('、')}`
              : '全部信息项都找到了对应字段。'
          }
        />
      )}
    </details>
  )
}
