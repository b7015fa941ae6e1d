import { ADAPTER_KINDS } from '@sanjiang/contract/exchange'
import { Alert } from 'antd'
import { CodeBlock } from '../../../ui/copy.tsx'
import { timeText } from '../../../ui/instant.ts'

export interface Invitation {
  readonly token: string
  readonly expires_at: string
  /** Where the platform says agents reach it. */
  readonly exchange_url: string
  /** The machine may hold an identity already, which is then set aside. */
  readonly isAgain?: boolean
}

const configText = (centre: string): string => `# /etc/sanjiang-agent/agent.conf
centre = ${centre}
state = /var/lib/sanjiang-agent

# 每个数据库或文件夹一段；口令写在单独的文件里，不离开本机
[connection 业务库]
kind = postgres
host = 10.1.2.3
database = yewu
user = sanjiang
password_file = yewu.password
# kind 还可以是 ${ADAPTER_KINDS.codes.filter((kind) => kind !== 'postgres').join('、')}`

/** The token, once; and what to do with it on the department's machine. */
export const InvitationSteps = ({ token, expires_at, exchange_url, isAgain }: Invitation) => (
  <div className="stack">
    <Alert
      type="warning"
      showIcon
      title="口令只显示这一次"
      description={`${timeText(expires_at)} 前有效，只能用一次。请交给安装前置节点的人，不要经即时通信传送。`}
    />
    <CodeBlock title="一次性口令" text={token} />
    <ol className="commands">
      <li>
        <p>在部门自己的机器上写好配置</p>
        <CodeBlock text={configText(exchange_url)} />
      </li>
      <li>
        <p>检查：有什么不对，会用一句话说明</p>
        <CodeBlock text="sanjiang-agent check" />
      </li>
      <li>
        <p>登记：生成本机密钥，私钥不离开本机</p>
        <CodeBlock text={`sanjiang-agent enrol ${token}${isAgain ? ' --again' : ''}`} />
      </li>
      <li>
        <p>启动</p>
        <CodeBlock text="systemctl enable --now sanjiang-agent" />
      </li>
    </ol>
    <p className="muted">前置节点只向外连接平台，不需要为它开放入站端口。登记成功后，本页显示“在线”。</p>
  </div>
)
