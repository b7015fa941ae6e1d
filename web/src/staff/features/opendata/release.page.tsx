import { opendata } from '@sanjiang/contract'
import {
  approveRelease,
  type Edition,
  type ReleaseDetail,
  rejectRelease,
  withdrawRelease,
} from '@sanjiang/contract/opendata'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link, useParams } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'
import { EditionSend } from './edition-send.tsx'
import { EditionView } from './edition-view.tsx'
import { EditionStateTag, isMoving, ReleaseStateTag } from './release.words.tsx'
import { ReleaseContent } from './release-content.tsx'

const keyOf = (id: string) => ['opendata', 'release', id]

const Acts = ({ release: { release_id: id, can } }: { readonly release: ReleaseDetail }) => {
  const client = useQueryClient()
  const params = { id }
  const act = async (work: Promise<unknown>) => {
    await work
    await client.invalidateQueries({ queryKey: ['opendata'] })
    void client.invalidateQueries({ queryKey: ['inbox'] })
  }
  return (
    <>
      {can.includes('reject') && (
        <AskButton
          label="审查不通过"
          field="理由"
          min={5}
          danger
          onSay={(opinion) => act(call(rejectRelease, { params, body: { opinion } }))}
        />
      )}
      {can.includes('approve') && (
        <AskButton
          label="审查通过并开放"
          field="审查意见"
          min={5}
          primary
          hint="请先看样例行和检查发现：是否涉及国家秘密、商业秘密和个人隐私。"
          onSay={(opinion) => act(call(approveRelease, { params, body: { opinion } }))}
        />
      )}
      {can.includes('withdraw') && (
        <AskButton
          label="撤回"
          field="撤回理由"
          min={5}
          danger
          hint="公众侧只留名称、日期和这里写的理由，数据和文件随即删除。"
          onSay={(reason) => act(call(withdrawRelease, { params, body: { reason } }))}
        />
      )}
    </>
  )
}

const EDITIONS: readonly Column<Edition>[] = [
  { title: '版次', kind: 'lead', render: (one) => `第 ${one.edition_no} 版`, text: (one) => one.edition_no },
  { title: '状态', kind: 'fix', render: (one) => <EditionStateTag state={one.state} />, text: (one) => one.state },
  { title: '数据截至', kind: 'fix', render: (one) => one.data_on, text: (one) => one.data_on },
  { title: '行数', kind: 'num', render: (one) => one.row_count?.toLocaleString('zh-CN'), text: (one) => one.row_count },
  {
    title: '问题',
    kind: 'num',
    render: (one) => one.fault_count + one.finding_count || '',
    text: (one) => one.fault_count + one.finding_count,
  },
  { title: '说明', render: (one) => one.note, text: (one) => one.note },
]

const Editions = ({ release }: { readonly release: ReleaseDetail }) => {
  const { resource_id, state } = release
  const canSend = useCan('opendata.release.propose')
  const { today } = useSession()
  const query = usePaged(['opendata', 'editions', resource_id], (after) =>
    call(opendata.listEditions, { query: { resource_id, after, limit: 20 } }),
  )
  return (
    <Panel title="历次数据">
      {canSend && state === 'released' && release.content.rows?.source === 'file' && (
        <EditionSend resource_id={resource_id} label="上传新的一版" today={today} />
      )}
      <PagedListing
        caption="版次"
        query={query}
        columns={EDITIONS}
        rowKey={(one) => one.edition_id}
        empty="还没有数据，只开放了说明"
      />
    </Panel>
  )
}

const whyNoActs = ({ state, can, edition }: ReleaseDetail): string | null => {
  if (state !== 'review') return null
  if (edition && isMoving(edition.state)) return '正在逐行检查数据，查完才能审查。'
  return can.length === 0 ? '等待本部门另一位审核员作保密审查；提出的人不能审查自己的提议。' : null
}

const View = ({ release }: { readonly release: ReleaseDetail }) => {
  const why = whyNoActs(release)
  return (
    <Page
      title={release.content.title}
      crumbs={[{ title: '数据开放', to: '/opendata/releases' }, { title: `第 ${release.release_no} 次发布` }]}
      sub={
        <>
          <span className="mono">{release.code}</span> · {release.organ_name}
        </>
      }
      actions={<Acts release={release} />}
    >
      {why && <Alert type="info" showIcon title={why} />}
      <div className="split">
        <div>
          <ReleaseContent content={release.content} />
          {release.edition && <EditionView edition={release.edition} rows={release.content.rows} />}
          <Editions release={release} />
        </div>
        <Panel title="经过">
          <Facts
            of={[
              ['状态', <ReleaseStateTag key="state" release={release} />],
              ['提出', `${release.proposed_on} ${release.proposed_by_name}`],
              ['审查', release.reviewed_on && `${release.reviewed_on} ${release.reviewed_by_name}`],
              ['审查意见', release.review_opinion],
              ['撤回', release.withdrawn_on && `${release.withdrawn_on}：${release.withdraw_reason}`],
              ['公众侧', release.is_sent ? '已送到' : release.state === 'released' ? '待送出' : null],
              [
                '目录资源',
                <Link key="resource" to={`/catalog/resources/${release.resource_id}`}>
                  查看
                </Link>,
              ],
            ]}
          />
        </Panel>
      </div>
    </Page>
  )
}

export const ReleasePage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: keyOf(id),
    queryFn: () => call(opendata.getRelease, { params: { id } }),
    refetchInterval: ({ state: { data } }) =>
      isMoving(data?.edition?.state) || (data?.state === 'released' && !data.is_sent) ? 2000 : false,
  })
  return <Loaded query={query}>{(release) => <View release={release} />}</Loaded>
}
