import type {
  ApplicantKind,
  ApplicationDetail,
  ApplicationState,
  ApplicationStep,
  CloseReason,
} from '@sanjiang/contract/opendata'
import { type Insertable, type SqlBool, sql, type Updateable } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { OpendataAgreement, OpendataApplicant, OpendataApplication } from '#kernel/tables.ts'
import { STEP_TITLES } from './application.rules.ts'

type Proposal = NonNullable<ApplicationDetail['proposal']>

const rows = (db: Db) =>
  db
    .selectFrom('opendata.application as a')
    .innerJoin('identity.organ as o', 'o.organ_id', 'a.organ_id')
    .leftJoin('opendata.agreement as g', 'g.application_id', 'a.application_id')
    .selectAll('a')
    .select(['o.name as organ_name', 'o.path as organ_path', 'g.ends_on as ends_on'])
    .$narrowType<{
      state: ApplicationState
      applicant_kind: ApplicantKind
      asked: ApplicationDetail['asked']
      proposal: Proposal | null
      close_reason: CloseReason | null
    }>()

export type ApplicationRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findApplication = (db: Db, scope: Scope, id: string): Promise<ApplicationRow | undefined> =>
  rows(db)
    .where('a.application_id', '=', id)
    .where(within(scope, sql.ref('o.path')))
    .executeTakeFirst()

export const lockApplication = (tx: Tx, scope: Scope, id: string): Promise<ApplicationRow | undefined> =>
  rows(tx)
    .where('a.application_id', '=', id)
    .where(within(scope, sql.ref('o.path')))
    .forUpdate('a')
    .executeTakeFirst()

/** The matter of a number, to whoever holds its code. */
export const lockNumbered = (tx: Tx, number: string, codeHash: string): Promise<ApplicationRow | undefined> =>
  rows(tx).where('a.number', '=', number).where('a.code_hash', '=', codeHash).forUpdate('a').executeTakeFirst()

const WAITING = ['received', 'incomplete', 'accepted', 'proposed', 'appealed'] as const
const RUNNING = ['agreement', 'active'] as const
const CLOSED = ['refused', 'upheld', 'expired', 'revoked', 'lapsed', 'closed'] as const
export const PARTS = { waiting: WAITING, running: RUNNING, closed: CLOSED } as const

interface ListOptions {
  readonly part: keyof typeof PARTS
  readonly after?: string
  readonly limit: number
}

export const listApplicationRows = (
  db: Db,
  scope: Scope,
  { part, after, limit }: ListOptions,
): Promise<ApplicationRow[]> => {
  const from = after === undefined ? undefined : parseCursor(after, 2)
  return rows(db)
    .where(within(scope, sql.ref('o.path')))
    .where('a.state', 'in', [...PARTS[part]])
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(a.received_on, a.application_id) < (${from?.[0]}::date, ${from?.[1]}::uuid)`),
    )
    .orderBy('a.received_on', 'desc')
    .orderBy('a.application_id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** Everything in these states, for the tasks that work by the clock. */
export const listInStates = (db: Db, states: readonly ApplicationState[]): Promise<ApplicationRow[]> =>
  rows(db)
    .where('a.state', 'in', [...states])
    .orderBy('a.application_id')
    .execute()

export type StepRow = ApplicationStep & { readonly application_id: string }

export const listSteps = (db: Db, ids: readonly string[]): Promise<StepRow[]> =>
  db
    .selectFrom('opendata.application_step')
    .select(['application_id', 'seq', 'verb', 'happened_on as on', 'by_name', 'text'])
    .where('application_id', 'in', ids.length > 0 ? [...ids] : ['00000000-0000-0000-0000-000000000000'])
    .orderBy('application_id')
    .orderBy('seq')
    .execute()
    .then((found) => found.map((step) => ({ ...step, title: STEP_TITLES[step.verb] ?? step.verb })))

interface NewStep {
  readonly application_id: string
  readonly verb: string
  readonly happened_on: string
  readonly happened_at: string
  readonly by_id: string | null
  readonly by_name: string
  readonly text: string
}

export const insertStep = (tx: Tx, step: NewStep) =>
  tx
    .insertInto('opendata.application_step')
    .values(({ selectFrom }) => ({
      ...step,
      seq: selectFrom('opendata.application_step')
        .where('application_id', '=', step.application_id)
        .select(sql<number>`coalesce(max(seq), 0) + 1`.as('seq')) as never,
    }))
    .execute()

export const insertApplication = (tx: Tx, row: Insertable<OpendataApplication>) =>
  tx.insertInto('opendata.application').values(row).execute()

/** Every change is a revision. */
export const updateApplication = (tx: Tx, id: string, change: Updateable<OpendataApplication>) =>
  tx
    .updateTable('opendata.application')
    .set(change)
    .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
    .where('application_id', '=', id)
    .execute()

/** A mark of the clock changes nothing anybody decided, hence no revision. */
export const setMark = (tx: Tx, id: string, mark: { yellow_on: string } | { red_on: string }) =>
  tx.updateTable('opendata.application').set(mark).where('application_id', '=', id).execute()

export const insertApplicant = (tx: Tx, row: Insertable<OpendataApplicant>) =>
  tx.insertInto('opendata.applicant').values(row).execute()

export const updateApplicant = (tx: Tx, id: string, change: Updateable<OpendataApplicant>) =>
  tx.updateTable('opendata.applicant').set(change).where('application_id', '=', id).execute()

export const findApplicant = (db: Db, id: string) =>
  db
    .selectFrom('opendata.applicant')
    .selectAll()
    .where('application_id', '=', id)
    .$narrowType<{ answers: Readonly<Record<string, string>> }>()
    .executeTakeFirst()

export const findAgreement = (db: Db, id: string) =>
  db.selectFrom('opendata.agreement').selectAll().where('application_id', '=', id).executeTakeFirst()

export const insertAgreement = (tx: Tx, row: Insertable<OpendataAgreement>) =>
  tx.insertInto('opendata.agreement').values(row).execute()

export const signAgreement = (tx: Tx, id: string, signedAt: string) =>
  tx.updateTable('opendata.agreement').set({ signed_at: signedAt }).where('application_id', '=', id).execute()

/** Whose time to be kept is over. */
export const listForgettable = (db: Db, endedBefore: string): Promise<string[]> =>
  db
    .selectFrom('opendata.application as a')
    .innerJoin('opendata.applicant as p', 'p.application_id', 'a.application_id')
    .select('a.application_id')
    .where('a.ended_on', '<', endedBefore)
    .where('p.removed_on', 'is', null)
    .execute()
    .then((found) => found.map(({ application_id }) => application_id))

/** The conditional dataset of an address that is open now and stays so until this is over. */
export const lockOpenDataset = (tx: Tx, slug: string) =>
  tx
    .selectFrom('opendata.release as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.organ_id')
    .select(['r.resource_id', 'r.code', 'r.organ_id', 'o.name as organ_name', 'r.content'])
    .where('r.state', '=', 'released')
    .where(sql<SqlBool>`r.content->>'slug' = ${slug}`)
    .where(sql<SqlBool>`r.content->>'open_type' = 'conditional'`)
    .forShare('r')
    .$narrowType<{ content: { title: string; open_condition: string | null } }>()
    .executeTakeFirst()

/** What was fetched from outside said it too. */
export const blankSubmissions = (tx: Tx, id: string) =>
  tx
    .updateTable('opendata.intake as i')
    .set({ body: '{}', contact: null })
    .where(({ or, eb, selectFrom }) => {
      const number = selectFrom('opendata.application').select('number').where('application_id', '=', id)
      return or([eb('i.number', '=', number), eb('i.about', '=', number)])
    })
    .execute()
