import { catalog, sharing } from '@sanjiang/contract'
import { ACCESS_MODES, type DemandDraft, FREQUENCIES, PURPOSES, URGENCIES } from '@sanjiang/contract/sharing'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio, Segmented, Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useSession } from '../../session.ts'
import { DemandPaste } from './demand-paste.tsx'
import { optionsOf } from './sharing.words.tsx'
import './demand.css'

const threeMonthsOn = (today: string): string => {
  const day = new Date(`${today}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + 90)
  return day.toISOString().slice(0, 10)
}

/** Before it is filed: perhaps the catalogue has it. */
const Existing = ({ name }: { name: string }) => {
  const q = useDeferredValue(name.trim())
  const { data } = useQuery({
    queryKey: ['catalog', 'search', 'for-demand', q],
    queryFn: () => call(catalog.search, { query: { q, limit: 5 } }),
    enabled: q.length >= 2,
  })
  if (q.length < 2) return <p className="muted">填写名称后，这里先找目录里有没有。</p>
  if (!data) return <p className="muted">正在查找…</p>
  if (data.rows.length === 0) return <p className="muted">目录里没有找到，提出后由共享主管部门定责任部门编目。</p>
  return (
    <>
      <p className="muted">目录里已有这些，合用的可直接申请：</p>
      <ul className="plain stack">
        {data.rows.map((hit) => (
          <li key={hit.resource_id}>
            <Link to={`/catalog/resources/${hit.resource_id}`}>{hit.name}</Link>
            <div className="muted">{hit.provider_name}</div>
          </li>
        ))}
      </ul>
    </>
  )
}

const What = () => (
  <Panel title="一、需要什么">
    <Form.Item
      name="name"
      label="所需信息资源名称"
      rules={[{ required: true, whitespace: true, min: 2, message: '请填写名称（不少于 2 个字）' }]}
    >
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="items" label="所需信息项" extra="逐个输入后回车，也可填数据元标准号；按此匹配，只申请这些。">
      <Select mode="tags" tokenSeparators={['、', '，', ',', ' ', ';', '；']} open={false} maxCount={60} />
    </Form.Item>
    <Form.Item name="description" label="资源描述" extra="范围、时段、粒度等。">
      <Input.TextArea rows={3} maxLength={2000} />
    </Form.Item>
    <Form.Item name="supplier_organ_id" label="预计提供方" extra="不清楚可不填。">
      <OrganSelect allowClear />
    </Form.Item>
  </Panel>
)

const Why = () => (
  <Panel title="二、做什么用">
    <Form.Item name="purpose_code" label="用途" rules={[{ required: true, message: '请选择用途' }]}>
      <Radio.Group options={optionsOf(PURPOSES.titles)} />
    </Form.Item>
    <Form.Item
      name="purpose_ref"
      label="事项编码或职责依据"
      rules={[{ required: true, whitespace: true, min: 2, message: '请填写事项编码或职责依据' }]}
    >
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="inner_unit" label="所需内设机构">
      <Input maxLength={100} />
    </Form.Item>
  </Panel>
)

const How = () => (
  <Panel title="三、怎样要、何时要">
    <Form.Item name="access_mode" label="建议获取方式">
      <Radio.Group options={optionsOf(ACCESS_MODES.titles)} />
    </Form.Item>
    <div className="row" style={{ alignItems: 'flex-start' }}>
      <Form.Item name="frequency" label="期望使用频率">
        <Select options={optionsOf(FREQUENCIES.titles)} style={{ width: '9rem' }} />
      </Form.Item>
      <Form.Item name="wanted_on" label="希望何时得到" rules={[{ required: true, message: '请填写日期' }]}>
        <Input type="date" />
      </Form.Item>
    </div>
    <Form.Item name="urgency" label="紧急程度">
      <Radio.Group options={optionsOf(URGENCIES.titles)} />
    </Form.Item>
  </Panel>
)

const One = ({ name }: { name: string }) => {
  const { today } = useSession()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<DemandDraft>()
  const typed = Form.useWatch('name', form) ?? name
  const file = useMutation({
    mutationFn: (body: DemandDraft) =>
      call(sharing.fileDemand, { body: { ...body, supplier_organ_id: body.supplier_organ_id ?? null } }),
    onSuccess: ({ demand_id }) => {
      void client.invalidateQueries({ queryKey: ['sharing', 'demands'] })
      navigate(`/sharing/demands/${demand_id}`)
    },
    onError: (error) => showFaults(form, error),
  })
  const initial = {
    name,
    items: [],
    access_mode: 'api',
    frequency: 'occasional',
    urgency: 'normal',
    wanted_on: threeMonthsOn(today),
  }
  return (
    <div className="split">
      <Form
        form={form}
        layout="vertical"
        initialValues={initial}
        onFinish={(body) => file.mutate(body)}
        scrollToFirstError
      >
        <What />
        <Why />
        <How />
        {file.isError && <ErrorAlert error={file.error} />}
        <Button type="primary" size="large" htmlType="submit" loading={file.isPending}>
          提出需求
        </Button>
      </Form>
      <aside className="aside-sticky" aria-label="目录里已有的">
        <Panel title="目录里已有的">
          <Existing name={typed} />
        </Panel>
      </aside>
    </div>
  )
}

/** `?q=` is what a search without result was looking for. */
export const DemandNewPage = () => {
  const [search] = useSearchParams()
  const [how, setHow] = useState<'one' | 'list'>('one')
  return (
    <Page
      title="提需求"
      crumbs={[{ title: '数据需求', to: '/sharing/demands' }, { title: '提出' }]}
      sub="写明要什么、做什么用；系统先匹配目录，找不到的列入责任清单"
    >
      <p>
        <Segmented
          aria-label="提出方式"
          value={how}
          onChange={setHow}
          options={[
            { value: 'one', label: '逐条填写' },
            { value: 'list', label: '批量导入需求清单' },
          ]}
        />
      </p>
      {how === 'one' ? <One name={(search.get('q') ?? '').slice(0, 200)} /> : <DemandPaste wanted={threeMonthsOn} />}
    </Page>
  )
}
