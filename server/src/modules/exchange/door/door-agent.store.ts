import type { Db, Tx } from '#kernel/db.ts'
import type { Speaker } from './door.ts'

const COLUMNS = ['agent_id', 'organ_id', 'name', 'state', 'epoch', 'proposal', 'public_key', 'key_id'] as const

/** The agent a one-time word was given for, whatever has become of the word. */
export const lockInvited = (tx: Tx, tokenHash: Buffer) =>
  tx
    .selectFrom('exchange.agent as a')
    .innerJoin('identity.organ as o', 'o.organ_id', 'a.organ_id')
    .select(['a.agent_id', 'a.organ_id', 'o.name as organ_name', 'a.name', 'a.state', 'a.epoch', 'a.public_key'])
    .select('a.token_expires_at')
    .where('a.token_hash', '=', tokenHash)
    .forUpdate('a')
    .executeTakeFirst()

interface Key {
  readonly public_key: Buffer
  readonly key_id: string
  readonly version: string
}

export const setEnrolled = async (tx: Tx, agentId: string, key: Key): Promise<void> => {
  await tx
    .updateTable('exchange.agent')
    .set({ ...key, state: 'active', proposal: null })
    .where('agent_id', '=', agentId)
    .execute()
}

export const lockForSignIn = (tx: Tx, agentId: string) =>
  tx.selectFrom('exchange.agent').select(COLUMNS).where('agent_id', '=', agentId).forUpdate().executeTakeFirst()

export const setEpoch = async (
  tx: Tx,
  agentId: string,
  { epoch, proposal }: { epoch: number; proposal: string },
): Promise<void> => {
  await tx.updateTable('exchange.agent').set({ epoch, proposal }).where('agent_id', '=', agentId).execute()
  await tx.deleteFrom('exchange.agent_session').where('agent_id', '=', agentId).execute()
}

interface NewSession {
  readonly token_hash: Buffer
  readonly agent_id: string
  readonly epoch: number
  readonly expires_at: string
}

export const insertSession = async (tx: Tx, session: NewSession, instant: string): Promise<void> => {
  await tx
    .deleteFrom('exchange.agent_session')
    .where('agent_id', '=', session.agent_id)
    .where('expires_at', '<', instant)
    .execute()
  await tx.insertInto('exchange.agent_session').values(session).execute()
}

export const setVersion = async (tx: Tx, agentId: string, version: string, at: string): Promise<void> => {
  await tx.updateTable('exchange.agent').set({ version, last_seen_at: at }).where('agent_id', '=', agentId).execute()
}

/** The agent behind a token, if its session stands, it is in use and nobody has signed in after it. */
export const findSpeaker = async (db: Db, tokenHash: Buffer, instant: string): Promise<Speaker | undefined> => {
  const row = await db
    .selectFrom('exchange.agent_session as s')
    .innerJoin('exchange.agent as a', (join) =>
      join.onRef('a.agent_id', '=', 's.agent_id').onRef('a.epoch', '=', 's.epoch'),
    )
    .select(['a.agent_id', 'a.organ_id', 'a.name', 'a.epoch', 'a.key_id', 'a.public_key'])
    .where('s.token_hash', '=', tokenHash)
    .where('s.expires_at', '>', instant)
    .where('a.state', '=', 'active')
    .executeTakeFirst()
  return row?.public_key && row.key_id ? (row as Speaker) : undefined
}
