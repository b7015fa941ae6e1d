import { addressOf } from '@sanjiang/contract/call'
import { type BatchDetail, cancelBatch, commitBatch, getAnnotated, undoBatch } from '@sanjiang/contract/catalog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Modal, Progress } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { batchKey, fieldChoices, useBatch } from './batch.query.ts'
import { BatchStateTag } from './batch-list.page.tsx'
import { BatchMappingStep } from './batch-mapping.tsx'
import { BatchResult } from './batch-result.tsx'
import { useStandardQuery } from './standard.query.ts'
import './batch.css'

const STEPS = ['上传', '核对列', '检查', '看结果', '写入'] as const
const AT: Record<BatchDetail['state'], number> = {
  uploading: 0,
  reading: 0,
  mapping: 1,
  checking: 2,
  checked: 3,
  committed: 5,
  undone: 5,
  cancelled: 0,
  failed: 0,
  expired: 0,
}

const Steps = ({ state }: { state: BatchDetail['state'] }) => (
  <ol className="batch-steps" aria-label="步骤">
    {STEPS.map((title, index) => (
      <li
        key={title}
        className={index < AT[state] ? 'done' : undefined}
        aria-current={index === AT[state] ? 'step' : undefined}
      >
        {title}
      </li>
    ))}
  </ol>
)

const useAct = (batch: BatchDetail) => {
  const client = useQueryClient()
  const params = { id: batch.batch_id }
  return useMutation({
    mutationFn: (act: 'commit' | 'leave' | 'undo' | 'cancel') => {
      if (act === 'undo') return call(undoBatch, { params })
      if (act === 'cancel') return call(cancelBatch, { params })
      return call(commitBatch, { params, body: { is_leaving_out: act === 'leave' } })
    },
    onSuccess: (data) => {
      client.setQueryData(batchKey(batch.batch_id), data)
      void client.invalidateQueries({ queryKey: ['catalog', 'batches'] })
      void client.invalidateQueries({ queryKey: ['catalog', 'resources'] })
      void client.invalidateQueries({ queryKey: ['catalog', 'counts'] })
    },
  })
}
type Act = ReturnType<typeof useAct>

const CommitBar = ({ batch, act }: { batch: BatchDetail; act: Act }) => {
  const [isAsking, setAsking] = useState(false)
  const writable = batch.new_count + batch.changed_count
  const left = batch.error_count + batch.conflict_count
  if (!batch.can.includes('commit')) return null
  return (
    <div className="toolbar">
      {writable === 0 ? (
        <span>没有要写入的条目{left === 0 ? '：文件与目录一致。' : '。'}</span>
      ) : (
        <Button
          type="primary"
          loading={act.isPending}
          onClick={() => (left > 0 ? setAsking(true) : act.mutate('commit'))}
        >
          写入 {writable} 个条目
        </Button>
      )}
      <Modal
        title="略去有问题的条目？"
        open={isAsking}
        okText={`略去 ${left} 个，写入 ${writable} 个`}
        cancelText="先去改正"
        onCancel={() => setAsking(false)}
        onOk={() => {
          setAsking(false)
          act.mutate('leave')
        }}
      >
        有 {batch.error_count} 个错误、{batch.conflict_count} 个冲突的条目不会写入。其余 {writable}{' '}
        个写成草稿，照常送审。
      </Modal>
    </div>
  )
}

const Outcome = ({ batch, act }: { batch: BatchDetail; act: Act }) => {
  const mine = <Link to="/catalog/resources?state=draft">查看草稿</Link>
  if (batch.state === 'committed')
    return (
      <Alert
        type="success"
        showIcon
        title={`已写入 ${batch.written_count} 个条目，均为草稿`}
        description={
          <>
            {batch.committed_by_name} 于 {timeText(batch.committed_at ?? '')} 写入。{mine}，逐个或批量提交审核。
          </>
        }
        action={
          <Button loading={act.isPending} onClick={() => act.mutate('undo')}>
            撤销写入
          </Button>
        }
      />
    )
  if (batch.state === 'undone')
    return (
      <Alert
        type="info"
        showIcon
        title="已撤销，条目恢复原样"
        description={`${batch.undone_by_name} 于 ${timeText(batch.undone_at ?? '')} 撤销。`}
      />
    )
  if (batch.state === 'failed')
    return (
      <Alert
        type="error"
        showIcon
        role="alert"
        title="文件无法导入"
        description={batch.fault}
        action={<Link to="/catalog/batches">换一个文件</Link>}
      />
    )
  if (batch.state === 'cancelled' || batch.state === 'expired')
    return (
      <Alert
        type="info"
        showIcon
        title={batch.state === 'expired' ? '久未办理，已过期；请重新上传' : '已取消，没有写入任何内容'}
      />
    )
  return null
}

const Busy = ({ batch }: { batch: BatchDetail }) => {
  if (batch.state !== 'reading' && batch.state !== 'checking') return null
  const share = batch.row_count > 0 ? Math.min(99, Math.round((batch.read_count / batch.row_count) * 100)) : 0
  return (
    <Panel title={batch.state === 'reading' ? '正在读取文件' : '正在检查'}>
      <div className="batch-progress" role="status">
        <span>
          {batch.state === 'reading'
            ? '识别工作表和列名，稍候即可核对。'
            : `已检查 ${batch.read_count} / ${batch.row_count} 行；可以离开本页，结果会保留。`}
        </span>
        <Progress percent={share} status="active" aria-label="进度" />
      </div>
    </Panel>
  )
}

const View = ({ batch }: { batch: BatchDetail }) => {
  const act = useAct(batch)
  const standard = useStandardQuery()
  const [isMapping, setMapping] = useState(false)
  const hasResult = ['checked', 'committed', 'undone'].includes(batch.state)
  const isAtMapping = batch.state === 'mapping' || (isMapping && batch.state === 'checked')
  return (
    <>
      {batch.source === 'workbook' && <Steps state={isAtMapping ? 'mapping' : batch.state} />}
      {batch.same_file && batch.state !== 'undone' && (
        <Alert
          type="warning"
          showIcon
          title="同一文件以前上传过"
          description={
            <Link to={`/catalog/batches/${batch.same_file.batch_id}`}>
              {batch.same_file.created_by_name}，{timeText(batch.same_file.created_at)}
            </Link>
          }
        />
      )}
      <Outcome batch={batch} act={act} />
      {act.isError && <ErrorAlert error={act.error} />}
      <Busy batch={batch} />
      {isAtMapping && standard.data && (
        <BatchMappingStep key={batch.batch_id} batch={batch} choices={fieldChoices(standard.data)} />
      )}
      {hasResult && !isAtMapping && (
        <>
          <CommitBar batch={batch} act={act} />
          <div className="toolbar">
            {batch.can.includes('check') && <Button onClick={() => setMapping(true)}>改列对应，重新检查</Button>}
            {batch.source === 'workbook' && (
              <a href={addressOf(getAnnotated, { params: { id: batch.batch_id } })} download>
                下载带检查结果的原文件
              </a>
            )}
          </div>
          <BatchResult batch={batch} />
        </>
      )}
      {batch.can.includes('cancel') && (
        <div className="toolbar">
          <Button danger loading={act.isPending} onClick={() => act.mutate('cancel')}>
            取消，不写入
          </Button>
        </div>
      )}
    </>
  )
}

/** P5, one batch: columns, dry run, faults at their cells, changes, commit, undo. */
export const BatchPage = () => {
  const { id = '' } = useParams()
  const query = useBatch(id)
  return (
    <div className="page">
      <PageHead
        title={query.data?.title ?? '批量导入'}
        crumbs={[
          { title: '编目与审核', to: '/catalog/resources' },
          { title: '批量导入', to: '/catalog/batches' },
        ]}
        sub={query.data && <BatchStateTag state={query.data.state} />}
      />
      {/* Steps begin anew with each state: a mapping confirmed is not the mapping shown before. */}
      <Loaded query={query}>{(batch) => <View key={batch.state} batch={batch} />}</Loaded>
    </div>
  )
}
