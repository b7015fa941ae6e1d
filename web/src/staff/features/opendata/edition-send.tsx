import { EDITION_FILE_BYTES } from '@sanjiang/contract/opendata'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Progress } from 'antd'
import { useId, useState } from 'react'
import { FILE_TYPES, unfit } from '../../../ui/piece-upload.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { uploadEdition } from './edition-upload.ts'

interface Props {
  readonly resource_id: string
  readonly label: string
  /** For a release to come. */
  readonly waits?: boolean
  readonly today: string
  readonly onSent?: (edition_id: string) => void
}

/** A file of rows: chosen, dated, sent piece by piece, read by the platform. */
export const EditionSend = ({ resource_id, label, waits = false, today, onSent }: Props) => {
  const id = useId()
  const client = useQueryClient()
  const [form] = Form.useForm<{ data_on: string; note?: string }>()
  const [file, setFile] = useState<File>()
  const [share, setShare] = useState(0)
  // A file input is emptied by being another one.
  const [turn, setTurn] = useState(0)
  const refusal = file && unfit(file, EDITION_FILE_BYTES)
  const send = useMutation({
    mutationFn: (given: { data_on: string; note?: string }) =>
      uploadEdition(file!, { ...given, resource_id, waits }, setShare),
    onSuccess: async (edition_id) => {
      setFile(undefined)
      setTurn((before) => before + 1)
      form.resetFields()
      await client.invalidateQueries({ queryKey: ['opendata'] })
      onSent?.(edition_id)
    },
  })
  return (
    <Form
      form={form}
      name={id}
      layout="vertical"
      initialValues={{ data_on: today }}
      onFinish={(given) => {
        setShare(0)
        send.mutate(given)
      }}
    >
      <Form.Item
        label="数据文件"
        htmlFor={`${id}-file`}
        extra={`.xlsx 或 .csv（UTF-8、GBK 均可），不超过 ${EDITION_FILE_BYTES / 1_048_576} MB、100 万行；首行为列名，写信息项的中文名或英文名。`}
      >
        <input
          key={turn}
          id={`${id}-file`}
          type="file"
          accept={FILE_TYPES}
          disabled={send.isPending}
          onChange={({ target }) => setFile(target.files?.[0])}
        />
      </Form.Item>
      <div className="row">
        <Form.Item name="data_on" label="数据截至" rules={[{ required: true, message: '写明日期' }]}>
          <Input type="date" style={{ maxWidth: '12rem' }} />
        </Form.Item>
        <Form.Item name="note" label="本版说明">
          <Input maxLength={500} style={{ minWidth: '16rem' }} />
        </Form.Item>
      </div>
      {refusal && <Alert type="warning" showIcon role="alert" title={refusal} />}
      {send.isPending && <Progress percent={Math.round(share * 100)} aria-label="上传进度" />}
      {send.isError && <ErrorAlert error={send.error} />}
      <Button type="primary" htmlType="submit" disabled={!file || refusal !== undefined} loading={send.isPending}>
        {label}
      </Button>
    </Form>
  )
}
