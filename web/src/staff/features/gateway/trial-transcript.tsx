import { type CallAnswer, PLANE } from '@sanjiang/contract/gateway'
import { type Grant, MASK_RULES } from '@sanjiang/contract/sharing'
import { Alert, Tabs } from 'antd'
import { Link } from 'react-router'
import { CodeBlock } from '../../../ui/copy.tsx'
import { Listing } from '../../../ui/listing.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { useCan } from '../../session.ts'
import { type Act, type Answer, type Called, refusalOf } from './trial.ts'

const Acts = ({ acts }: { acts: readonly Act[] }) => (
  <ol className="steps">
    {acts.map(({ title, says, text }, index) => (
      <li key={title}>
        <span className="sign" aria-hidden="true">
          {index + 1}
        </span>
        <h3>{title}</h3>
        <p className="muted" style={{ margin: 0 }}>
          {says}
        </p>
        <CodeBlock text={text} />
      </li>
    ))}
  </ol>
)

const readRows = ({ status, body }: Answer): CallAnswer | undefined => {
  if (status !== 200) return undefined
  try {
    const answer = JSON.parse(body)
    return Array.isArray(answer?.rows) ? answer : undefined
  } catch {
    return undefined
  }
}

const RowTable = ({ answer, grant }: { answer: CallAnswer; grant: Grant }) => {
  const columns = grant.items.map(({ name, name_en, mask_rule }) => ({
    title: mask_rule === 'none' ? name : `${name}（脱敏：${MASK_RULES.titles[mask_rule]}）`,
    render: (row: Record<string, unknown>) => {
      const value = row[name_en]
      return value === null || value === undefined
        ? ''
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value)
    },
  }))
  const rows = answer.rows.slice(0, 20).map((row, index) => ({ ...row, __no: index }))
  return (
    <Listing
      caption="返回的记录"
      rows={rows}
      columns={columns}
      rowKey={(row) => String((row as Record<string, unknown>).__no)}
      foot={
        <span>
          共 {answer.count} 条{answer.count > 20 ? '，列出前 20 条' : ''}
        </span>
      }
    />
  )
}

const Receipt = ({ answer }: { answer: Answer }) => {
  const mayRead = useCan('ledger.entry.read')
  const receipt = answer.headers[PLANE.headers.receipt]
  const leaf = answer.headers[PLANE.headers.leaf]
  if (!receipt) return null
  const [log_id, seq] = receipt.split('/')
  return (
    <Facts
      of={[
        [
          '回执',
          mayRead ? (
            <Link key="receipt" to={`/ledger/logs/${log_id}/entries/${seq}`} className="mono">
              {receipt}
            </Link>
          ) : (
            <span key="receipt" className="mono">
              {receipt}
            </span>
          ),
        ],
        [
          '叶',
          <span key="leaf" className="mono">
            {leaf}
          </span>,
        ],
        [
          '授权与版本',
          <span key="grant" className="mono">
            {answer.headers[PLANE.headers.grant]}
          </span>,
        ],
        [
          '追踪号',
          <span key="trace" className="mono">
            {answer.headers[PLANE.headers.trace]}
          </span>,
        ],
      ]}
    />
  )
}

/** What came back, first as people read it, then every byte that was made on the way. */
export const TrialTranscript = ({
  called,
  signIn,
  grant,
}: {
  called: Called
  signIn: readonly Act[]
  grant: Grant
}) => {
  const { answer } = called
  const refused = refusalOf(answer)
  const rows = readRows(answer)
  return (
    <Panel
      title="4　结果"
      extra={
        <span className="row" style={{ gap: '.5rem' }}>
          <StateTag tone={refused ? 'bad' : 'good'}>HTTP {answer.status}</StateTag>
          <span className="muted">{answer.milliseconds} 毫秒</span>
        </span>
      }
    >
      {refused && <Alert type="error" showIcon role="alert" title={refused} style={{ marginBottom: '.75rem' }} />}
      <Tabs
        items={[
          {
            key: 'answer',
            label: '返回',
            children: (
              <div className="stack">
                {rows ? <RowTable answer={rows} grant={grant} /> : <CodeBlock text={answer.body} />}
                <Receipt answer={answer} />
              </div>
            ),
          },
          { key: 'raw', label: '原样', children: <CodeBlock text={`${headerText(answer)}\n\n${answer.body}`} /> },
          { key: 'call', label: '这次调用怎样签', children: <Acts acts={called.acts} /> },
          { key: 'sign-in', label: '怎样签到', children: <Acts acts={signIn} /> },
          {
            key: 'curl',
            label: 'curl',
            children: (
              <>
                <p className="muted">
                  先设好网关地址：export
                  GATEWAY=http://网关主机:端口。计数与签名只能用一次，这一条已经用过；照此在自己的程序里生成下一条。
                </p>
                <CodeBlock text={called.curl} />
              </>
            ),
          },
        ]}
      />
    </Panel>
  )
}

const headerText = ({ status, headers }: Answer): string =>
  [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\n')
