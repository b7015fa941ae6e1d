import { Alert, Form, type FormInstance, Input } from 'antd'
import { useState } from 'react'
import { Listing } from '../../../ui/listing.tsx'
import { atPointer, rowsAt } from './pointer.ts'
import type { ItemName, ServiceFields } from './service-fields.ts'

const shown = (value: unknown): string =>
  value === undefined ? '— 没有这个字段' : typeof value === 'object' ? JSON.stringify(value) : String(value)

const parse = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** A sample answer read with the mapping as it stands, before anything is attached. */
export const SampleTest = ({ form, items }: { form: FormInstance<ServiceFields>; items: readonly ItemName[] }) => {
  const [text, setText] = useState('')
  const fields = Form.useWatch('fields', form) ?? {}
  const rows_pointer = Form.useWatch('rows_pointer', form) ?? ''
  const parsed = text.trim() === '' ? undefined : parse(text)
  const rows = parsed && rowsAt(parsed.value, rows_pointer)
  const lines = items.flatMap((item) => {
    const pointer = fields[item.name_en]?.pointer
    return pointer ? [{ ...item, pointer, value: rows?.[0] && shown(atPointer(rows[0], pointer)) }] : []
  })
  return (
    <details style={{ marginTop: '1rem' }}>
      <summary>用一份样例返回试一试</summary>
      <label htmlFor="sample" className="muted">
        粘贴提供方返回的 JSON（只在本页使用，请用虚构的数据）
      </label>
      <Input.TextArea
        id="sample"
        rows={5}
        className="mono"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text.trim() !== '' && !parsed && <Alert type="error" showIcon title="不是 JSON" />}
      {parsed && !rows && <Alert type="error" showIcon title={`在“${rows_pointer || '/'}”处没有找到记录`} />}
      {rows && (
        <>
          <p>找到 {rows.length} 条记录。第一条读作：</p>
          <Listing
            caption="样例读出的值"
            rows={lines}
            rowKey={({ name_en }) => name_en}
            columns={[
              { title: '信息项', kind: 'lead', render: ({ name }) => name },
              { title: '指针', render: ({ pointer }) => <span className="mono">{pointer}</span> },
              { title: '值', render: ({ value }) => value },
            ]}
          />
        </>
      )}
    </details>
  )
}
