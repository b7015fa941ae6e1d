import { opendata } from '@sanjiang/contract'
import {
  approveRelease,
  type Edition,
  type ReleaseDetail,
  recallRelease,
  rejectRelease,
  withdrawRelease,
} from '@sanjiang/contract/opendata'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Popconfirm } from 'antd'
import { useEffect } from 'react'
import { Link, useParams } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, rowsOf, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'
import { EditionSend } from './edition-send.tsx'
import { EditionView } from './edition-view.tsx'
import { EditionStateTag, isMoving, ReleaseStateTag } from './release.words.tsx'
import { ReleaseContent } from './release-content.tsx'

const keyOf = (id: string) => ['opendata', 'release', id]

const RecallButton = ({ onRecall }: { readonly onRecall: () => Promise<void> }) => {
  const recall = useMutation({ mutationFn: onRecall })
  return (
    <>
      {recall.isError && <ErrorAlert error={recall.error} />}
      <Popconfirm
        title="取回这次提议"
        description="数据留在暂存区，改过可以再提。"
        okText="取回"
        cancelText="不取回"
        onConfirm={() => recall.mutate()}
      >
        <Button loading={recall.isPending}>取回修改</Button>
      </Popconfirm>
    </>
  )
}

const Acts = ({ release: { release_id: id, content, can } }: { readonly release: ReleaseDetail }) => {
  const client = useQueryClient()
  const params = { id }
  const act = async (work: Promise<unknown>) => {
    await work
    await client.invalidateQueries({ queryKey: ['opendata'] })
    void client.invalidateQueries({ queryKey: ['inbox'] })
  }
  return (
    <>
      {can.includes('recall') && <RecallButton onRecall={() => act(call(recallRelease, { params }))} />}
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
          hint={`公众侧只留名称、日期和这里写的理由，数据和文件随即删除。${
            content.open_type === 'conditional' ? '使用许可随即收回，没有办完的申请随即终止，都会告知申请人。' : ''
          }`}
          onSay={(reason) => act(call(withdrawRelease, { params, body: { reason } }))}
        />
      )}
    </>
  )
}

const EDITIONS: readonly Column<Edition>[] = [
  {
    title: '版次',
    kind: 'lead',
    render: (one) => <Link to={`/opendata/editions/${one.edition_id}`}>第 {one.edition_no} 版</Link>,
    text: (one) => one.edition_no,
  },
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

/** Whoever opens a table or figures wants to know what brings the next edition. */
const Feeding = ({ release: { content } }: { readonly release: ReleaseDetail }) =>
  content.rows && content.rows.source !== 'file' ? (
    <p className="sub">
      {content.rows.source === 'table' ? '数据经交换到达' : '数据由平台统计'}，有变化就成为新的一版：
      <Link to="/opendata/sources">看自动供数</Link>
    </p>
  ) : null

/** What somebody works on, or is about to go out by itself. */
const isOnItsWay = ({ state, release_id }: Edition, release: ReleaseDetail): boolean =>
  isMoving(state) || (state === 'clean' && release.state === 'released' && release_id === release.release_id)

/** The list tells of an edition before the release does: then the release is read again. */
const useNewest = ({ release_id, edition }: ReleaseDetail, newest: Edition | undefined): void => {
  const client = useQueryClient()
  const isOurs = newest !== undefined && newest.release_id === release_id
  const isBehind = isOurs && (newest.edition_id !== edition?.edition_id || newest.state !== edition.state)
  const told = `${newest?.edition_id} ${newest?.state}`
  useEffect(() => {
    if (isBehind && told) void client.invalidateQueries({ queryKey: keyOf(release_id) })
  }, [client, isBehind, told, release_id])
}

const Editions = ({ release }: { readonly release: ReleaseDetail }) => {
  const { resource_id, state } = release
  const canSend = useCan('opendata.release.propose')
  const { today } = useSession()
  const query = usePaged(
    ['opendata', 'editions', resource_id],
    (after) => call(opendata.listEditions, { query: { resource_id, after, limit: 20 } }),
    { everyMs: (rows) => (rows.some((one) => isOnItsWay(one, release)) ? 2000 : false) },
  )
  useNewest(release, rowsOf(query)[0])
  return (
    <Panel title="历次数据">
      <div className="stack">
        {canSend && state === 'released' && release.content.rows?.source === 'file' && (
          <EditionSend resource_id={resource_id} label="上传新的一版" today={today} />
        )}
        <Feeding release={release} />
        <PagedListing
          caption="版次"
          query={query}
          columns={EDITIONS}
          rowKey={(one) => one.edition_id}
          empty="还没有数据，只开放了说明"
        />
      </div>
    </Panel>
  )
}

const REPROPOSE: Readonly<Partial<Record<ReleaseDetail['state'], string>>> = {
  rejected: '没有通过审查。按意见改过之后可以再提，已上传的数据还在。',
  recalled: '已取回，没有开放。改过之后可以再提，已上传的数据还在。',
  withdrawn: '已撤回，公众只看到名称、日期和理由。要再开放，须重新提出。',
}

const isToBeSent = ({ state, is_sent }: ReleaseDetail): boolean =>
  (state === 'released' || state === 'withdrawn') && !is_sent

/** Where the matter rests, and with whom. */
const standingOf = ({ state, can, edition }: ReleaseDetail): string | null => {
  if (state !== 'review') return REPROPOSE[state] ?? null
  if (edition && isMoving(edition.state)) return '正在逐行检查数据，查完才能审查。'
  if (edition?.state === 'held')
    return can.includes('recall')
      ? '数据里有不能公开的内容，没有人可以放行。请取回，去除或遮盖有问题的列后再提。'
      : '数据里有不能公开的内容，不能通过；可写明理由退回，或等提出人取回修改。'
  return can.includes('approve') ? null : '等待本部门另一位审核员作保密审查；提出的人不能审查自己的提议。'
}

/** What comes next, with the way to it. */
const Standing = ({ release }: { readonly release: ReleaseDetail }) => {
  const canPropose = useCan('opendata.release.propose')
  const text = standingOf(release)
  if (!text) return null
  const isOver = REPROPOSE[release.state] !== undefined
  return (
    <Alert
      type="info"
      showIcon
      title={text}
      action={
        isOver &&
        canPropose && (
          <LinkButton size="small" to={`/opendata/releases/new?resource=${release.resource_id}`}>
            再次提出
          </LinkButton>
        )
      }
    />
  )
}

const View = ({ release }: { readonly release: ReleaseDetail }) => {
  const canPropose = useCan('opendata.release.propose')
  return (
    <Page
      title={release.content.title}
      crumbs={[{ title: '数据开放', to: '/opendata/releases' }, { title: `第 ${release.release_no} 次发布` }]}
      sub={
        <>
          <span className="mono">{release.code}</span> · {release.organ_name}
        </>
      }
      actions={
        <>
          {release.state === 'released' && canPropose && (
            <LinkButton to={`/opendata/releases/new?resource=${release.resource_id}`}>修改后再发布</LinkButton>
          )}
          <Acts release={release} />
        </>
      }
    >
      <Standing release={release} />
      <div className="split aside-first">
        <div>
          <ReleaseContent release={release} />
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
              [
                '公众页面',
                release.public_url && (
                  <a key="public" href={release.public_url} target="_blank" rel="noreferrer">
                    {release.state === 'withdrawn' ? '看撤回标记' : '看公众看到的'}
                  </a>
                ),
              ],
              ['公众侧', isToBeSent(release) ? '待送出' : release.is_sent ? '已送到' : null],
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

/** What the platform works on is looked at every moment, what another person decides now and then. */
const paceOf = (release: ReleaseDetail): number | false => {
  if (isMoving(release.edition?.state) || isToBeSent(release)) return 2000
  return release.state === 'review' && 20_000
}

export const ReleasePage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: keyOf(id),
    queryFn: () => call(opendata.getRelease, { params: { id } }),
    refetchInterval: ({ state: { data } }) => data !== undefined && paceOf(data),
  })
  return <Loaded query={query}>{(release) => <View release={release} />}</Loaded>
}
