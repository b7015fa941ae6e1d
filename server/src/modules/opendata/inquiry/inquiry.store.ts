import type { InquiryKind, InquiryOutcome, InquiryState, RefusalReason } from '@sanjiang/contract/opendata'
import type { IntakeStep } from '@sanjiang/contract/opendata.intake'
import { type Insertable, type SqlBool, sql, type Updateable } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { OpendataInquiry, OpendataInquiryAnswer } from '#kernel/tables.ts'

interface Narrow {
  kind: InquiryKind
  state: InquiryState
  visibility: 'pending' | 'public' | 'private'
  detail: Readonly<Record<string, unknown>>
  identifiers: { title: string; shown: string }[]
  supplements: { on: string; text: string }[]
  timeline: IntakeStep[]
  outcome: InquiryOutcome | null
  refusal_reason: RefusalReason | null
  contact: { email?: string; phone?: string } | null
}

const rows = (db: Db) =>
  db
    .selectFrom('opendata.inquiry as q')
    .innerJoin('opendata.intake as i', 'i.number', 'q.number')
    .leftJoin('identity.organ as o', 'o.organ_id', 'q.organ_id')
    .leftJoin('opendata.inquiry_answer as a', (join) =>
      join.onRef('a.inquiry_id', '=', 'q.inquiry_id').onRef('a.round', '=', 'q.round'),
    )
    .selectAll('q')
    .select(['o.name as organ_name', 'o.path as organ_path', 'a.outcome', 'i.contact', 'i.code_hash', 'i.submitted_at'])
    .select(
      sql<number>`(select count(*)::integer from opendata.intake s where s.about = q.number and s.kind = 'support')`.as(
        'support_count',
      ),
    )
    .$narrowType<Narrow>()

export type InquiryRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

// What nobody has been given yet is within reach of whoever reaches everything.
const visible = (scope: Scope) => within(scope, sql`coalesce(o.path, '/')`)

export const findInquiry = (db: Db, scope: Scope, id: string): Promise<InquiryRow | undefined> =>
  rows(db).where('q.inquiry_id', '=', id).where(visible(scope)).executeTakeFirst()

export const lockInquiry = (tx: Tx, scope: Scope, id: string): Promise<InquiryRow | undefined> =>
  rows(tx).where('q.inquiry_id', '=', id).where(visible(scope)).forUpdate('q').executeTakeFirst()

export const lockByNumber = (tx: Tx, number: string): Promise<InquiryRow | undefined> =>
  rows(tx).where('q.number', '=', number).forUpdate('q').executeTakeFirst()

/** Matters closed before this day whose senders could still be reached. */
export const listKeptContacts = (db: Db, closedBefore: string): Promise<string[]> =>
  db
    .selectFrom('opendata.inquiry as q')
    .select('q.inquiry_id')
    .where('q.closed_on', '<', closedBefore)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('opendata.intake as i')
          .select('i.number')
          .where(({ or, eb, ref }) => or([eb('i.number', '=', ref('q.number')), eb('i.about', '=', ref('q.number'))]))
          .where('i.contact', 'is not', null),
      ),
    )
    .execute()
    .then((found) => found.map(({ inquiry_id }) => inquiry_id))

export const removeContacts = (tx: Tx, number: string) =>
  tx
    .updateTable('opendata.intake')
    .set({ contact: null })
    .where(({ or, eb }) => or([eb('number', '=', number), eb('about', '=', number)]))
    .where('contact', 'is not', null)
    .execute()

export interface ListOptions {
  readonly scope: Scope
  readonly kind?: InquiryKind
  readonly state?: InquiryState
  readonly isUnassigned?: boolean
  readonly after?: string
  readonly limit: number
}

/** As many are ordered by their clocks at once; the rest is older than anything that can be done. */
const MOST_WAITING = 2000

const chosen = (db: Db, { scope, kind, state, isUnassigned }: ListOptions) =>
  rows(db)
    .where(visible(scope))
    .$if(kind !== undefined, (query) => query.where('q.kind', '=', kind!))
    .$if(state !== undefined, (query) => query.where('q.state', '=', state!))
    .$if(isUnassigned === true, (query) => query.where('q.organ_id', 'is', null))

export const listWaitingRows = (db: Db, options: ListOptions): Promise<InquiryRow[]> =>
  chosen(db, { ...options, state: 'waiting' })
    .orderBy('q.clock_started_on')
    .orderBy('q.inquiry_id')
    .limit(MOST_WAITING)
    .execute()

export const listNewestRows = (db: Db, options: ListOptions): Promise<InquiryRow[]> => {
  const from = options.after === undefined ? undefined : parseCursor(options.after, 2)
  return chosen(db, options)
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(q.received_on, q.inquiry_id) < (${from?.[0]}::date, ${from?.[1]}::uuid)`),
    )
    .orderBy('q.received_on', 'desc')
    .orderBy('q.inquiry_id', 'desc')
    .limit(options.limit + 1)
    .execute()
}

export const insertInquiry = (tx: Tx, row: Insertable<OpendataInquiry>) =>
  tx.insertInto('opendata.inquiry').values(row).execute()

/** Lists and records are written as they are. */
export const toJson = (value: unknown): string => JSON.stringify(value)

export const updateInquiry = (tx: Tx, id: string, change: Updateable<OpendataInquiry>) =>
  tx
    .updateTable('opendata.inquiry')
    .set({ ...change, revision: sql<number>`revision + 1` })
    .where('inquiry_id', '=', id)
    .execute()

export const insertAnswer = (tx: Tx, row: OpendataInquiryAnswer) =>
  tx.insertInto('opendata.inquiry_answer').values(row).execute()

export const listAnswers = (db: Db, id: string) =>
  db
    .selectFrom('opendata.inquiry_answer')
    .selectAll()
    .where('inquiry_id', '=', id)
    .orderBy('round')
    .$narrowType<{ outcome: InquiryOutcome }>()
    .execute()

/** The dataset that is open under an address, and who provides it. */
export const findOpened = (db: Db, slug: string) =>
  db
    .selectFrom('opendata.release')
    .select(['resource_id', 'organ_id', sql<string>`content->>'title'`.as('title')])
    .where('state', '=', 'released')
    .where(sql<SqlBool>`content->>'slug' = ${slug}`)
    .executeTakeFirst()

/** Addresses of those of these resources that are open. */
export const listOpenedSlugs = (db: Db, resourceIds: readonly string[]) =>
  resourceIds.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('opendata.release')
        .select(['resource_id', sql<string>`content->>'slug'`.as('slug')])
        .where('state', '=', 'released')
        .where('resource_id', 'in', [...resourceIds])
        .execute()

/** Who is told what no department has been given yet: the organ everything lies below. */
export const findOffice = async (db: Db): Promise<string> => {
  const { organ_id } = await db
    .selectFrom('identity.organ')
    .select('organ_id')
    .orderBy(sql`length(path)`)
    .orderBy('organ_id')
    .limit(1)
    .executeTakeFirstOrThrow()
  return organ_id
}

export const findOrgan = (db: Db, organId: string) =>
  db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name', 'path'])
    .where('organ_id', '=', organId)
    .executeTakeFirst()

/** Waiting matters whose being late has not been told in this round. */
export const listUntold = (db: Db): Promise<InquiryRow[]> =>
  rows(db)
    .where('q.state', '=', 'waiting')
    .whereRef('q.told_round', '<', 'q.round')
    .orderBy('q.inquiry_id')
    .limit(500)
    .execute()

/** Applications shown whose address was not looked at since a day. */
export const listUnchecked = (db: Db, before: string, limit: number): Promise<InquiryRow[]> =>
  rows(db)
    .where('q.kind', '=', 'showcase')
    .where('q.state', '=', 'answered')
    .where('a.outcome', '=', 'approved')
    .where(sql<SqlBool>`coalesce(q.detail->>'checked_on', '') < ${before}`)
    .orderBy('q.inquiry_id')
    .limit(limit)
    .execute()

/** Matters by the month they came in and how their answer stands; refused ones are none of the promise. */
export const listPromises = (db: Db) =>
  db
    .selectFrom('opendata.inquiry')
    .select(['kind', 'received_on', 'clock_started_on', 'closed_on'])
    .where('state', '<>', 'refused')
    .$narrowType<{ kind: InquiryKind }>()
    .execute()

/** Being told is no change of the matter, hence no revision. */
export const markTold = (tx: Tx, { inquiry_id, round }: Pick<InquiryRow, 'inquiry_id' | 'round'>) =>
  tx.updateTable('opendata.inquiry').set({ told_round: round }).where('inquiry_id', '=', inquiry_id).execute()
