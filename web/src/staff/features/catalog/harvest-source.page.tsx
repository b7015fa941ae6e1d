import {
  getHarvestSource,
  HARVEST_CYCLES,
  HARVEST_KINDS,
  type HarvestRun,
  type HarvestSource,
  listHarvestRuns,
  orderHarvestRun,
  saveHarvestSource,
} from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { Link, useNavigate, useParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { TabLinks } from '../../../ui/tab-links.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { countText, isOpen, LIVE_MS, RunStateTag } from './harvest.words.tsx'
import { HarvestForm } from './harvest-form.tsx'
import { HarvestPreview } from './harvest-preview.tsx'
import { HarvestPublishers } from './harvest-publishers.tsx'
import './harvest.css'

const COLUMNS: readonly Column<HarvestRun>[] = [
  {
    title: '批次',
    kind: 'lead',
    render: (run) => <Link to={`/catalog/harvest-runs/${run.run_id}`}>{timeText(run.created_at)}</Link>,
    text: ({ created_at }) => created_at,
  },
  { title: '状态', render: (run) => <RunStateTag run={run} />, text: ({ state }) => state },
  { title: '发起', render: ({ ordered_by_name }) => ordered_by_name, text: ({ ordered_by_name }) => ordered_by_name },
  {
    title: '来源自称',
    kind: 'num',
    render: ({ total_last }) => (total_last === null ? '—' : countText(total_last)),
    text: ({ total_last }) => total_last,
  },
  { title: '新增', kind: 'num', render: ({ new_count }) => countText(new_count), text: ({ new_count }) => new_count },
  {
    title: '有变化',
    kind: 'num',
    render: ({ changed_count }) => countText(changed_count),
    text: ({ changed_count }) => changed_count,
  },
  {
    title: '未变',
    kind: 'num',
    render: ({ same_count }) => countText(same_count),
    text: ({ same_count }) => same_count,
  },
  {
    title: '未收',
    kind: 'num',
    render: ({ refused_count }) => countText(refused_count),
    text: ({ refused_count }) => refused_count,
  },
  {
    title: '读不出',
    kind: 'num',
    render: ({ failed_count }) => countText(failed_count),
    text: ({ failed_count }) => failed_count,
  },
  {
    title: '归档',
    kind: 'num',
    render: ({ archived_count }) => countText(archived_count),
    text: ({ archived_count }) => archived_count,
  },
]

const Runs = ({ id }: { id: string }) => {
  const query = usePaged(
    ['catalog', 'harvest', 'runs', id],
    (after) => call(listHarvestRuns, { params: { id }, query: { after } }),
    { everyMs: LIVE_MS * 2 },
  )
  return (
    <PagedListing
      caption="汇聚批次"
      query={query}
      columns={COLUMNS}
      rowKey={({ run_id }) => run_id}
      empty="还没有汇聚过"
    />
  )
}

const OrderButton = ({ source }: { source: HarvestSource }) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const act = useMutation({
    mutationFn: () => call(orderHarvestRun, { params: { id: source.source_id } }),
    onSuccess: ({ run_id }) => navigate(`/catalog/harvest-runs/${run_id}`),
    onError: (error) => message.error((error as Error).message),
  })
  const isBusy = source.last_run !== null && (isOpen(source.last_run) || source.last_run.state === 'held')
  return (
    <Button type="primary" disabled={!source.is_enabled || isBusy} loading={act.isPending} onClick={() => act.mutate()}>
      {isBusy ? '已有批次未结束' : '立即汇聚'}
    </Button>
  )
}

const Settings = ({ source }: { source: HarvestSource }) => {
  const client = useQueryClient()
  const { message } = App.useApp()
  return (
    <HarvestForm
      key={source.revision}
      source={source}
      onSave={async (settings) => {
        const { source_id, revision } = source
        await call(saveHarvestSource, { params: { id: source_id }, body: { revision, settings } })
        await client.invalidateQueries({ queryKey: ['catalog', 'harvest'] })
        message.success('已保存')
      }}
    />
  )
}

const View = ({ source }: { source: HarvestSource }) => {
  const mayEdit = useCan('catalog.harvest.edit')
  const { source_id: id, unmapped_count } = source
  const unmapped = unmapped_count > 0 ? `（${unmapped_count} 个未对应）` : ''
  return (
    <Page
      title={source.name}
      crumbs={[{ title: '目录汇聚', to: '/catalog/harvest' }]}
      sub={`${HARVEST_KINDS.titles[source.kind]} · ${source.url}`}
      actions={mayEdit && <OrderButton source={source} />}
    >
      <Panel>
        <Facts
          of={[
            ['状态', source.is_enabled ? '启用' : '已停用'],
            ['周期', HARVEST_CYCLES.titles[source.cycle]],
            ['下一次', source.next_run_at && timeText(source.next_run_at)],
            ['现有条目', countText(source.entry_count)],
            ['最近改动', `${source.updated_by_name}，${timeText(source.updated_at)}`],
          ]}
        />
      </Panel>
      <TabLinks
        label="汇聚来源"
        tabs={[
          { key: 'runs', title: '批次', body: () => <Runs id={id} /> },
          { key: 'publishers', title: `机构对应${unmapped}`, body: () => <HarvestPublishers id={id} /> },
          ...(mayEdit
            ? [
                { key: 'preview', title: '预览', body: () => <HarvestPreview id={id} /> },
                { key: 'settings', title: '设置', body: () => <Settings source={source} /> },
              ]
            : []),
        ]}
      />
    </Page>
  )
}

export const HarvestSourcePage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['catalog', 'harvest', 'source', id],
    queryFn: () => call(getHarvestSource, { params: { id } }),
    refetchInterval: LIVE_MS * 2,
  })
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <Page title="汇聚来源" crumbs={[{ title: '目录汇聚', to: '/catalog/harvest' }]}>
        <ErrorAlert error={query.error} />
      </Page>
    )
  return <View source={query.data} />
}
