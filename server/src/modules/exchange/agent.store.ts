import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'

const agents = (db: Db) =>
  db
    .selectFrom('exchange.agent as a')
    .innerJoin('identity.organ as o', 'o.organ_id', 'a.organ_id')
    .select(['a.agent_id', 'a.organ_id', 'o.name as organ_name', 'a.organ_path', 'a.name', 'a.state', 'a.epoch'])
    .select(['a.key_id', 'a.version', 'a.last_seen_at', 'a.report'])
    .select((eb) => [
      eb
        .selectFrom('exchange.feed as f')
        .whereRef('f.agent_id', '=', 'a.agent_id')
        .where('f.state', '<>', 'detached')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('feeds'),
      eb
        .selectFrom('exchange.subscription as s')
        .whereRef('s.agent_id', '=', 'a.agent_id')
        .where('s.state', '<>', 'ended')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('subscriptions'),
      sql<boolean>`exists (select from jsonb_array_elements(a.report -> 'feeds') r join exchange.feed f on f.feed_id::text = r ->> 'feed_id'
        where (r ->> 'spooled_seq')::bigint > f.head)`.as('has_backlog'),
    ])

export type AgentRow = Awaited<ReturnType<ReturnType<typeof agents>['executeTakeFirstOrThrow']>>

export const findAgent = (db: Db, scope: Scope, agentId: string) =>
  agents(db)
    .where('a.agent_id', '=', agentId)
    .where(within(scope, sql.ref('a.organ_path')))
    .executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly organId?: string
  readonly after?: string
  readonly limit: number
}

export const listAgentRows = (db: Db, { scope, organId, after, limit }: ListOptions) =>
  agents(db)
    .where(within(scope, sql.ref('a.organ_path')))
    .$if(organId !== undefined, (query) => query.where('a.organ_id', '=', organId!))
    .$if(after !== undefined, (query) => query.where('a.agent_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('a.agent_id', 'desc')
    .limit(limit + 1)
    .execute()

export const lockAgent = (tx: Tx, scope: Scope, agentId: string) =>
  tx
    .selectFrom('exchange.agent')
    .select(['agent_id', 'organ_id', 'name', 'state'])
    .where('agent_id', '=', agentId)
    .where(within(scope, sql.ref('organ_path')))
    .forUpdate()
    .executeTakeFirst()

export interface Token {
  readonly token_hash: Buffer
  readonly token_expires_at: string
}

export interface NewAgent extends Token {
  readonly agent_id: string
  readonly organ_id: string
  readonly organ_path: string
  readonly name: string
  readonly created_at: string
}

export const insertAgent = async (tx: Tx, agent: NewAgent): Promise<void> => {
  await tx
    .insertInto('exchange.agent')
    .values({ ...agent, state: 'invited' })
    .execute()
}

/** The old key is void at once: whoever holds a copy of the machine is out. */
export const setInvited = async (tx: Tx, agentId: string, token: Token): Promise<void> => {
  await tx
    .updateTable('exchange.agent')
    .set({ ...token, state: 'invited', public_key: null, key_id: null, proposal: null })
    .where('agent_id', '=', agentId)
    .execute()
  await deleteSessions(tx, agentId)
}

export const setAgentState = async (tx: Tx, agentId: string, state: 'active' | 'suspended'): Promise<void> => {
  await tx.updateTable('exchange.agent').set({ state }).where('agent_id', '=', agentId).execute()
  if (state === 'suspended') await deleteSessions(tx, agentId)
}

const deleteSessions = async (tx: Tx, agentId: string): Promise<void> => {
  await tx.deleteFrom('exchange.agent_session').where('agent_id', '=', agentId).execute()
}
