import { describeTables, listAgents, type Table } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Modal, Select } from 'antd'
import { useState } from 'react'
import { type Column, Listing, Nothing } from '../../../ui/listing.tsx'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import type { DraftItem } from './draft.ts'
import { matchTable, type TableMatch, takeOver } from './table-items.ts'

type OnItems = (work: (items: readonly DraftItem[]) => readonly DraftItem[]) => void

const KINDS: Record<TableMatch['kind'], readonly [string, Tone]> = {
  new: ['新增', 'good'],
  differs: ['有差异', 'info'],
  same: ['一致', 'calm'],
}

const textOf = ({ item: { data_type, length } }: TableMatch): string =>
  `${data_type}${length === null ? '' : `（${length}）`}`

interface DiffProps {
  readonly table: Table
  readonly rows: readonly DraftItem[]
  readonly onApply: (chosen: readonly TableMatch[]) => void
}

const Diff = ({ table, rows, onApply }: DiffProps) => {
  const matches = matchTable(table.items, rows)
  const open = matches.filter(({ kind }) => kind !== 'same')
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const chosen = open.filter(({ item }) => !left.has(item.name_en))
  const toggle = (name: string) => {
    const next = new Set(left)
    if (!next.delete(name)) next.add(name)
    setLeft(next)
  }
  const columns: readonly Column<TableMatch>[] = [
    {
      title: '取用',
      render: ({ item, kind }) =>
        kind === 'same' ? null : (
          <Checkbox
            aria-label={`取用 ${item.name_en}`}
            checked={!left.has(item.name_en)}
            onChange={() => toggle(item.name_en)}
          />
        ),
    },
    {
      title: '字段',
      kind: 'lead',
      render: ({ item }) => (
        <>
          {item.name} <span className="mono muted">{item.name_en}</span>
        </>
      ),
    },
    { title: '类型（长度）', render: textOf },
    { title: '主键', render: ({ item }) => (item.is_key ? '是' : '') },
    { title: '与现有信息项', render: ({ kind }) => <StateTag tone={KINDS[kind][1]}>{KINDS[kind][0]}</StateTag> },
    {
      title: '会改成',
      render: ({ changes }) =>
        changes.map(({ title, before, after }) => (
          <div key={title}>
            {title}：<del>{before}</del> <ins>{after}</ins>
          </div>
        )),
    },
  ]
  return (
    <>
      <Listing caption="字段与信息项" rows={matches} columns={columns} rowKey={({ item }) => item.name_en} />
      <div className="toolbar">
        <Button type="primary" disabled={chosen.length === 0} onClick={() => onApply(chosen)}>
          {chosen.length === 0 ? '没有可取用的字段' : `取用 ${chosen.length} 个字段`}
        </Button>
        <span className="muted">名称已填的不改；共享类型、敏感级别仍由编目员填写。</span>
      </div>
    </>
  )
}

interface Source {
  readonly agent_id: string
  readonly connection: string
}

const Tables = ({ source, rows, onApply }: { source: Source } & Omit<DiffProps, 'table'>) => {
  const [name, setName] = useState<string>()
  const query = useQuery({
    queryKey: ['exchange', 'tables', source.agent_id, source.connection],
    queryFn: () => call(describeTables, { params: { id: source.agent_id, connection: source.connection } }),
    retry: false,
    staleTime: 60_000,
  })
  return (
    <Loaded query={query}>
      {({ tables }) => {
        const table = tables.find((one) => one.name === name)
        return (
          <>
            <Select
              aria-label="库表"
              className="wide-select"
              placeholder={tables.length === 0 ? '此连接没有开放的库表' : '选择库表'}
              value={name}
              onChange={setName}
              showSearch={{ optionFilterProp: 'label' }}
              options={tables.map((one) => ({
                value: one.name,
                label: `${one.name}${one.comment ? `　${one.comment}` : ''}（${one.items.length} 个字段）`,
              }))}
            />
            {table && <Diff key={table.name} table={table} rows={rows} onApply={onApply} />}
          </>
        )
      }}
    </Loaded>
  )
}

const Sources = ({ organId, rows, onApply }: { organId: string } & Omit<DiffProps, 'table'>) => {
  const [chosen, setChosen] = useState<string>()
  const query = useQuery({
    queryKey: ['exchange', 'agents', 'of', organId],
    queryFn: () => call(listAgents, { query: { organ_id: organId, limit: 50 } }),
  })
  return (
    <Loaded
      query={query}
      isEmpty={({ rows: agents }) => agents.every(({ connections }) => connections.length === 0)}
      empty={<Nothing>本部门还没有连着数据库的前置节点。</Nothing>}
    >
      {({ rows: agents }) => {
        const options = agents.flatMap((agent) =>
          agent.connections
            .filter((one) => one.can_read)
            .map((one) => ({
              value: `${agent.agent_id} ${one.name}`,
              label: `${agent.name} · ${one.name}${agent.is_online ? '' : '（未在线）'}`,
              disabled: !agent.is_online,
            })),
        )
        const [agent_id = '', connection = ''] = chosen?.split(' ') ?? []
        return (
          <div className="stack">
            <Select
              aria-label="前置节点与连接"
              className="wide-select"
              placeholder="选择前置节点的数据库连接"
              value={chosen}
              onChange={setChosen}
              options={options}
            />
            {chosen && <Tables key={chosen} source={{ agent_id, connection }} rows={rows} onApply={onApply} />}
          </div>
        )
      }}
    </Loaded>
  )
}

interface Props {
  readonly organId: string
  readonly items: readonly DraftItem[]
  readonly onItems: OnItems
}

/** Fills items from the table they are kept in: what the department's agent says of its columns, seen as differences first. */
export const ItemFromTable = ({ organId, items, onItems }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const apply = (chosen: readonly TableMatch[]) => {
    onItems((now) => takeOver(now, chosen))
    setOpen(false)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>从库表填信息项</Button>
      <Modal
        title="从库表填信息项"
        open={isOpen}
        onCancel={() => setOpen(false)}
        footer={null}
        width={920}
        destroyOnHidden
      >
        <Alert type="info" showIcon title="只读取表结构，不读数据；由本部门前置节点按其允许清单答复。" />
        <Sources organId={organId} rows={items} onApply={apply} />
      </Modal>
    </>
  )
}
