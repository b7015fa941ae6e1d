import { ledger } from '@sanjiang/contract'
import type { Checkpoint } from '@sanjiang/contract/ledger'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Select } from 'antd'
import { useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { roleText } from './ledger.words.tsx'
import { Steps } from './steps.tsx'
import { TrustPanel } from './trust-panel.tsx'
import { type TrustState, useTrust } from './use-trust.ts'
import { verifyGrowth } from './verify.ts'

/** Checkpoints looked through for those that name the log; older ones can be proved by an export. */
const PAGES = 5

const sizeIn = (checkpoint: Checkpoint, log_id: string): number | undefined => {
  const { heads = [] } = JSON.parse(checkpoint.body) as { heads?: { log_id: string; size: number }[] }
  return heads.find((head) => head.log_id === log_id)?.size
}

const listNaming = async (log_id: string): Promise<Checkpoint[]> => {
  const found: Checkpoint[] = []
  let after: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const { rows, next } = await call(ledger.listCheckpoints, { query: { after, limit: 200 } })
    found.push(...rows.filter((row) => sizeIn(row, log_id) !== undefined))
    if (!next) break
    after = next
  }
  return found
}

const Compare = ({ log_id, checkpoints, trust }: { log_id: string; checkpoints: Checkpoint[]; trust: TrustState }) => {
  const [form] = Form.useForm<{ from: number; to: number }>()
  const act = useMutation({
    mutationFn: async ({ from, to }: { from: number; to: number }) => {
      const [first, second] = [Math.min(from, to), Math.max(from, to)].map(
        (no) => checkpoints.find((one) => one.no === no) as Checkpoint,
      ) as [Checkpoint, Checkpoint]
      const proof = await call(ledger.getConsistencyProof, {
        params: { log_id },
        query: { from: sizeIn(first, log_id) ?? 0, to: sizeIn(second, log_id) },
      })
      if (!trust.trust) throw new Error('还没有信任依据')
      return verifyGrowth({ log_id, from: first, to: second }, proof, trust.trust)
    },
  })
  const options = checkpoints.map((one) => ({
    value: one.no,
    label: `第 ${one.no} 号 · ${timeText(one.at)} · ${sizeIn(one, log_id)} 条`,
  }))
  if (checkpoints.length < 2) return <Alert type="info" showIcon title="这本日志还只被一个检查点写明，暂时无从比较" />
  return (
    <>
      <Form
        form={form}
        layout="vertical"
        initialValues={{ from: checkpoints.at(-1)?.no, to: checkpoints[0]?.no }}
        onFinish={(fields) => act.mutate(fields)}
      >
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <Form.Item name="from" label="先" style={{ flex: '1 1 16rem' }}>
            <Select options={options} showSearch />
          </Form.Item>
          <Form.Item name="to" label="后" style={{ flex: '1 1 16rem' }}>
            <Select options={options} showSearch />
          </Form.Item>
          <Form.Item>
            <Button type="primary" htmlType="submit" loading={act.isPending}>
              验证
            </Button>
          </Form.Item>
        </div>
      </Form>
      {act.isError && <ErrorAlert error={act.error} />}
      {act.data && <Steps steps={act.data} good="两个检查点之间只增未改" bad="验证不通过：历史被改写或检查点不真实" />}
    </>
  )
}

const LogChoice = ({ value, onChange }: { value: string | null; onChange: (log_id: string) => void }) => {
  const logs = useQuery({
    queryKey: ['ledger', 'logs', 'choice'],
    queryFn: () => call(ledger.listLogs, { query: { limit: 100 } }),
  })
  return (
    <Select
      aria-label="日志"
      style={{ width: '100%', maxWidth: '34rem' }}
      placeholder="选择一本日志"
      loading={logs.isPending}
      value={value}
      onChange={onChange}
      options={logs.data?.rows.map((log) => ({
        value: log.log_id,
        label: `${roleText(log.role)} · ${timeText(log.opened_at)} · ${log.size} 条`,
      }))}
    />
  )
}

export const ConsistencyPage = () => {
  const [search, setSearch] = useSearchParams()
  const trust = useTrust()
  const log_id = search.get('log')
  const checkpoints = useQuery({
    queryKey: ['ledger', 'naming', log_id],
    queryFn: () => listNaming(log_id ?? ''),
    enabled: log_id !== null,
  })
  return (
    <Page
      title="只增未改"
      crumbs={[{ title: '存证账本', to: '/ledger/logs' }, { title: '一致性' }]}
      sub="任选两个已签署的检查点：在浏览器里证明，后来的日志只是在先前的之后新增。"
    >
      <div className="split">
        <Panel title="两个检查点之间">
          <div className="stack">
            <LogChoice value={log_id} onChange={(value) => setSearch({ log: value }, { replace: true })} />
            {log_id && (
              <Loaded query={checkpoints}>
                {(rows) => <Compare key={log_id} log_id={log_id} checkpoints={rows} trust={trust} />}
              </Loaded>
            )}
          </div>
        </Panel>
        <TrustPanel state={trust} />
      </div>
    </Page>
  )
}
