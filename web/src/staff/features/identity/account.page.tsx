import { identity, ROLES } from '@sanjiang/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input } from 'antd'
import { showFaults } from '../../../ui/form-faults.ts'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'

interface OwnSession {
  readonly session_id: string
  readonly opened_at: string
  readonly last_seen_at: string
  readonly ip: string
  readonly user_agent: string
  readonly is_current: boolean
}

const CloseButton = ({ session }: { session: OwnSession }) => {
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: () => call(identity.closeOtherSession, { params: { id: session.session_id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['identity', 'sessions'] }),
  })
  return (
    <Button
      size="small"
      loading={act.isPending}
      onClick={() => act.mutate()}
      aria-label={`关闭 ${session.ip} ${timeText(session.opened_at)} 的会话`}
    >
      关闭
    </Button>
  )
}

const COLUMNS: readonly Column<OwnSession>[] = [
  {
    title: '来源',
    kind: 'lead',
    render: ({ ip, is_current }) => (
      <>
        <span className="mono">{ip}</span> {is_current && <StateTag tone="good">当前</StateTag>}
      </>
    ),
  },
  { title: '登录', kind: 'fix', render: ({ opened_at }) => timeText(opened_at) },
  { title: '最近活动', kind: 'fix', render: ({ last_seen_at }) => timeText(last_seen_at) },
  { title: '浏览器', render: ({ user_agent }) => <span className="small muted">{user_agent}</span> },
  { title: '操作', render: (session) => !session.is_current && <CloseButton session={session} /> },
]

const Sessions = () => {
  const query = useQuery({
    queryKey: ['identity', 'sessions'],
    queryFn: () => call(identity.listSessions, {}),
  })
  return (
    <Panel title="我的会话">
      <Loaded query={query}>
        {(sessions) => (
          <Listing caption="我的会话" rows={sessions} columns={COLUMNS} rowKey={({ session_id }) => session_id} />
        )}
      </Loaded>
    </Panel>
  )
}

interface PasswordFields {
  readonly current: string
  readonly next: string
  readonly again: string
}

const PasswordForm = () => {
  const [form] = Form.useForm<PasswordFields>()
  const { message } = App.useApp()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: ({ current, next }: PasswordFields) => call(identity.changePassword, { body: { current, next } }),
    onSuccess: () => {
      form.resetFields()
      void message.success('口令已修改，其他会话已关闭')
      void client.invalidateQueries({ queryKey: ['identity', 'sessions'] })
      void client.invalidateQueries({ queryKey: ['session'] })
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <Panel title="修改口令">
      <Form form={form} layout="vertical" onFinish={(fields) => act.mutate(fields)}>
        <Form.Item name="current" label="现用口令" rules={[{ required: true, message: '请输入现用口令' }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="next"
          label="新口令"
          rules={[{ required: true, message: '请输入新口令' }]}
          extra="至少 8 位，含大小写字母、数字、符号中的三类；不能与最近 5 次相同；90 天到期。"
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label="再输入一次"
          dependencies={['next']}
          rules={[
            ({ getFieldValue }) => ({
              validator: async (_, value) => {
                if (value !== getFieldValue('next')) throw new Error('两次输入的新口令不一致')
              },
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          修改口令
        </Button>
      </Form>
    </Panel>
  )
}

export const AccountPage = () => {
  const session = useSession()
  return (
    <Page title="我的账号" sub={`${session.name} · ${session.organ_name}`}>
      <div className="split">
        <div>
          <Sessions />
          <Panel title="我的角色">
            <Facts
              of={[
                ['账号', session.username],
                ['机构', session.organ_name],
                ['角色', session.roles.map((role) => ROLES[role].title).join('、') || '还没有角色'],
              ]}
            />
          </Panel>
        </div>
        <PasswordForm />
      </div>
    </Page>
  )
}
