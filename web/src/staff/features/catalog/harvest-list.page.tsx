import { HARVEST_CYCLES, HARVEST_KINDS, type HarvestSource, listHarvestSources } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { CopyButton } from '../../../ui/copy.tsx'
import { timeText } from '../../../ui/instant.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, Listing, Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { countText, LIVE_MS, RunStateTag } from './harvest.words.tsx'
import './harvest.css'

const Health = ({ source }: { source: HarvestSource }) => {
  const { is_enabled, last_run: run, unmapped_count } = source
  if (!is_enabled) return <StateTag tone="calm">已停用</StateTag>
  if (!run) return <StateTag tone="wait">还没有汇聚过</StateTag>
  return (
    <span className="row">
      <RunStateTag run={run} />
      {unmapped_count > 0 && <StateTag tone="wait">{unmapped_count} 个机构未对应</StateTag>}
    </span>
  )
}

const LastRun = ({ run }: { run: HarvestSource['last_run'] }) =>
  run === null ? (
    <>—</>
  ) : (
    <div>
      <Link to={`/catalog/harvest-runs/${run.run_id}`}>{timeText(run.ended_at ?? run.created_at)}</Link>
      <div className="muted small">
        新 {countText(run.new_count)} · 变 {countText(run.changed_count)} · 未收 {countText(run.refused_count)} · 读不出{' '}
        {countText(run.failed_count)}
      </div>
    </div>
  )

const COLUMNS: readonly Column<HarvestSource>[] = [
  {
    title: '来源',
    kind: 'lead',
    render: (one) => (
      <>
        <Link to={`/catalog/harvest/${one.source_id}`}>{one.name}</Link>
        <div className="muted small mono">{one.url}</div>
      </>
    ),
  },
  { title: '种类', kind: 'fix', render: ({ kind }) => HARVEST_KINDS.titles[kind] },
  { title: '状态', render: (source) => <Health source={source} /> },
  { title: '最近一次', render: ({ last_run }) => <LastRun run={last_run} /> },
  {
    title: '下一次',
    kind: 'fix',
    render: ({ cycle, next_run_at }) => (next_run_at ? timeText(next_run_at) : HARVEST_CYCLES.titles[cycle]),
  },
  { title: '现有条目', kind: 'num', render: ({ entry_count }) => countText(entry_count) },
]

/** Other catalogues that ours takes over, and how each of them is doing. */
export const HarvestListPage = () => {
  const mayEdit = useCan('catalog.harvest.edit')
  const query = useQuery({
    queryKey: ['catalog', 'harvest', 'sources'],
    queryFn: () => call(listHarvestSources, {}),
    refetchInterval: LIVE_MS * 3,
  })
  return (
    <Page
      title="目录汇聚"
      sub="把 CKAN、DCAT 目录和其他三江节点的条目收进本目录：在本平台只读，每条怎样处理都有记录，缺陷不计在提供部门头上。"
      actions={
        mayEdit && (
          <LinkButton to="/catalog/harvest/new" type="primary">
            登记来源
          </LinkButton>
        )
      }
    >
      <Loaded query={query}>
        {({ rows, node_key }) => (
          <>
            {rows.length === 0 ? (
              <div className="panel">
                <Nothing>还没有登记汇聚来源</Nothing>
              </div>
            ) : (
              <div className="harvest-sources">
                <Listing caption="汇聚来源" rows={rows} columns={COLUMNS} rowKey={({ source_id }) => source_id} />
              </div>
            )}
            <Panel title="本节点的公钥">
              <p className="muted">
                对方也是三江节点时，请其把本节点登记为一个应用系统，并登记这把公钥；本节点的每次请求都以它签名，不用口令。
              </p>
              <Facts
                of={[
                  [
                    '公钥标识',
                    <span className="mono" key="id">
                      {node_key.key_id}
                    </span>,
                  ],
                  [
                    '公钥（SPKI）',
                    <span className="row" key="key">
                      <span className="mono">{node_key.public_key}</span>
                      <CopyButton text={node_key.public_key} />
                    </span>,
                  ],
                ]}
              />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  )
}
