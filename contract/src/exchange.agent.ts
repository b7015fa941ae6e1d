import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ADAPTER_KINDS, AGENT_STATES, Relation, Trouble } from './exchange.terms.ts'
import { ById, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

export const Connection = t.Object({
  name: t.String(),
  kind: ADAPTER_KINDS.schema,
  can_read: t.Boolean(),
  can_write: t.Boolean(),
  trouble: nullable(Trouble),
})

/** A department's exchange node as its own officers and the platform see it; addresses and passwords never leave its machine. */
export const Agent = t.Object({
  agent_id: Id,
  organ_id: t.String(),
  organ_name: t.String(),
  name: t.String(),
  state: AGENT_STATES.schema,
  /** Heard of within a minute. */
  is_online: t.Boolean(),
  epoch: t.Integer(),
  key_id: nullable(t.String()),
  version: nullable(t.String()),
  last_seen_at: nullable(Instant),
  connections: t.Array(Connection),
  /** Bytes that wait on its disk for the centre. */
  backlog_bytes: t.Integer(),
  feeds: t.Integer(),
  subscriptions: t.Integer(),
  can: t.Array(t.String()),
})
export type Agent = t.Static<typeof Agent>

export const listAgents = endpoint({
  method: 'GET',
  path: '/exchange/agents',
  permission: 'exchange.agent.read',
  summary: '前置节点：状态、版本、积压',
  query: input({ ...PageQuery, organ_id: t.Optional(t.String({ maxLength: 64 })) }),
  response: Page(Agent),
})

export const getAgent = endpoint({
  method: 'GET',
  path: '/exchange/agents/:id',
  permission: 'exchange.agent.read',
  summary: '一个前置节点',
  params: ById,
  response: Agent,
})

const AgentInvitation = t.Object({
  agent: Agent,
  token: t.String(),
  expires_at: Instant,
  exchange_url: t.String({ description: '前置节点访问平台的地址，写入其配置的 centre' }),
})

export const inviteAgent = endpoint({
  method: 'POST',
  path: '/exchange/agents',
  permission: 'exchange.agent.edit',
  summary: '登记前置节点，给出一次性口令（只显示一次，24 小时内有效）',
  body: input({ name: Line(100) }),
  response: AgentInvitation,
})

export const reinviteAgent = endpoint({
  method: 'POST',
  path: '/exchange/agents/:id/token',
  permission: 'exchange.agent.edit',
  summary: '重新给出一次性口令：节点重装或从备份恢复之后用，原密钥随即作废',
  params: ById,
  body: input({ reason: Line(500) }),
  response: AgentInvitation,
})

export const suspendAgent = endpoint({
  method: 'POST',
  path: '/exchange/agents/:id/suspend',
  permission: 'exchange.agent.edit',
  summary: '停用前置节点，立即生效',
  params: ById,
  body: input({ reason: Line(500) }),
  response: Agent,
})

export const resumeAgent = endpoint({
  method: 'POST',
  path: '/exchange/agents/:id/resume',
  permission: 'exchange.agent.edit',
  summary: '恢复使用前置节点',
  params: ById,
  body: input({ reason: Line(500) }),
  response: Agent,
})

/** The agent answers when it next polls, usually at once; 409 `agent_away` when it does not within 20 s. */
export const browseAgent = endpoint({
  method: 'GET',
  path: '/exchange/agents/:id/connections/:connection/relations',
  permission: 'exchange.feed.edit',
  summary: '经前置节点浏览可共享的库表（仅本地允许清单之内）',
  params: t.Object({ id: Id, connection: t.String({ maxLength: 64 }) }),
  response: t.Object({ relations: t.Array(Relation) }),
})

/** A column of a table as the item that would catalogue it (1272号 信息项). */
export const TableItem = t.Object({
  name: t.String(),
  name_en: t.String(),
  data_type: t.String(),
  length: nullable(t.Integer()),
  is_key: t.Boolean(),
  is_required: t.Boolean(),
  source_type: t.String(),
})
export type TableItem = t.Static<typeof TableItem>
export const Table = t.Object({ name: t.String(), comment: t.String(), items: t.Array(TableItem) })
export type Table = t.Static<typeof Table>

/** What whoever compiles the catalogue may learn of his department's databases: names, types, comments; never a row. */
export const describeTables = endpoint({
  method: 'GET',
  path: '/exchange/agents/:id/connections/:connection/tables',
  permission: 'catalog.resource.edit',
  summary: '编目用：本部门前置节点所连库表的结构，字段写成信息项（名称取自注释）',
  params: t.Object({ id: Id, connection: t.String({ maxLength: 64 }) }),
  response: t.Object({ tables: t.Array(Table) }),
})
