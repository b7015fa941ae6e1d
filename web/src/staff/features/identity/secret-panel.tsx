import { identity } from '@sanjiang/contract'
import type { Client } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Popconfirm } from 'antd'
import { CodeBlock } from '../../../ui/copy.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

/** The national platform's four-header scheme: a shared secret, shown once, bound to addresses. */
export const SecretPanel = ({ client }: { client: Client }) => {
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: () => call(identity.issueClientSecret, { params: { id: client.client_id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['identity', 'client', client.client_id] }),
  })
  const mayIssue = client.can.includes('issue_secret')
  return (
    <Panel title="四头签名（国家平台方式）">
      <p className="muted">
        只给不能用消息签名的老系统：不签名请求体与用途，可信程度较低，须提供方在授权中另行同意，并限定来源地址。
      </p>
      <Facts
        of={[
          [
            '请求方标识 rid',
            client.rid && (
              <span key="rid" className="mono">
                {client.rid}
              </span>
            ),
          ],
        ]}
      />
      {act.data && (
        <div className="stack">
          <Alert
            type="warning"
            showIcon
            title="密钥只显示这一次"
            description="现在复制给应用系统保管；旧密钥已经作废。"
          />
          <CodeBlock title="rid" text={act.data.rid} />
          <CodeBlock title="密钥" text={act.data.secret} />
        </div>
      )}
      {mayIssue ? (
        <Popconfirm
          title={client.rid ? '重新签发密钥？' : '签发密钥？'}
          description={client.rid ? '旧密钥立即作废。' : '密钥只显示一次。'}
          okText="签发"
          cancelText="取消"
          onConfirm={() => act.mutate()}
        >
          <Button loading={act.isPending} style={{ marginTop: '.75rem' }}>
            {client.rid ? '重新签发密钥' : '签发密钥'}
          </Button>
        </Popconfirm>
      ) : (
        client.allowed_addresses.length === 0 && <p className="muted">签发之前，请先登记来源地址白名单。</p>
      )}
      {act.isError && <ErrorAlert error={act.error} />}
    </Panel>
  )
}
