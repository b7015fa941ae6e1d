import { Link, useParams } from 'react-router'
import { CodeBlock } from '../../../ui/copy.tsx'
import { timeText } from '../../../ui/instant.ts'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { type FullEntry, useEntry } from './entry.ts'
import { EntryProof } from './entry-proof.tsx'
import { kindText, OutcomeTag } from './ledger.words.tsx'
import { TrustPanel } from './trust-panel.tsx'
import { useTrust } from './use-trust.ts'

const pretty = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

const Said = ({ entry }: { entry: FullEntry }) => (
  <Panel title="所记">
    <Facts
      of={[
        ['时间', timeText(entry.at)],
        ['种类', kindText(entry.kind)],
        ['结果', entry.outcome && <OutcomeTag key="outcome" outcome={entry.outcome} />],
        ['使用方', entry.consumer_name ?? entry.consumer_organ_id],
        ['提供方', entry.provider_name ?? entry.provider_organ_id],
        ['应用系统', entry.client_name ?? entry.client_id],
        ['资源', entry.resource_code],
        [
          '授权',
          entry.grant_id && (
            <Link key="grant" to={`/sharing/grants/${entry.grant_id}`}>
              查看授权
            </Link>
          ),
        ],
        ['办件', entry.case_no],
        ['事由', entry.topic],
      ]}
    />
  </Panel>
)

const View = ({ entry }: { entry: FullEntry }) => {
  const trust = useTrust()
  return (
    <Page
      title={`第 ${entry.seq} 条`}
      crumbs={[
        { title: '存证账本', to: '/ledger/logs' },
        { title: '条目', to: `/ledger/entries?log_id=${entry.log_id}` },
        { title: `第 ${entry.seq} 条` },
      ]}
      sub={<span className="mono">{entry.log_id}</span>}
    >
      <div className="split">
        <div>
          <EntryProof entry={entry} trust={trust} />
          <Panel title="原文">
            <p className="muted">签入账本的就是下面这一行文本；个人只以加钥杂凑出现，没有任何业务数据。</p>
            <CodeBlock title="规范文本（逐字节）" text={entry.body} />
            <details>
              <summary>分行查看</summary>
              <CodeBlock text={pretty(entry.body)} />
            </details>
          </Panel>
        </div>
        <div>
          <Said entry={entry} />
          <TrustPanel state={trust} />
        </div>
      </div>
    </Page>
  )
}

export const EntryPage = () => {
  const { log_id = '', seq = '0' } = useParams()
  const query = useEntry(log_id, Number(seq))
  return <Loaded query={query}>{(entry) => <View entry={entry} />}</Loaded>
}
