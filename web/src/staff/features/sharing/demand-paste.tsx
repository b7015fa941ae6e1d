import { sharing } from '@sanjiang/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Upload } from 'antd'
import { Link } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'

type Answer = Awaited<ReturnType<typeof read>>
type Row = Answer['rows'][number]
interface Fields {
  readonly text: string
  readonly wanted_on: string
  readonly purpose_ref: string
}

const read = (fields: Fields, is_confirmed: boolean) =>
  call(sharing.readDemandList, { body: { ...fields, is_confirmed } })

/** Spreadsheets of Chinese Windows save CSV as GBK: what is not UTF-8 is read as that. */
const textOf = async (file: File): Promise<string> => {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

const OUTCOMES = {
  new: <StateTag tone="good">将提出</StateTag>,
  repeated: <StateTag tone="calm">已提过</StateTag>,
  faulty: <StateTag tone="bad">有问题</StateTag>,
}

const COLUMNS: readonly Column<Row>[] = [
  { title: '行', kind: 'num', render: (row) => row.line },
  {
    title: '所需信息资源',
    kind: 'lead',
    render: (row) =>
      row.demand_id ? <Link to={`/sharing/demands/${row.demand_id}`}>{row.name}</Link> : row.name || '（空）',
  },
  { title: '提供方', render: (row) => row.supplier },
  { title: '结果', render: (row) => (row.demand_id ? <StateTag tone="good">已提出</StateTag> : OUTCOMES[row.outcome]) },
  { title: '问题', render: (row) => row.faults.join('；') },
]

/** A 需求清单 pasted from a sheet or read from a CSV file: looked at first, filed when confirmed. */
export const DemandPaste = ({ wanted }: { wanted: (today: string) => string }) => {
  const { today } = useSession()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const look = useMutation({ mutationFn: (fields: Fields) => read(fields, false) })
  const file = useMutation({
    mutationFn: (fields: Fields) => read(fields, true),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sharing', 'demands'] }),
  })
  const answer = file.data ?? look.data
  const error = file.error ?? look.error
  return (
    <>
      <Panel title="需求清单">
        <Form
          form={form}
          layout="vertical"
          initialValues={{ text: '', wanted_on: wanted(today), purpose_ref: '' }}
          onValuesChange={() => {
            look.reset()
            file.reset()
          }}
          onFinish={(fields) => look.mutate(fields)}
        >
          <Form.Item
            name="text"
            label="从表格复制后粘贴，或选择 CSV 文件"
            extra="表头：所需信息资源名称、提供方、资源描述、是否已获取、建议获取方式、期望使用频率、用途、所需内设机构；可另有“信息项”一列。"
            rules={[{ required: true, whitespace: true, message: '请粘贴清单' }]}
          >
            <Input.TextArea rows={8} className="mono" maxLength={500_000} />
          </Form.Item>
          <Upload
            accept=".csv,.txt,.tsv"
            showUploadList={false}
            beforeUpload={(chosen) => {
              void textOf(chosen).then((text) => form.setFieldsValue({ text: text.slice(0, 500_000) }))
              return false
            }}
          >
            <Button>选择 CSV 文件</Button>
          </Upload>
          <div className="row" style={{ alignItems: 'flex-start', marginTop: '1rem' }}>
            <Form.Item
              name="purpose_ref"
              label="共同的职责依据"
              rules={[{ required: true, whitespace: true, min: 2, message: '请填写依据' }]}
            >
              <Input maxLength={200} style={{ width: '20rem', maxWidth: '100%' }} />
            </Form.Item>
            <Form.Item name="wanted_on" label="希望何时得到" rules={[{ required: true, message: '请填写日期' }]}>
              <Input type="date" />
            </Form.Item>
          </div>
          <div className="row">
            <Button htmlType="submit" loading={look.isPending}>
              预检
            </Button>
            <Button
              type="primary"
              disabled={!look.data || look.data.new === 0 || file.isSuccess}
              loading={file.isPending}
              onClick={() => file.mutate(form.getFieldsValue())}
            >
              提出其中 {look.data?.new ?? 0} 条
            </Button>
          </div>
        </Form>
      </Panel>
      {error && <ErrorAlert error={error} />}
      {answer && (
        <>
          <p>
            {file.isSuccess ? '已提出' : '可提出'} {answer.new} 条，已提过 {answer.repeated} 条，有问题 {answer.faulty}{' '}
            条。
          </p>
          <Listing caption="需求清单" rows={answer.rows} columns={COLUMNS} rowKey={(row) => String(row.line)} />
        </>
      )}
    </>
  )
}
