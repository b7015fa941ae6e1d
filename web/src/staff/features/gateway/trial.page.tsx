import { sharing } from '@sanjiang/contract'
import type { Grant } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Alert, Select } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import type { ClientKeyPair } from '../../client-key.ts'
import { useSession } from '../../session.ts'
import { TrialCall } from './trial-call.tsx'
import { TrialKey } from './trial-key.tsx'

const titleOf = ({ resource_name, provider_name, client_name }: Grant): string =>
  `${resource_name}（${provider_name}）${client_name ? ` · ${client_name}` : ' · 未指定应用系统'}`

const Chosen = ({ grant }: { grant: Grant }) => (
  <Facts
    of={[
      [
        '资源',
        <Link key="resource" to={`/catalog/resources/${grant.resource_id}`}>
          {grant.resource_code}
        </Link>,
      ],
      ['可见信息项', grant.items.map(({ name }) => name).join('、')],
      ['应用系统', grant.client_name],
      ['期限', `${grant.starts_on} 至 ${grant.ends_on}`],
    ]}
  />
)

/** Those that can be called as they are come first; a grant for another transport cannot be called at all. */
const callableFirst = (grants: readonly Grant[]): Grant[] =>
  grants
    .filter(({ access_mode }) => access_mode === 'api')
    .sort((a, b) => Number(b.client_id !== null) - Number(a.client_id !== null))

const Console = ({ grants: standing }: { grants: readonly Grant[] }) => {
  const grants = callableFirst(standing)
  const [search, setSearch] = useSearchParams()
  const [key, setKey] = useState<ClientKeyPair>()
  const resource = search.get('resource')
  const grant =
    grants.find(({ grant_id }) => grant_id === search.get('grant')) ??
    grants.find(({ resource_id }) => resource_id === resource) ??
    (resource ? undefined : grants[0])
  return (
    <>
      <Panel title="1　凭哪份授权">
        <Select
          aria-label="授权"
          style={{ width: '100%', maxWidth: '44rem', marginBottom: '.75rem' }}
          placeholder="选择一份有效的授权"
          value={grant?.grant_id}
          options={grants.map((one) => ({ value: one.grant_id, label: titleOf(one) }))}
          onChange={(id) => setSearch({ grant: id }, { replace: true })}
        />
        {grant ? <Chosen grant={grant} /> : <p className="muted">本机构对这个资源还没有有效的授权，请先申请。</p>}
        {grant && !grant.client_id && (
          <Alert
            type="warning"
            showIcon
            title="这份授权还没有指定应用系统"
            description={<Link to={`/sharing/grants/${grant.grant_id}`}>到授权页指定</Link>}
          />
        )}
      </Panel>
      {grant?.client_id && (
        <>
          <TrialKey key={grant.client_id} clientId={grant.client_id} pair={key} onPair={setKey} />
          {key && <TrialCall key={`${grant.grant_id} ${key.key_id}`} grant={grant} pair={key} />}
        </>
      )}
    </>
  )
}

/** The console shows every byte that an application has to make: nothing about calling the gateway is left to guess. */
export const TrialPage = () => {
  const { organ_id } = useSession()
  const query = useQuery({
    queryKey: ['sharing', 'grants', 'trial', organ_id],
    queryFn: () => call(sharing.listGrants, { query: { side: 'consumer', state: 'active', limit: 100 } }),
  })
  return (
    <Page
      title="在线试调用"
      sub="在浏览器里签好一次真实的调用，逐步看到签名怎样做成，经网关取回数据与回执。私钥不离开本页。"
    >
      <Loaded
        query={query}
        isEmpty={({ rows }) => rows.length === 0}
        empty={
          <Panel>
            <Nothing>
              还没有有效的授权。<Link to="/catalog/search">找到需要的资源</Link>，提出申请，获准后即可试调用。
            </Nothing>
          </Panel>
        }
      >
        {({ rows }) => <Console grants={rows} />}
      </Loaded>
    </Page>
  )
}
