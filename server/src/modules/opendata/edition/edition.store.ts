import type {
  EditionFault,
  EditionFinding,
  EditionSample,
  EditionSource,
  EditionState,
  OpenContent,
  StageColumn,
  Suppression,
} from '@sanjiang/contract/opendata'
import { type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'

onConstraint({
  edition_resource_no_key: { code: 'conflict', detail: '同一数据集同时登记了两版，请重试', field: 'resource_id' },
})

const rows = (db: Db) =>
  db
    .selectFrom('opendata.edition as e')
    .innerJoin('identity.organ as o', 'o.organ_id', 'e.organ_id')
    .selectAll('e')
    .select(['o.name as organ_name', 'o.path as organ_path'])
    .$narrowType<{
      source: EditionSource
      state: EditionState
      columns: StageColumn[]
      ignored: string[]
      faults: EditionFault[]
      findings: EditionFinding[]
      suppression: Suppression | null
      sample: EditionSample | null
    }>()

export type EditionRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findEdition = (db: Db, scope: Scope, id: string): Promise<EditionRow | undefined> =>
  rows(db)
    .where('e.edition_id', '=', id)
    .where(within(scope, sql.ref('o.path')))
    .executeTakeFirst()

export const lockEdition = (tx: Tx, scope: Scope, id: string): Promise<EditionRow | undefined> =>
  rows(tx)
    .where('e.edition_id', '=', id)
    .where(within(scope, sql.ref('o.path')))
    .forUpdate('e')
    .executeTakeFirst()

interface ListOptions {
  readonly resource_id?: string
  readonly release_id?: string
  readonly state?: EditionState
  readonly after?: string
  readonly limit: number
}

export const listEditionRows = (db: Db, scope: Scope, options: ListOptions): Promise<EditionRow[]> => {
  const { resource_id, release_id, state, after, limit } = options
  const from = after === undefined ? undefined : parseCursor(after, 1)
  return rows(db)
    .where(within(scope, sql.ref('o.path')))
    .$if(resource_id !== undefined, (query) => query.where('e.resource_id', '=', resource_id!))
    .$if(release_id !== undefined, (query) => query.where('e.release_id', '=', release_id!))
    .$if(state !== undefined, (query) => query.where('e.state', '=', state!))
    .$if(from !== undefined, (query) => query.where(sql<SqlBool>`e.edition_id < ${from?.[0]}::uuid`))
    .orderBy('e.edition_id', 'desc')
    .limit(limit + 1)
    .execute()
}

type Json = 'columns' | 'ignored' | 'faults' | 'findings' | 'suppression' | 'sample'
type Own = Omit<EditionRow, 'organ_name' | 'organ_path'>
export type EditionChange = Partial<Own>

const JSONS: readonly Json[] = ['columns', 'ignored', 'faults', 'findings', 'suppression', 'sample']

const stored = (change: EditionChange) =>
  Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      JSONS.includes(name as Json) && value !== null ? JSON.stringify(value) : value,
    ]),
  )

const EMPTY = {
  release_id: null,
  revision: 1,
  file_name: null,
  file_bytes: null,
  file_sha256: null,
  stage_table: null,
  waits: false,
  columns: [],
  ignored: [],
  row_count: null,
  digest: null,
  faults: [],
  fault_count: 0,
  findings: [],
  suppression: null,
  sample: null,
  note: '',
  attempt_count: 0,
  created_by: null,
  checked_at: null,
  carried_at: null,
} satisfies EditionChange

export type NewEdition = EditionChange & Omit<Own, keyof typeof EMPTY | 'edition_no'>

export const nextEditionNo = async (tx: Tx, resourceId: string): Promise<number> => {
  const { rows: found } = await sql<{ no: number }>`
    select coalesce(max(edition_no), 0) + 1 as no from opendata.edition where resource_id = ${resourceId}`.execute(tx)
  return found[0]!.no
}

/** Takes the next number of its resource. */
export const insertEdition = async (tx: Tx, row: NewEdition): Promise<void> => {
  const edition_no = await nextEditionNo(tx, row.resource_id)
  await tx
    .insertInto('opendata.edition')
    .values({ ...stored({ ...EMPTY, ...row }), edition_no } as never)
    .execute()
}

/** Every change of state is a revision. */
export const updateEdition = (tx: Tx, id: string, change: EditionChange) =>
  tx
    .updateTable('opendata.edition')
    .set({ ...stored(change), ...(change.state ? { revision: sql`revision + 1` } : {}) } as never)
    .where('edition_id', '=', id)
    .execute()

/** A try begins: a process that dies in it has still counted. */
export const countAttempt = async (db: Db, id: string): Promise<number> => {
  const { rows: found } = await sql<{ attempt_count: number }>`
    update opendata.edition set attempt_count = attempt_count + 1 where edition_id = ${id} returning attempt_count`.execute(
    db,
  )
  return found[0]!.attempt_count
}

/** What a worker has to read or to check, oldest first. */
export const listUnworked = (db: Db): Promise<{ edition_id: string }[]> =>
  db
    .selectFrom('opendata.edition')
    .select('edition_id')
    .where('state', 'in', ['reading', 'checking'])
    .orderBy('edition_id')
    .limit(50)
    .execute()

/** Checked, under a release the public side has already. */
export const listDue = (db: Db) =>
  rows(db)
    .innerJoin('opendata.release as r', 'r.release_id', 'e.release_id')
    .select(['r.content', 'r.release_no'])
    .where('e.state', '=', 'clean')
    .where('r.state', '=', 'released')
    .where('r.sent_at', 'is not', null)
    .orderBy('e.resource_id')
    .orderBy('e.edition_no')
    .limit(20)
    .$narrowType<{ content: OpenContent }>()
    .execute()
export type DueRow = Awaited<ReturnType<typeof listDue>>[number]

/** The release a resource is open under now. */
export const findLive = (db: Db, resourceId: string) =>
  db
    .selectFrom('opendata.release')
    .select(['release_id', 'content'])
    .where('resource_id', '=', resourceId)
    .where('state', '=', 'released')
    .$narrowType<{ content: OpenContent }>()
    .executeTakeFirst()

export const findContent = async (db: Db, releaseId: string): Promise<OpenContent | undefined> =>
  (await db.selectFrom('opendata.release').select('content').where('release_id', '=', releaseId).executeTakeFirst())
    ?.content as OpenContent | undefined

/** Editions of a resource that are neither out nor over. */
export const lockPending = (tx: Tx, resourceId: string): Promise<EditionRow[]> =>
  rows(tx)
    .where('e.resource_id', '=', resourceId)
    .where('e.state', 'in', ['uploading', 'reading', 'refused', 'staged', 'checking', 'clean', 'held'])
    .orderBy('e.edition_no')
    .forUpdate('e')
    .execute()

/** The newest edition the public side was given, of a resource or under a release. */
const newestCarried = (db: Db, column: 'e.resource_id' | 'e.release_id', id: string): Promise<EditionRow | undefined> =>
  rows(db)
    .where(column, '=', id)
    .where('e.state', '=', 'carried')
    .orderBy('e.edition_no', 'desc')
    .limit(1)
    .executeTakeFirst()

export const findCarried = (db: Db, resourceId: string) => newestCarried(db, 'e.resource_id', resourceId)

/** The rows that are out under a release. */
export const findOut = (db: Db, releaseId: string) => newestCarried(db, 'e.release_id', releaseId)

/** The rows that are out, where they are newer than these: nothing older takes their place. */
export const findOvertaking = async (
  db: Db,
  { resource_id, edition_no }: EditionRow,
): Promise<EditionRow | undefined> => {
  const live = await findLive(db, resource_id)
  const out = live && (await findOut(db, live.release_id))
  return out && out.edition_no > edition_no ? out : undefined
}

/** The rows that are out go over to a release that changes only words: what says the same as they makes no new edition. */
export const inheritCarried = async (tx: Tx, { from, to }: { from: string; to: string }): Promise<void> => {
  const out = await findOut(tx, from)
  if (out) await updateEdition(tx, out.edition_id, { release_id: to })
}

/** The rows a release stands on: those it was proposed with, later the newest checked under it. */
export const findShown = (db: Db, releaseId: string): Promise<EditionRow | undefined> =>
  rows(db)
    .where('e.release_id', '=', releaseId)
    .where('e.state', '<>', 'discarded')
    .orderBy('e.edition_no', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Names of stage tables that still have work before them. */
export const listStaged = async (db: Db): Promise<string[]> =>
  (
    await db
      .selectFrom('opendata.edition')
      .select('edition_id')
      .where('state', 'in', ['reading', 'staged', 'checking', 'clean', 'held'])
      .execute()
  ).map(({ edition_id }) => edition_id)

export const putPiece = (tx: Tx, piece: { edition_id: string; seq: number; bytes: Buffer }) =>
  tx
    .insertInto('opendata.edition_piece')
    .values(piece as never)
    .onConflict((conflict) => conflict.columns(['edition_id', 'seq']).doUpdateSet({ bytes: piece.bytes as never }))
    .execute()

export const countPieces = async (db: Db, id: string): Promise<{ count: number; bytes: number }> => {
  const { rows: found } = await sql<{ count: number; bytes: number }>`
    select count(*)::int as count, coalesce(sum(octet_length(bytes)), 0)::int as bytes from opendata.edition_piece
    where edition_id = ${id}`.execute(db)
  return found[0]!
}

/** One piece in memory at a time. */
export async function* readPieces(db: Db, id: string): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq++) {
    const row = await db
      .selectFrom('opendata.edition_piece')
      .select('bytes')
      .where('edition_id', '=', id)
      .where('seq', '=', seq)
      .executeTakeFirst()
    if (!row) return
    yield row.bytes as unknown as Buffer
  }
}

export const removePieces = (tx: Tx, id: string) =>
  tx.deleteFrom('opendata.edition_piece').where('edition_id', '=', id).execute()

/** Uploads that nobody went on with. */
export const listAbandoned = (db: Db, before: string): Promise<EditionRow[]> =>
  rows(db).where('e.state', '=', 'uploading').where('e.created_at', '<', before).limit(100).execute()

/** The release under review that was proposed with this edition. */
export const findProposedWith = (db: Db, id: string) =>
  db
    .selectFrom('opendata.release')
    .select('release_id')
    .where('edition_id', '=', id)
    .where('state', '=', 'review')
    .executeTakeFirst()
