import { sharing } from '@sanjiang/contract'
import { type CorrectionDraft, type GrantDetail, RECORD_KEY_KINDS } from '@sanjiang/contract/sharing'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input, Select } from 'antd'
import { useNavigate, useSearchParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { optionsOf } from './sharing.words.tsx'

const Editor = ({ grant, item }: { grant: GrantDetail; item: string | null }) => {
  const navigate = useNavigate()
  const [form] = Form.useForm<Omit<CorrectionDraft, 'resource_id'>>()
  const act = useMutation({
    mutationFn: (body: Omit<CorrectionDraft, 'resource_id'>) =>
      call(sharing.raiseCorrection, { body: { ...body, resource_id: grant.resource_id } }),
    onSuccess: ({ correction_id }) => navigate(`/sharing/corrections/${correction_id}`),
    onError: (error) => showFaults(form, error),
  })
  return (
    <Page
      title="提出纠错"
      crumbs={[{ title: '数据纠错', to: '/sharing/corrections' }, { title: grant.resource_name }]}
      sub={`送 ${grant.provider_name} 校核`}
    >
      <Panel>
        <Form
          form={form}
          layout="vertical"
          initialValues={{ item_id: item ?? undefined, record_key_kind: 'citizen_id', business_continued: true }}
          onFinish={(body) => act.mutate(body)}
          style={{ maxWidth: '40rem' }}
        >
          <Form.Item name="item_id" label="哪个信息项" rules={[{ required: true, message: '请选择信息项' }]}>
            <Select options={grant.items.map(({ item_id, name }) => ({ value: item_id, label: name }))} />
          </Form.Item>
          <Form.Item name="record_key_kind" label="用什么找到这条记录">
            <Select options={optionsOf(RECORD_KEY_KINDS.titles)} />
          </Form.Item>
          <Form.Item
            name="record_key"
            label="号码"
            rules={[{ required: true, whitespace: true, message: '请填写号码' }]}
            extra="只有双方看得到全部，保存时加密；其他人看到的是脱敏后的号码。"
          >
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
          <Form.Item name="wrong_value" label="现在的值" rules={[{ required: true, message: '请填写现在的值' }]}>
            <Input maxLength={500} />
          </Form.Item>
          <Form.Item name="suggested_value" label="建议的值">
            <Input maxLength={500} />
          </Form.Item>
          <Form.Item name="evidence" label="依据" rules={[{ required: true, whitespace: true, message: '请说明依据' }]}>
            <Input.TextArea rows={3} maxLength={2000} />
          </Form.Item>
          <Form.Item name="business_continued" valuePropName="checked">
            <Checkbox>
              校核期间，当事人的业务照常办理（已提供合法有效证明的，应当照常办理；暂停的列为供需问题）
            </Checkbox>
          </Form.Item>
          {act.isError && <ErrorAlert error={act.error} />}
          <Button type="primary" htmlType="submit" loading={act.isPending}>
            提出纠错
          </Button>
        </Form>
      </Panel>
    </Page>
  )
}

const findGrant = async (id: string | null, resource_id: string | null): Promise<GrantDetail | null> => {
  if (id) return call(sharing.getGrant, { params: { id } })
  if (!resource_id) return null
  const { rows } = await call(sharing.listGrants, {
    query: { side: 'consumer', state: 'active', resource_id, limit: 1 },
  })
  return rows[0] ? call(sharing.getGrant, { params: { id: rows[0].grant_id } }) : null
}

const NoGrant = () => (
  <Page title="提出纠错" crumbs={[{ title: '数据纠错', to: '/sharing/corrections' }]}>
    <Alert
      type="info"
      showIcon
      title="没有可据以纠错的授权"
      description="只能对本机构正在使用的数据提出纠错：请先打开一份有效的授权，在信息项旁点“数据有误？”。"
    />
  </Page>
)

/** Reached from a grant, an item of it, or a resource: only what one was given can be doubted. */
export const CorrectionNewPage = () => {
  const [search] = useSearchParams()
  const [id, resource] = [search.get('grant'), search.get('resource')]
  const query = useQuery({
    queryKey: ['sharing', 'grant', 'to-correct', id, resource],
    queryFn: () => findGrant(id, resource),
  })
  return (
    <Loaded query={query}>
      {(grant) => (grant ? <Editor grant={grant} item={search.get('item')} /> : <NoGrant />)}
    </Loaded>
  )
}
