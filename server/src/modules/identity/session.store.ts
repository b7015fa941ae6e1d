import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export interface NewSession {
  readonly session_id: string
  readonly token_hash: string
  readonly csrf: string
  readonly person_id: string
  readonly opened_at: string
  readonly last_seen_at: string
  readonly ip: string
  readonly user_agent: string
}

export const insertSession = (tx: Tx, session: NewSession) =>
  tx.insertInto('identity.session').values(session).execute()

/** The session a token opens, with everything its actor is made of, in one statement. */
export const findSession = (db: Db, tokenHash: string) =>
  db
    .selectFrom('identity.session as s')
    .innerJoin('identity.person as p', 'p.person_id', 's.person_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'p.organ_id')
    .select([
      's.session_id',
      's.csrf',
      's.opened_at',
      's.last_seen_at',
      'p.person_id',
      'p.username',
      'p.name',
      'p.state',
    ])
    .select(['p.must_change_password', 'o.organ_id', 'o.name as organ_name', 'o.path'])
    .select(sql<boolean>`p.totp_confirmed_at is not null`.as('has_totp'))
    .select(
      sql<string>`(select max(w.set_at) from identity.password w where w.person_id = p.person_id)`.as(
        'password_set_at',
      ),
    )
    .select(
      sql<
        { role: string; path: string }[]
      >`coalesce((select jsonb_agg(jsonb_build_object('role', r.role, 'path', ro.path))
        from identity.person_role r join identity.organ ro on ro.organ_id = r.organ_id where r.person_id = p.person_id), '[]')`.as(
        'roles',
      ),
    )
    .where('s.token_hash', '=', tokenHash)
    .executeTakeFirst()

export type SessionRow = NonNullable<Awaited<ReturnType<typeof findSession>>>

/** Not part of any business change, so it stands alone: activity is noted at most once a minute. */
export const touchSession = (db: Db, sessionId: string, instant: string) =>
  db.updateTable('identity.session').set({ last_seen_at: instant }).where('session_id', '=', sessionId).execute()

interface Ended {
  readonly openedBefore: string
  readonly unseenSince: string
}

export const listSessionRows = (db: Db, personId: string, { openedBefore, unseenSince }: Ended) =>
  db
    .selectFrom('identity.session')
    .select(['session_id', 'opened_at', 'last_seen_at', 'ip', 'user_agent'])
    .where('person_id', '=', personId)
    .where('opened_at', '>=', openedBefore)
    .where('last_seen_at', '>=', unseenSince)
    .orderBy('opened_at', 'desc')
    .execute()

export const removeSession = (tx: Tx, personId: string, sessionId: string) =>
  tx
    .deleteFrom('identity.session')
    .where('person_id', '=', personId)
    .where('session_id', '=', sessionId)
    .executeTakeFirst()

export const updateToken = (tx: Tx, sessionId: string, tokenHash: string) =>
  tx.updateTable('identity.session').set({ token_hash: tokenHash }).where('session_id', '=', sessionId).execute()

export const removeByToken = (tx: Tx, tokenHash: string) =>
  tx.deleteFrom('identity.session').where('token_hash', '=', tokenHash).execute()

export const removeSessions = (tx: Tx, personId: string, keep?: string | null) =>
  tx
    .deleteFrom('identity.session')
    .where('person_id', '=', personId)
    .$if(Boolean(keep), (query) => query.where('session_id', '<>', keep!))
    .execute()

/** Removes sessions opened before, or unseen since, these instants. */
export const removeEnded = (tx: Tx, { openedBefore, unseenSince }: Ended) =>
  tx
    .deleteFrom('identity.session')
    .where((eb) => eb.or([eb('opened_at', '<', openedBefore), eb('last_seen_at', '<', unseenSince)]))
    .execute()
