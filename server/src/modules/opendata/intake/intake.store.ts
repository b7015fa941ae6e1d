import type { IntakeKind } from '@sanjiang/contract/opendata.intake'
import { type Insertable, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { OpendataIntake } from '#kernel/tables.ts'

/** A submission as fetched; nobody has looked at what it says yet. */
export interface Submission {
  readonly number: string
  readonly kind: IntakeKind
  readonly dataset_slug: string | null
  readonly about: string | null
  readonly body: Readonly<Record<string, unknown>>
  readonly contact: Readonly<Record<string, unknown>> | null
  readonly code_hash: string
  readonly submitted_at: string
  /** The business date it was sent on: clocks start here, however late it was fetched. */
  readonly received_on: string
}

/** Fetched twice it is there once. */
export const insertIntake = (tx: Tx, row: Submission & { readonly pulled_at: string }) =>
  tx
    .insertInto('opendata.intake')
    .values({
      ...row,
      body: JSON.stringify(row.body),
      contact: row.contact && JSON.stringify(row.contact),
    } as Insertable<OpendataIntake>)
    .onConflict((oc) => oc.column('number').doNothing())
    .execute()

const ATTEMPTS = 5

const submissions = (db: Db) =>
  db
    .selectFrom('opendata.intake')
    .select(['number', 'kind', 'dataset_slug', 'about', 'body', 'contact', 'code_hash', 'submitted_at', 'received_on'])
    .$narrowType<{ kind: IntakeKind; body: Submission['body']; contact: Submission['contact'] }>()

/** What nobody has made a matter of yet, oldest first; what failed too often is passed over. */
export const listUnhandled = (db: Db, kinds: readonly IntakeKind[]): Promise<Submission[]> =>
  submissions(db)
    .where('handled_at', 'is', null)
    .where('attempts', '<', ATTEMPTS)
    .where('kind', 'in', [...kinds])
    .orderBy('intake_no')
    .limit(100)
    .execute()

export const lockUnhandled = (tx: Tx, number: string): Promise<Submission | undefined> =>
  submissions(tx).where('number', '=', number).where('handled_at', 'is', null).forUpdate().executeTakeFirst()

export const markHandled = (tx: Tx, number: string, handledAt: string) =>
  tx.updateTable('opendata.intake').set({ handled_at: handledAt }).where('number', '=', number).execute()

export const markFailed = (tx: Tx, number: string, fault: string) =>
  tx
    .updateTable('opendata.intake')
    .set({ attempts: sql<number>`attempts + 1`, fault: fault.slice(0, 500) })
    .where('number', '=', number)
    .execute()
