import { opendata } from '@sanjiang/contract'
import type { OpenPromise } from '@sanjiang/contract/opendata'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber } from 'antd'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'

const COLUMNS: readonly Column<OpenPromise>[] = [
  { title: '部门', kind: 'lead', render: (row) => row.organ_name, text: (row) => row.organ_name },
  { title: '范围', render: (row) => (row.resource_id ? '一个数据集' : '全部有条件开放的数据集') },
  { title: '工作日', kind: 'num', render: (row) => row.days, text: (row) => row.days },
  { title: '依据', render: (row) => row.source, text: (row) => row.source },
  { title: '生效', kind: 'fix', render: (row) => row.valid_from, text: (row) => row.valid_from },
  { title: '设定', render: (row) => row.set_by_name },
]

interface Draft {
  readonly days: number
  readonly source: string
  readonly valid_from: string
}

const SetForm = () => {
  const client = useQueryClient()
  const [form] = Form.useForm<Draft>()
  const act = useMutation({
    mutationFn: (body: Draft) => call(opendata.setPromise, { body }),
    onSuccess: () => {
      form.resetFields()
      void client.invalidateQueries({ queryKey: ['opendata', 'promises'] })
    },
  })
  return (
    <Panel title="承诺本部门的办理天数">
      <Form form={form} layout="vertical" onFinish={(draft) => act.mutate(draft)}>
        <Form.Item name="days" label="工作日" rules={[{ required: true, message: '请填写工作日数' }]}>
          <InputNumber min={1} max={60} />
        </Form.Item>
        <Form.Item name="source" label="依据" rules={[{ required: true, min: 5, message: '请写明依据' }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item
          name="valid_from"
          label="生效日（年-月-日）"
          rules={[{ required: true, pattern: /^\d{4}-\d{2}-\d{2}$/, message: '如 2018-01-01' }]}
        >
          <Input maxLength={10} />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          承诺
        </Button>
      </Form>
    </Panel>
  )
}

export const PromiseListPage = () => {
  const maySet = useCan('opendata.application.approve')
  const query = usePaged(['opendata', 'promises'], (after) => call(opendata.listPromises, { query: { after } }))
  return (
    <Page
      title="承诺办理天数"
      crumbs={[{ title: '有条件开放的申请', to: '/opendata/applications' }]}
      sub="不得长于规定；自生效日起收到的申请适用，公布在数据集的申请页。"
    >
      <PagedListing
        caption="承诺办理天数"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.promise_id}
        empty="没有承诺的，按规定的天数办理"
      />
      {maySet && <SetForm />}
    </Page>
  )
}
