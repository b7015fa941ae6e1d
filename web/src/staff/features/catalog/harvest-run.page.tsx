import {
  cancelHarvestRun,
  decideHarvestRun,
  getHarvestRun,
  type HarvestRun,
  reconcile,
  resumeHarvestRun,
} from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Popconfirm } from 'antd'
import { useParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { countText, isOpen, LIVE_MS, RunStateTag } from './harvest.words.tsx'
import { HarvestCounts, Reconciliation } from './harvest-counts.tsx'
import { HarvestLog } from './harvest-log.tsx'
import './harvest.css'
import './resource-list.css'

type Verb = 'cancel' | 'resume' | 'archive' | 'keep'

const actOf = (id: string, verb: Verb) => {
  const params = { id }
  if (verb === 'cancel') return call(cancelHarvestRun, { params })
  if (verb === 'resume') return call(resumeHarvestRun, { params })
  return call(decideHarvestRun, { params, body: { decision: verb } })
}

const useAct = (run: HarvestRun) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (verb: Verb) => actOf(run.run_id, verb),
    onSettled: () => client.invalidateQueries({ queryKey: ['catalog', 'harvest'] }),
  })
}

const Progress = ({ run }: { run: HarvestRun }) => {
  if (!isOpen(run)) return null
  const { sum, total } = reconcile(run)
  const percent = total ? Math.min(100, Math.floor((sum / total) * 1000) / 10) : 0
  const words =
    run.phase === 'archive'
      ? `正在归档：${countText(run.archived_count)} / ${countText(run.absent_count)} 条`
      : `第 ${run.pages + 1} 页，${countText(sum)} / ${total === null ? '未知' : countText(total)} 条`
  return (
    <div className="harvest-going">
      <span
        className="bar"
        role="progressbar"
        aria-label="汇聚进度"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={words}
      >
        <i style={{ width: `${percent}%` }} />
      </span>
      <span>
        {words} <b>{percent}%</b>
      </span>
    </div>
  )
}

const Held = ({ run, act }: { run: HarvestRun; act: ReturnType<typeof useAct> }) => {
  const mayEdit = useCan('catalog.harvest.edit')
  return (
    <Alert
      type="warning"
      showIcon
      title="没有归档，等待确认"
      description={
        <>
          <p>{run.note}</p>
          {mayEdit && (
            <span className="row">
              <Popconfirm
                title={`归档 ${run.absent_count} 条？它们下架而不删除，重新出现时恢复。`}
                okText="归档"
                cancelText="取消"
                onConfirm={() => act.mutate('archive')}
              >
                <Button danger>归档这 {run.absent_count} 条</Button>
              </Popconfirm>
              <Button onClick={() => act.mutate('keep')}>都保留</Button>
            </span>
          )}
        </>
      }
    />
  )
}

const Actions = ({ run, act }: { run: HarvestRun; act: ReturnType<typeof useAct> }) => {
  if (isOpen(run) || run.state === 'held')
    return (
      <Button danger disabled={run.is_cancelling} loading={act.isPending} onClick={() => act.mutate('cancel')}>
        停止
      </Button>
    )
  if (run.state === 'failed' || run.state === 'cancelled')
    return (
      <Button type="primary" loading={act.isPending} onClick={() => act.mutate('resume')}>
        从停下的地方继续
      </Button>
    )
  return null
}

const View = ({ run }: { run: HarvestRun }) => {
  const mayEdit = useCan('catalog.harvest.edit')
  const act = useAct(run)
  return (
    <Page
      title={`汇聚批次 ${timeText(run.created_at)}`}
      crumbs={[
        { title: '目录汇聚', to: '/catalog/harvest' },
        { title: run.source_name, to: `/catalog/harvest/${run.source_id}` },
      ]}
      sub={<RunStateTag run={run} />}
      actions={mayEdit && <Actions run={run} act={act} />}
    >
      {act.isError && <ErrorAlert error={act.error} />}
      {run.state === 'held' && <Held run={run} act={act} />}
      {run.trouble && <Alert type="error" showIcon title="没有读完" description={run.trouble} />}
      <Panel title="结果">
        <Progress run={run} />
        <HarvestCounts run={run} />
        <Reconciliation run={run} />
        {run.state !== 'held' && run.note && !run.is_unchanged && <p className="muted">{run.note}。</p>}
        <Facts
          of={[
            ['发起', `${run.ordered_by_name}，${timeText(run.created_at)}`],
            ['开始', run.started_at && timeText(run.started_at)],
            ['结束', run.ended_at && timeText(run.ended_at)],
            ['页数', countText(run.pages)],
            ['重复出现', run.repeated_count > 0 && countText(run.repeated_count)],
            ['无法辨认', run.unknown_count > 0 && `${countText(run.unknown_count)}（含在读不出之内）`],
            ['来源中没有见到', run.absent_count > 0 && countText(run.absent_count)],
          ]}
        />
        {run.notes && run.notes.length > 0 && (
          <details>
            <summary>读取时的情况（{run.notes.length}）</summary>
            <ul>
              {run.notes.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </details>
        )}
      </Panel>
      <Panel title="逐条日志">
        <HarvestLog run={run} />
      </Panel>
    </Page>
  )
}

export const HarvestRunPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['catalog', 'harvest', 'run', id],
    queryFn: () => call(getHarvestRun, { params: { id } }),
    refetchInterval: ({ state }) => (state.data && !isOpen(state.data) ? false : LIVE_MS),
  })
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <Page title="汇聚批次" crumbs={[{ title: '目录汇聚', to: '/catalog/harvest' }]}>
        <ErrorAlert error={query.error} />
      </Page>
    )
  return <View run={query.data} />
}
