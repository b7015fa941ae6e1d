import { exchange, sharing } from '@sanjiang/contract'
import {
  ADAPTER_KINDS,
  type Agent,
  FILE_FORMATS,
  type SubscriptionDraft,
  TARGET_KINDS,
} from '@sanjiang/contract/exchange'
import type { GrantDetail } from '@sanjiang/contract/sharing'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, type FormInstance, Input, InputNumber, Radio, Select } from 'antd'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { agentOption, useActiveAgents } from './agents.query.ts'
import { optionsOf } from './exchange.words.tsx'
import { Subscribed } from './webhook-secret.tsx'

type Fields = Omit<SubscriptionDraft, 'grant_id' | 'target_kind'>
type TargetKind = (typeof TARGET_KINDS.codes)[number]

const REQUIRED = (what: string) => [{ required: true, whitespace: true, message: `请填写${what}` }]

/** Connections of the chosen agent that can take this kind of target. */
const connectionsFor = (agent: Agent | undefined, kind: TargetKind) =>
  (agent?.connections ?? [])
    .filter((one) => one.can_write && (one.kind === 'file') === (kind === 'file') && one.kind !== 'http')
    .map((one) => ({
      value: one.name,
      label: `${one.name}（${ADAPTER_KINDS.titles[one.kind]}）${one.trouble ? '：有问题' : ''}`,
    }))

const PlaceFields = ({ form, grant, kind }: { form: FormInstance<Fields>; grant: GrantDetail; kind: TargetKind }) => {
  const agents = useActiveAgents(grant.consumer_organ_id)
  const chosen = Form.useWatch('agent_id', form)
  const agent = agents.data?.find(({ agent_id }) => agent_id === chosen)
  if (agents.isError) return <ErrorAlert error={agents.error} />
  return (
    <>
      {agents.data?.length === 0 && (
        <Alert
          type="info"
          showIcon
          title="本部门还没有在用的前置节点"
          description={<Link to="/exchange/agents">先登记一个</Link>}
          style={{ marginBottom: '1rem' }}
        />
      )}
      <Form.Item name="agent_id" label="我方前置节点" rules={[{ required: true, message: '请选择前置节点' }]}>
        <Select
          loading={agents.isFetching}
          options={agents.data?.map(agentOption)}
          onChange={() => form.setFieldValue('connection', undefined)}
        />
      </Form.Item>
      <Form.Item name="connection" label="连接" rules={[{ required: true, message: '请选择连接' }]}>
        <Select
          disabled={!agent}
          options={connectionsFor(agent, kind)}
          notFoundContent={<Nothing>这个前置节点没有可写的{kind === 'file' ? '文件夹' : '数据库'}连接</Nothing>}
        />
      </Form.Item>
      {kind === 'table' ? (
        <>
          <Form.Item name="target" label="目标表" rules={REQUIRED('目标表')} extra="模式名.表名，如 gongxiang.person">
            <Input className="mono" maxLength={256} />
          </Form.Item>
          <Form.Item name="may_create" valuePropName="checked">
            <Checkbox>表不存在时，由前置节点按目录建立（字段、类型、键取自授权的信息项）</Checkbox>
          </Form.Item>
        </>
      ) : (
        <>
          <Form.Item
            name="target"
            label="文件夹"
            rules={REQUIRED('文件夹')}
            extra="连接的根目录之下，如 gongxiang/person"
          >
            <Input className="mono" maxLength={256} />
          </Form.Item>
          <Form.Item name="file_format" label="格式" rules={[{ required: true, message: '请选择格式' }]}>
            <Radio.Group optionType="button" options={optionsOf(FILE_FORMATS.titles)} />
          </Form.Item>
        </>
      )}
    </>
  )
}

const PushFields = ({ grant }: { grant: GrantDetail }) => (
  <>
    {grant.client_id ? (
      <p>
        取数的应用系统：<b>{grant.client_name}</b>。它收到通知后，用自己登记的密钥签名取数。
      </p>
    ) : (
      <Alert
        type="warning"
        showIcon
        title="授权还没有绑定应用系统"
        description={
          <>
            收到通知后由绑定的应用系统取数。<Link to={`/sharing/grants/${grant.grant_id}`}>先到授权页绑定</Link>
            ，也可订阅之后再绑。
          </>
        }
        style={{ marginBottom: '1rem' }}
      />
    )}
    <Form.Item
      name="webhook_url"
      label="通知地址"
      rules={[{ required: true, pattern: /^https?:\/\/\S+$/, message: '应为 http(s):// 开头的地址' }]}
      extra="有新数据时，平台向它发送签名的通知，通知不含数据；没有应答会按渐长的间隔重试，多次失败后搁置，可在传输页再次发送。"
    >
      <Input className="mono" maxLength={500} placeholder="https://主机/路径" />
    </Form.Item>
  </>
)

const toDraft = (grant: GrantDetail, target_kind: TargetKind, fields: Fields): SubscriptionDraft => ({
  ...fields,
  grant_id: grant.grant_id,
  target_kind,
  target: fields.target?.trim() || null,
})

const Dialog = ({ grant, kind }: { grant: GrantDetail; kind: TargetKind }) => {
  const [form] = Form.useForm<Fields>()
  const navigate = useNavigate()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (fields: Fields) => call(exchange.subscribe, { body: toDraft(grant, kind, fields) }),
    onSuccess: ({ subscription_id, webhook_secret }) => {
      void client.invalidateQueries({ queryKey: ['exchange'] })
      if (webhook_secret === null) navigate(`/exchange/subscriptions/${subscription_id}`)
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <Page
      title={`订阅“${grant.resource_name}”`}
      crumbs={[
        { title: '数据授权', to: '/sharing/grants' },
        { title: `第 ${grant.version} 版`, to: `/sharing/grants/${grant.grant_id}` },
        { title: '订阅' },
      ]}
      sub="选定数据送到哪里。先送一次全量，之后的变更随源库陆续送达；收回或到期，下一块就不再交付。"
    >
      <div className="split">
        {act.data?.webhook_secret ? (
          <Subscribed of={act.data} secret={act.data.webhook_secret} />
        ) : (
          <Panel title={`送往：${TARGET_KINDS.titles[kind]}`}>
            <Form
              form={form}
              layout="vertical"
              initialValues={{ reconcile_hours: 24, may_create: true }}
              onFinish={(fields) => act.mutate(fields)}
              scrollToFirstError
            >
              {kind === 'push' ? <PushFields grant={grant} /> : <PlaceFields form={form} grant={grant} kind={kind} />}
              {kind === 'table' && (
                <Form.Item
                  name="reconcile_hours"
                  label="每隔几小时对账一次"
                  extra="0 表示只在每次传输之后对账"
                  rules={[{ required: true, message: '请填写小时数' }]}
                >
                  <InputNumber min={0} max={8760} precision={0} style={{ width: '10rem' }} />
                </Form.Item>
              )}
              {act.isError && <ErrorAlert error={act.error} />}
              <Button type="primary" htmlType="submit" loading={act.isPending} style={{ marginTop: '.75rem' }}>
                订阅
              </Button>
            </Form>
          </Panel>
        )}
        <Panel title="凭这份授权">
          <Facts
            of={[
              ['提供方', grant.provider_name],
              ['使用方', grant.consumer_name],
              ['信息项', grant.items.map(({ name }) => name).join('、')],
              ['期限', `${grant.starts_on} 至 ${grant.ends_on}`],
              ['应用场景', grant.scenario],
            ]}
          />
        </Panel>
      </div>
    </Page>
  )
}

const kindOf = (mode: string): TargetKind | undefined => TARGET_KINDS.codes.find((one) => one === mode)

/** From a grant for tables, files or push: where its data shall go. */
export const SubscribePage = () => {
  const [search] = useSearchParams()
  const id = search.get('grant') ?? ''
  const query = useQuery({
    queryKey: ['sharing', 'grant', id],
    queryFn: () => call(sharing.getGrant, { params: { id } }),
    enabled: id !== '',
  })
  if (!id)
    return (
      <Page title="订阅">
        <Panel>
          <Nothing>
            订阅从一份授权开始：<Link to="/sharing/grants?side=consumer">选一份库表、文件或推送授权</Link>
          </Nothing>
        </Panel>
      </Page>
    )
  return (
    <Loaded query={query}>
      {(grant) => {
        const kind = kindOf(grant.access_mode)
        return kind ? (
          <Dialog grant={grant} kind={kind} />
        ) : (
          <Page title="订阅">
            <Alert
              type="info"
              showIcon
              title="这份授权给的是接口调用"
              description="要取库表、文件或推送，请另行申请并注明共享方式。"
            />
          </Page>
        )
      }}
    </Loaded>
  )
}
