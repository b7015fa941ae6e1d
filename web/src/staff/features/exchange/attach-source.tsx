import { exchange } from '@sanjiang/contract'
import { ADAPTER_KINDS, isFilesRelation, type Relation } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { Nothing } from '../../../ui/listing.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { agentOption, useActiveAgents } from './agents.query.ts'
import { type AttachDesk, proposalFor } from './attach.draft.ts'
import type { BindItem } from './attach.match.ts'
import { countText } from './exchange.words.tsx'

/** What the agent lets be seen of one connection; asked once, again only by hand. */
export const useRelations = (agent_id: string | null, connection: string | null) =>
  useQuery({
    queryKey: ['exchange', 'browse', agent_id, connection],
    queryFn: async () => {
      const params = { id: agent_id ?? '', connection: connection ?? '' }
      return (await call(exchange.browseAgent, { params })).relations
    },
    enabled: agent_id !== null && connection !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

const columnsText = ({ columns }: Relation): string => {
  const shown = columns.slice(0, 8).map(({ name, comment }) => (comment ? `${name}（${comment}）` : name))
  return `${columns.length} 个字段：${shown.join('、')}${columns.length > 8 ? ' …' : ''}`
}

const rowsText = ({ name, estimated_rows }: Relation): string =>
  estimated_rows === null
    ? '行数不详'
    : isFilesRelation(name)
      ? `${countText(estimated_rows)} 个文件，一个文件一行`
      : `约 ${countText(estimated_rows)} 行`

const KINDS: Readonly<Record<string, string>> = { table: '表', view: '视图', folder: '文件夹，读作一张表' }
const kindText = ({ name, kind }: Relation): string =>
  isFilesRelation(name) ? '文件（原样），内容一字节不改' : (KINDS[kind] ?? kind)

const Choice = ({ relation, checked, onPick }: { relation: Relation; checked: boolean; onPick: () => void }) => (
  <label className="relation">
    <span>
      <input type="radio" name="relation" checked={checked} onChange={onPick} />
      <span className="mono">{relation.name}</span> {relation.comment}
    </span>
    <small>
      {kindText(relation)} · {rowsText(relation)} ·{' '}
      <StateTag tone={relation.change_stream.able ? 'good' : 'wait'}>
        {relation.change_stream.able ? '可读变更流' : '不能读变更流'}
      </StateTag>{' '}
      {relation.change_stream.reason}
    </small>
    <small>{columnsText(relation)}</small>
  </label>
)

const matches = (relation: Relation, text: string): boolean => {
  const wanted = text.trim().toLowerCase()
  const columns = relation.columns.flatMap(({ name, comment }) => [name, comment])
  return [relation.name, relation.comment, ...columns].some((one) => one.toLowerCase().includes(wanted))
}

const Relations = ({ desk, items }: { desk: AttachDesk; items: readonly BindItem[] }) => {
  const { draft, change } = desk
  const [text, setText] = useState('')
  const query = useRelations(draft.agent_id, draft.connection)
  if (!draft.agent_id || !draft.connection) return null
  return (
    <Loaded query={query}>
      {(relations) => {
        const found = relations.filter((one) => matches(one, text))
        return (
          <fieldset className="bare">
            <legend className="hidden">库表</legend>
            <div className="toolbar">
              <Input
                className="grow"
                aria-label="查找库表"
                placeholder="按表名、注释、字段名查找"
                value={text}
                onChange={(event) => setText(event.target.value)}
                type="search"
              />
              <span className="muted small" role="status">
                {found.length} / {relations.length} 个（只列本地允许清单之内的）
              </span>
              <Button onClick={() => query.refetch()} loading={query.isFetching}>
                重新浏览
              </Button>
            </div>
            {found.length === 0 ? (
              <Nothing>{relations.length === 0 ? '这个连接没有允许共享的库表' : '没有符合的库表'}</Nothing>
            ) : (
              <div className="relation-pick">
                {found.map((relation) => (
                  <Choice
                    key={relation.name}
                    relation={relation}
                    checked={relation.name === draft.relation}
                    onPick={() => change(proposalFor(relation, items))}
                  />
                ))}
              </div>
            )}
          </fieldset>
        )
      }}
    </Loaded>
  )
}

/** Which agent, which of its connections, which table of that. */
export const SourceStep = ({
  desk,
  items,
  organ_id,
}: {
  desk: AttachDesk
  items: readonly BindItem[]
  organ_id: string
}) => {
  const { draft, change } = desk
  const agents = useActiveAgents(organ_id)
  const agent = agents.data?.find(({ agent_id }) => agent_id === draft.agent_id)
  const connections = (agent?.connections ?? []).filter(({ can_read }) => can_read)
  const trouble = connections.find(({ name }) => name === draft.connection)?.trouble
  if (agents.isError) return <ErrorAlert error={agents.error} />
  return (
    <>
      {agents.data?.length === 0 && (
        <Alert
          type="info"
          showIcon
          style={{ marginBottom: '1rem' }}
          title="本部门还没有在用的前置节点"
          description={<Link to="/exchange/agents">先登记一个</Link>}
        />
      )}
      <Form layout="vertical" component="div" className="pair">
        <Form.Item label="前置节点" htmlFor="attach-agent">
          <Select
            id="attach-agent"
            placeholder="选择前置节点"
            loading={agents.isFetching}
            options={agents.data?.map(agentOption)}
            value={draft.agent_id}
            onChange={(agent_id: string) => change({ agent_id, connection: null, relation: null })}
          />
        </Form.Item>
        <Form.Item label="连接" htmlFor="attach-connection">
          <Select
            id="attach-connection"
            placeholder="选择连接"
            disabled={!agent}
            options={connections.map(({ name, kind }) => ({
              value: name,
              label: `${name}（${ADAPTER_KINDS.titles[kind]}）`,
            }))}
            value={draft.connection}
            onChange={(connection: string) => change({ connection, relation: null })}
          />
        </Form.Item>
      </Form>
      {trouble && <Alert type="warning" showIcon title={trouble.message} style={{ marginBottom: '1rem' }} />}
      <Relations desk={desk} items={items} />
    </>
  )
}
