import { sql } from 'kysely'
import type { Tx } from '#kernel/db.ts'

/** Channel on which the doors hear, at commit, that an agent's assignment is another one now; payload: the agent's id. */
export const ASSIGNMENT_CHANNEL = 'exchange_assignment'

/** What an agent is to do has changed: its waiting poll is answered when this transaction commits, at whichever door it waits. */
export const wakeAgent = async (tx: Tx, agentId: string): Promise<void> => {
  await sql`update exchange.agent set assignment_no = assignment_no + 1 where agent_id = ${agentId}`.execute(tx)
  await sql`select pg_notify(${ASSIGNMENT_CHANNEL}, ${agentId})`.execute(tx)
}
