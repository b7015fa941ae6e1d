import type { CatalogStandard, LayerChange } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'

onConstraint({
  standard_effective_key: { code: 'conflict', detail: '同一天已有版次施行', field: 'effective_from' },
  standard_transition_check: { code: 'invalid', detail: '过渡期不能早于施行日', field: 'transition_until' },
})

// Standards are the same for everybody: no scope applies to them.

const HEAD = [
  ...(['standard_id', 'version', 'title', 'document_no', 'dialect', 'note', 'verified', 'state'] as const),
  ...(['base_version', 'from_version', 'layer', 'revision', 'editors', 'effective_from', 'effective_to'] as const),
  ...(['transition_until', 'author_name', 'adopted_by_name', 'adopted_on', 'withdraw_reason'] as const),
] as const

const heads = (db: Db) => db.selectFrom('catalog.standard').select(HEAD)
export type EditionRow = Awaited<ReturnType<ReturnType<typeof heads>['executeTakeFirstOrThrow']>>

export interface EditionKey {
  readonly standard: string
  readonly version: number
}

export const listEditionRows = (db: Db): Promise<EditionRow[]> =>
  heads(db).orderBy('standard_id').orderBy('version', 'desc').execute()

export const findEdition = (db: Db, { standard, version }: EditionKey): Promise<EditionRow | undefined> =>
  heads(db).where('standard_id', '=', standard).where('version', '=', version).executeTakeFirst()

/** Drafting, adopting and coming into force of one standard wait for each other from here to the end of the transaction. */
export const lockStandard = (tx: Tx, standardId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`catalog.standard:${standardId}`}, 0))`.execute(tx)

export const lockEdition = (tx: Tx, { standard, version }: EditionKey): Promise<EditionRow | undefined> =>
  heads(tx).where('standard_id', '=', standard).where('version', '=', version).forUpdate().executeTakeFirst()

export const lastVersion = async (tx: Tx, standardId: string): Promise<number> => {
  const { version } = await tx
    .selectFrom('catalog.standard')
    .select((eb) => eb.fn.max('version').as('version'))
    .where('standard_id', '=', standardId)
    .executeTakeFirstOrThrow()
  return version
}

/** The latest day from which an adopted version is in force, and which version that is. */
export const lastAdopted = (tx: Tx, standardId: string) =>
  tx
    .selectFrom('catalog.standard')
    .select(['version', 'effective_from'])
    .where('standard_id', '=', standardId)
    .where('state', '=', 'adopted')
    .orderBy('effective_from', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()

interface Draft {
  readonly body: CatalogStandard
  readonly layer: readonly LayerChange[]
  readonly note: string
  readonly base_version: number
  readonly from_version: number
  readonly author_name: string
  readonly editors: string[]
  readonly instant: string
}

export const insertDraft = (tx: Tx, { body, layer, instant, ...draft }: Draft) =>
  tx
    .insertInto('catalog.standard')
    .values({
      ...draft,
      standard_id: body.id,
      version: body.version,
      title: body.title,
      document_no: body.document_no,
      dialect: body.dialect,
      effective_from: body.effective_from,
      effective_to: null,
      verified: body.verified,
      body: JSON.stringify(body),
      layer: JSON.stringify(layer),
      is_current: false,
      installed_at: instant,
      state: 'draft',
      revision: 1,
      adopted_by: null,
      adopted_by_name: null,
      adopted_on: null,
      transition_until: null,
      withdraw_reason: null,
    })
    .execute()

interface EditionChange {
  readonly body?: CatalogStandard
  readonly layer?: readonly LayerChange[]
  readonly editors?: string[]
  readonly dialect?: string
  readonly note?: string
  readonly state?: 'adopted' | 'withdrawn'
  readonly effective_from?: string
  readonly transition_until?: string
  readonly adopted_by?: string | null
  readonly adopted_by_name?: string
  readonly adopted_on?: string
  readonly withdraw_reason?: string
  readonly installed_at?: string
}

export const updateEdition = (tx: Tx, { standard, version }: EditionKey, { body, layer, ...change }: EditionChange) =>
  tx
    .updateTable('catalog.standard')
    .set({
      ...change,
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(layer ? { layer: JSON.stringify(layer) } : {}),
      revision: sql`revision + 1`,
    })
    .where('standard_id', '=', standard)
    .where('version', '=', version)
    .execute()

/** The version before ends on the day the next begins. */
export const closeEdition = (tx: Tx, { standard, version }: EditionKey, effectiveTo: string) =>
  tx
    .updateTable('catalog.standard')
    .set({ effective_to: effectiveTo })
    .where('standard_id', '=', standard)
    .where('version', '=', version)
    .execute()

/** Which version the tree and the code lists follow at present. */
export const findMaterialised = (tx: Tx) =>
  tx.selectFrom('catalog.standard').select(['standard_id', 'version']).where('is_current', '=', true).executeTakeFirst()

export const markMaterialised = async (tx: Tx, { standard, version }: EditionKey) => {
  await tx.updateTable('catalog.standard').set({ is_current: false }).where('is_current', '=', true).execute()
  await tx
    .updateTable('catalog.standard')
    .set({ is_current: true })
    .where('standard_id', '=', standard)
    .where('version', '=', version)
    .execute()
}

/** New nodes are there before they are in force, so that an entry published under them on the first day finds its class. */
export const prepareClasses = (tx: Tx, { classification }: CatalogStandard) =>
  sql`
    insert into catalog.class_node (code, title, parent_code, level, is_leaf, organ_id, is_active)
    select code, title, parent_code, level, is_leaf, organ_id, false
    from jsonb_to_recordset(${JSON.stringify(classification)}::jsonb)
      as n (code text, title text, parent_code text, level text, is_leaf boolean, organ_id text)
    on conflict (code) do nothing`.execute(tx)
