import { sharing } from '@sanjiang/contract'
import {
  ACCESS_MODES,
  type GrantDetail,
  type GrantedItem,
  MASK_RULES,
  PURPOSES,
  REVOCATION_CAUSES,
} from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link, useParams } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { TermBar } from '../../../ui/term-bar.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'
import { GrantActions } from './grant-actions.tsx'
import { GrantTransfer } from './grant-transfer.tsx'
import { GrantVersions } from './grant-versions.tsx'
import { GrantStateTag, quotaText, RowConditions } from './sharing.words.tsx'

const nameIn = (grant: GrantDetail) => (item: string) =>
  grant.items.find(({ name_en }) => name_en === item)?.name ?? item

const Revoked = ({ grant }: { grant: GrantDetail }) =>
  grant.revocation && (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: '1rem' }}
      title={`${REVOCATION_CAUSES.titles[grant.revocation.cause]}（${grant.revocation.revoked_on}）`}
      description={
        <>
          {grant.revocation.reason} · {grant.revocation.revoked_by_name}
          {grant.revocation.superseded_by && (
            <>
              {' · '}
              <Link to={`/sharing/grants/${grant.revocation.superseded_by}`}>查看新授权</Link>
            </>
          )}
        </>
      }
    />
  )

const itemColumns = (grant: GrantDetail, mayCorrect: boolean): readonly Column<GrantedItem>[] => [
  {
    title: '信息项',
    kind: 'lead',
    render: ({ name, name_en }) => (
      <>
        {name} <span className="muted mono">{name_en}</span>
      </>
    ),
  },
  { title: '脱敏', render: ({ mask_rule }) => MASK_RULES.titles[mask_rule] },
  ...(mayCorrect
    ? [
        {
          title: '纠错',
          render: ({ item_id, name }: GrantedItem) => (
            <Link
              to={`/sharing/corrections/new?grant=${grant.grant_id}&item=${item_id}`}
              aria-label={`对“${name}”提出纠错`}
            >
              数据有误？
            </Link>
          ),
        },
      ]
    : []),
]

const View = ({ grant }: { grant: GrantDetail }) => {
  const { today, organ_id } = useSession()
  const mayRaise = useCan('sharing.correction.raise')
  const mayTry = useCan('gateway.call.try')
  const mayReadLedger = useCan('ledger.entry.read')
  const isOurs = grant.consumer_organ_id === organ_id && grant.state === 'active'
  return (
    <Page
      title={`“${grant.resource_name}”的授权`}
      crumbs={[{ title: '数据授权', to: '/sharing/grants' }, { title: `第 ${grant.version} 版` }]}
      sub={
        <>
          {grant.provider_name} → {grant.consumer_name} · <GrantStateTag state={grant.state} />
        </>
      }
      actions={<GrantActions grant={grant} />}
    >
      <Revoked grant={grant} />
      {grant.access_mode !== 'api' && <GrantTransfer grant={grant} isOurs={isOurs} />}
      <div className="split">
        <div>
          <Panel title={`可见的信息项（${grant.items.length}）`}>
            <Listing
              caption="授权的信息项"
              rows={grant.items}
              columns={itemColumns(grant, mayRaise && isOurs)}
              rowKey={({ item_id }) => item_id}
            />
          </Panel>
          <GrantVersions grant={grant} nameOf={nameIn(grant)} />
        </div>
        <div>
          <Panel title="条款">
            {!grant.revocation && <TermBar starts_on={grant.starts_on} ends_on={grant.ends_on} today={today} />}
            <Facts
              of={[
                ['用途', PURPOSES.titles[grant.purpose_code]],
                ['事项或职责', grant.purpose_ref],
                ['应用场景', grant.scenario],
                ['记录范围', <RowConditions key="rows" of={grant.row_conditions} nameOf={nameIn(grant)} />],
                [
                  '调用上限',
                  grant.access_mode === 'api' && quotaText({ count: grant.quota_count, period: grant.quota_period }),
                ],
                [
                  '签名方式',
                  grant.access_mode === 'api' && (grant.allows_low_assurance ? '可用四头签名' : '消息签名（RFC 9421）'),
                ],
                ['共享方式', ACCESS_MODES.titles[grant.access_mode]],
                ['应用系统', grant.access_mode === 'api' && (grant.client_name ?? '未指定，暂不能调用')],
                ['签发', `${grant.issued_on} ${grant.issued_by_name}`],
                [
                  '申请',
                  <Link key="request" to={`/sharing/requests/${grant.request_id}`}>
                    {grant.request_no}
                  </Link>,
                ],
                [
                  '资源',
                  <Link key="resource" to={`/catalog/resources/${grant.resource_id}`}>
                    {grant.resource_code}
                  </Link>,
                ],
                [
                  '试调用',
                  mayTry && isOurs && grant.access_mode === 'api' && (
                    <Link key="try" to={`/gateway/trials?grant=${grant.grant_id}`}>
                      打开控制台
                    </Link>
                  ),
                ],
                [
                  '存证',
                  mayReadLedger && (
                    <Link key="ledger" to={`/ledger/entries?grant_id=${grant.grant_id}`}>
                      调用记录
                    </Link>
                  ),
                ],
              ]}
            />
          </Panel>
        </div>
      </div>
    </Page>
  )
}

export const GrantPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['sharing', 'grant', id],
    queryFn: () => call(sharing.getGrant, { params: { id } }),
  })
  return <Loaded query={query}>{(grant) => <View grant={grant} />}</Loaded>
}
