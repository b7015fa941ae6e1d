import { exchange } from '@sanjiang/contract'
import { QUALITY_RULES, REJECT_STATES, type Reject } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Select } from 'antd'
import { useState } from 'react'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, rowsOf, usePaged } from '../../../ui/listing.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { CALM_MS, countText, optionsOf, RejectStateTag } from './exchange.words.tsx'

interface Named {
  readonly item: string
  readonly item_name: string
}

interface Props {
  readonly feedId: string
  readonly items: readonly Named[]
  readonly mayReplay: boolean
}

const ruleText = (rule: string): string => (QUALITY_RULES.titles as Readonly<Record<string, string>>)[rule] ?? rule

const columnsFor = (items: readonly Named[]): readonly Column<Reject>[] => {
  const nameOf = (item: string) => items.find((one) => one.item === item)?.item_name ?? item
  return [
    {
      title: '行（键已脱敏）',
      kind: 'lead',
      render: (row) => <span className="mono">{row.row_key}</span>,
      text: (row) => row.row_key,
    },
    { title: '信息项', render: (row) => nameOf(row.item), text: (row) => nameOf(row.item) },
    { title: '规则', render: (row) => ruleText(row.rule), text: (row) => ruleText(row.rule) },
    { title: '原因', render: (row) => row.reason, text: (row) => row.reason },
    { title: '发现', kind: 'fix', render: (row) => timeText(row.found_at), text: (row) => row.found_at },
    {
      title: '状态',
      render: (row) => (
        <>
          <RejectStateTag state={row.state} />
          {row.settled_at && <span className="muted small"> {timeText(row.settled_at)}</span>}
        </>
      ),
      text: (row) => REJECT_STATES.titles[row.state],
    },
  ]
}

const pickColumn = (chosen: ReadonlySet<string>, toggle: (id: string) => void): Column<Reject> => ({
  title: '选',
  render: (row) =>
    row.state === 'open' && (
      <Checkbox
        checked={chosen.has(row.reject_id)}
        onChange={() => toggle(row.reject_id)}
        aria-label={`选中 ${row.row_key}`}
      />
    ),
})

const useReplay = (feedId: string, onDone: () => void) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (reject_ids: string[]) =>
      call(exchange.replayRejects, { params: { id: feedId }, body: { reject_ids } }),
    onSuccess: () => {
      onDone()
      void client.invalidateQueries({ queryKey: ['exchange', 'rejects', feedId] })
      void client.invalidateQueries({ queryKey: ['exchange', 'runs', feedId] })
    },
  })
}

/** Rows kept out at the border; once mended at the source, the agent reads them again by key. */
export const RejectList = ({ feedId, items, mayReplay }: Props) => {
  const [state, setState] = useState<Reject['state'] | undefined>('open')
  const [item, setItem] = useState<string>()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const query = usePaged(
    ['exchange', 'rejects', feedId, state, item],
    (after) => call(exchange.listRejects, { params: { id: feedId }, query: { state, item, after, limit: 50 } }),
    { everyMs: CALM_MS },
  )
  const act = useReplay(feedId, () => setChosen(new Set()))
  const open = rowsOf(query).filter((row) => row.state === 'open')
  const ids = open.map(({ reject_id }) => reject_id)
  const toggle = (id: string) => {
    const next = new Set(chosen)
    next.delete(id) || next.add(id)
    setChosen(next)
  }
  return (
    <div className="stack">
      <div className="toolbar" style={{ marginBottom: 0 }}>
        <Select
          aria-label="状态"
          allowClear
          placeholder="全部状态"
          style={{ minWidth: '9rem' }}
          options={optionsOf(REJECT_STATES.titles)}
          value={state}
          onChange={setState}
        />
        <Select
          aria-label="信息项"
          allowClear
          placeholder="全部信息项"
          style={{ minWidth: '11rem' }}
          options={items.map((one) => ({ value: one.item, label: one.item_name }))}
          value={item}
          onChange={setItem}
        />
        {mayReplay && open.length > 0 && (
          <>
            <Button onClick={() => setChosen(new Set(chosen.size === ids.length ? [] : ids))}>
              {chosen.size === ids.length ? '全不选' : `选中列出的 ${ids.length} 行`}
            </Button>
            <Button
              type="primary"
              disabled={chosen.size === 0}
              loading={act.isPending}
              onClick={() => act.mutate([...chosen].slice(0, 1000))}
            >
              已整改，重放{chosen.size > 0 ? ` ${chosen.size} 行` : ''}
            </Button>
          </>
        )}
      </div>
      {act.data && (
        <p className="muted" role="status">
          已交前置节点按键重读 {countText(act.data.ordered)} 行；仍不合格的会再次列出。
        </p>
      )}
      {act.isError && <ErrorAlert error={act.error} />}
      <PagedListing
        caption="问题数据"
        query={query}
        columns={mayReplay ? [...columnsFor(items), pickColumn(chosen, toggle)] : columnsFor(items)}
        rowKey={(row) => row.reject_id}
        empty={state === 'open' ? '没有待整改的问题数据' : '没有符合条件的问题数据'}
      />
    </div>
  )
}
