import { exchange } from '@sanjiang/contract'
import type { SubscriptionDetail } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Popconfirm } from 'antd'
import { CodeBlock } from '../../../ui/copy.tsx'
import { timeText } from '../../../ui/instant.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

/** The secret, once; and where the application fetches. */
const SecretOnce = ({ secret, pullUrl, formerUntil }: { secret: string; pullUrl: string; formerUntil?: string }) => (
  <div className="stack">
    <Alert
      type="warning"
      showIcon
      title="密钥只显示这一次"
      description={
        formerUntil
          ? `请现在换到接收通知的应用里。${timeText(formerUntil)} 前，新旧两把密钥都会签名，通知不会中断。`
          : '请现在交给接收通知的应用保管：它凭此辨认通知确由平台发出。'
      }
    />
    <CodeBlock title="通知密钥" text={secret} />
    <CodeBlock title="取数地址" text={pullUrl} />
  </div>
)

/** The page stays until the secret is in safe hands: nobody can be shown it again. */
export const Subscribed = ({ of, secret }: { of: SubscriptionDetail; secret: string }) => (
  <Panel title="已订阅">
    <SecretOnce secret={secret} pullUrl={of.notices?.pull_url ?? ''} />
    <p>
      <LinkButton to={`/exchange/subscriptions/${of.subscription_id}`}>已抄下密钥，看传输</LinkButton>
    </p>
  </Panel>
)

/** A new secret; the one before goes on signing for a day. */
export const RenewSecret = ({ of }: { of: SubscriptionDetail }) => {
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: () => call(exchange.renewWebhookSecret, { params: { id: of.subscription_id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['exchange', 'subscription', of.subscription_id] }),
  })
  return (
    <div className="stack">
      {act.data && (
        <SecretOnce
          secret={act.data.webhook_secret}
          pullUrl={of.notices?.pull_url ?? ''}
          formerUntil={act.data.former_until}
        />
      )}
      {act.isError && <ErrorAlert error={act.error} />}
      <p>
        <Popconfirm
          title="更换通知密钥？"
          description="新密钥只显示一次；旧密钥还会并用一日。"
          okText="更换"
          cancelText="取消"
          onConfirm={() => act.mutate()}
        >
          <Button loading={act.isPending}>更换密钥</Button>
        </Popconfirm>
      </p>
    </div>
  )
}
