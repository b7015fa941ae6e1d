import { createHash, randomBytes } from 'node:crypto'
import type { Paged } from '@sanjiang/contract'
import type { Agent } from '@sanjiang/contract/exchange'
import type { Report } from '@sanjiang/contract/exchange.door'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import * as store from './agent.store.ts'

const READ = 'exchange.agent.read'
const EDIT = 'exchange.agent.edit'
const TOKEN_HOURS = 24
const ONLINE_MS = 60_000

export const isOnline = (lastSeenAt: string | null, instant: string): boolean =>
  lastSeenAt !== null && Date.parse(instant) - Date.parse(lastSeenAt) < ONLINE_MS

const verbsOf = (ctx: Ctx, { organ_path, state }: store.AgentRow): string[] => {
  if (!reaches(scopeOf(ctx.actor, EDIT), organ_path)) return []
  return state === 'suspended' ? ['resume', 'reinvite'] : state === 'active' ? ['suspend', 'reinvite'] : ['reinvite']
}

const toAgent = (ctx: Ctx, row: store.AgentRow): Agent => {
  const report = row.report as Report | null
  return {
    ...row,
    is_online: row.state === 'active' && isOnline(row.last_seen_at, ctx.instant),
    connections: report?.connections ?? [],
    // A report tells the moment it was sent; what has reached every log since does not wait any more.
    backlog_bytes: row.has_backlog ? (report?.backlog_bytes ?? 0) : 0,
    feeds: row.feeds ?? 0,
    subscriptions: row.subscriptions ?? 0,
    can: verbsOf(ctx, row),
  } as Agent
}

export const getAgent = async (ctx: Ctx, agentId: string): Promise<Agent> => {
  const row = await store.findAgent(ctx.db, scopeOf(ctx.actor, READ), agentId)
  if (!row) throw new Fault('not_found')
  return toAgent(ctx, row)
}

interface ListQuery {
  readonly after?: string
  readonly limit?: number
  readonly organ_id?: string
}

export const listAgents = async (ctx: Ctx, { after, limit = 20, organ_id }: ListQuery): Promise<Paged<Agent>> => {
  const rows = await store.listAgentRows(ctx.db, { scope: scopeOf(ctx.actor, READ), organId: organ_id, after, limit })
  return toPage(
    rows.map((row) => toAgent(ctx, row)),
    limit,
    ({ agent_id }) => [agent_id],
  )
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * The word an officer carries to the machine: 160 bits, shown once, kept as a hash. It begins with letters, as what begins with
 * `-` is read as an option by command lines.
 */
const makeToken = (ctx: Ctx) => {
  const token = `sj_${randomBytes(20).toString('base64url')}`
  const token_expires_at = new Date(Date.parse(ctx.instant) + TOKEN_HOURS * 3_600_000).toISOString()
  return { token, token_expires_at, token_hash: hashToken(token) }
}

const note = (
  tx: Tx,
  ctx: Ctx,
  change: { verb: string; agent: { agent_id: string; organ_id: string }; after: object },
) =>
  record(tx, ctx, {
    type: `exchange.agent.${change.verb}`,
    subject_kind: 'exchange.agent',
    subject_id: change.agent.agent_id,
    organ_id: change.agent.organ_id,
    after: change.after,
  })

type Invitation = { agent: Agent; token: string; expires_at: string; exchange_url: string }

/** Registers an agent of the actor's own organ and gives the one-time token its machine enrols with (T8.1). */
export const inviteAgent = (ctx: Ctx, name: string): Promise<Invitation> =>
  inTx(ctx, async (tx, inner) => {
    const { organ } = ctx.actor
    if (!organ) throw new Fault('forbidden', '前置节点须由部门人员登记')
    const { token, ...kept } = makeToken(ctx)
    const agent = { agent_id: newId(), organ_id: organ.organ_id, organ_path: organ.path, name, created_at: ctx.instant }
    await store.insertAgent(tx, { ...agent, ...kept })
    await note(tx, ctx, { verb: 'invited', agent, after: { title: name } })
    return {
      agent: await getAgent(inner, agent.agent_id),
      token,
      expires_at: kept.token_expires_at,
      exchange_url: ctx.site.exchangeUrl,
    }
  })

const lock = async (tx: Tx, ctx: Ctx, agentId: string) => {
  const agent = await store.lockAgent(tx, scopeOf(ctx.actor, EDIT), agentId)
  if (!agent) throw new Fault('not_found')
  return agent
}

export const reinviteAgent = (ctx: Ctx, agentId: string, reason: string): Promise<Invitation> =>
  inTx(ctx, async (tx, inner) => {
    const agent = await lock(tx, ctx, agentId)
    const { token, ...kept } = makeToken(ctx)
    await store.setInvited(tx, agentId, kept)
    await note(tx, ctx, { verb: 'reinvited', agent, after: { title: agent.name, reason } })
    return {
      agent: await getAgent(inner, agentId),
      token,
      expires_at: kept.token_expires_at,
      exchange_url: ctx.site.exchangeUrl,
    }
  })

const setState = (ctx: Ctx, agentId: string, change: { from: string; to: 'active' | 'suspended'; reason: string }) =>
  inTx(ctx, async (tx, inner) => {
    const agent = await lock(tx, ctx, agentId)
    if (agent.state !== change.from) throw new Fault('wrong_state', '前置节点的状态不允许这样做')
    await store.setAgentState(tx, agentId, change.to)
    const verb = change.to === 'active' ? 'resumed' : 'suspended'
    await note(tx, ctx, { verb, agent, after: { title: agent.name, reason: change.reason } })
    return getAgent(inner, agentId)
  })

export const suspendAgent = (ctx: Ctx, agentId: string, reason: string): Promise<Agent> =>
  setState(ctx, agentId, { from: 'active', to: 'suspended', reason })

export const resumeAgent = (ctx: Ctx, agentId: string, reason: string): Promise<Agent> =>
  setState(ctx, agentId, { from: 'suspended', to: 'active', reason })
