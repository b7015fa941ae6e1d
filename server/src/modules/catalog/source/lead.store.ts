import type { ItemSource } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import type { CatalogLead } from '#kernel/tables.ts'
import type { Reach } from '../resource.rules.ts'
import { mayRead } from '../resource.store.ts'

onConstraint({
  lead_live_key: { code: 'conflict', detail: '该信息项的牵头正在商定或已经定下', field: 'cluster_id' },
  lead_answer_reason_check: { code: 'invalid', detail: '有异议的，理由不少于 10 个字', field: 'reason' },
})

const rows = (db: Db) =>
  db
    .selectFrom('catalog.lead as l')
    .innerJoin('catalog.resource as r', 'r.resource_id', 'l.resource_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'l.organ_id')
    .innerJoin('identity.organ as p', 'p.organ_id', 'l.proposed_organ_id')
    .leftJoin('catalog.cluster as c', 'c.key', 'l.key')
    .selectAll('l')
    .select(['r.code as resource_code', 'r.name as resource_name', 'o.name as organ_name', 'c.cluster_id'])
    .select(['p.name as proposed_organ_name', 'p.path as proposed_organ_path'])

export type LeadRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findLead = (db: Db, id: string) => rows(db).where('l.lead_id', '=', id).executeTakeFirst()

/** Answers and decisions queue on the lead's row. */
export const lockLead = (tx: Tx, id: string) => rows(tx).where('l.lead_id', '=', id).forUpdate('l').executeTakeFirst()

export const listLeadRows = (db: Db, key: string) =>
  rows(db).where('l.key', '=', key).orderBy('l.lead_id', 'desc').limit(20).execute()

export const listAnswerRows = (db: Db, leadIds: readonly string[]) =>
  leadIds.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('catalog.lead_answer as a')
        .innerJoin('identity.organ as o', 'o.organ_id', 'a.organ_id')
        .selectAll('a')
        .select(['o.name as organ_name', 'o.path as organ_path'])
        .where('a.lead_id', 'in', [...leadIds])
        .orderBy('a.organ_id')
        .execute()

export const insertLead = (tx: Tx, row: CatalogLead) => tx.insertInto('catalog.lead').values(row).execute()

export const updateLead = (tx: Tx, id: string, change: Partial<CatalogLead>) =>
  tx
    .updateTable('catalog.lead')
    .set({ ...change, revision: sql`revision + 1` })
    .where('lead_id', '=', id)
    .execute()

interface Candidate {
  readonly item_id: string
  readonly resource_id: string
  readonly organ_id: string
  readonly organ_path: string
  readonly resource_name: string
}

/** An item of a cluster that could lead it. */
export const findCandidate = async (db: Db, key: string, itemId: string): Promise<Candidate | undefined> => {
  const { rows: found } = await sql<Candidate>`
    select c.item_id, c.resource_id, o.organ_id, o.path as organ_path, e.name as resource_name
    from catalog.cluster_item c join catalog.entry e using (resource_id) join identity.organ o on o.organ_id = c.organ_id
    where c.key = ${key} and c.item_id = ${itemId}`.execute(db)
  return found[0]
}

/** The departments of the leading organ's own government that hold it: they are asked; offices of other levels are not bound. */
export const listHolding = async (db: Db, key: string, organId: string) => {
  const { rows: found } = await sql<{ organ_id: string; organ_path: string }>`
    select distinct o.organ_id, o.path as organ_path
    from catalog.cluster_item c join identity.organ o on o.organ_id = c.organ_id
    where c.key = ${key} and o.division_code = (select division_code from identity.organ where organ_id = ${organId})
    order by o.organ_id`.execute(db)
  return found
}

export const insertAnswers = (
  tx: Tx,
  answers: readonly {
    readonly lead_id: string
    readonly organ_id: string
    readonly answer: string | null
    readonly reason: string
    readonly answered_by: string | null
    readonly answered_by_name: string | null
    readonly answered_on: string | null
  }[],
) =>
  tx
    .insertInto('catalog.lead_answer')
    .values([...answers])
    .execute()

interface Answered {
  readonly answer: string
  readonly reason: string
  readonly answered_by: string | null
  readonly answered_by_name: string
  readonly answered_on: string
}

export const setAnswer = (tx: Tx, { leadId, organId }: { leadId: string; organId: string }, answered: Answered) =>
  tx
    .updateTable('catalog.lead_answer')
    .set(answered)
    .where('lead_id', '=', leadId)
    .where('organ_id', '=', organId)
    .execute()

interface Settled {
  readonly lead_id: string
  readonly key: string
  readonly item_id: string
}

/** All asked departments' items of the cluster refer to the lead from now on; keys join tables and are no collection of their own. */
export const referAll = async (tx: Tx, { lead_id, key, item_id }: Settled, today: string): Promise<void> => {
  await sql`
    insert into catalog.item_source (item_id, resource_id, source_item_id, lead_id, since)
    select c.item_id, c.resource_id, ${item_id}::uuid, ${lead_id}::uuid, ${today}::date
    from catalog.cluster_item c join catalog.item i using (item_id) join catalog.lead_answer a using (organ_id)
    where c.key = ${key} and a.lead_id = ${lead_id} and c.item_id <> ${item_id} and not i.is_key
    on conflict (item_id) do update set source_item_id = excluded.source_item_id, lead_id = excluded.lead_id,
      since = excluded.since`.execute(tx)
}

export const dropReferences = (tx: Tx, leadId: string) =>
  tx.deleteFrom('catalog.item_source').where('lead_id', '=', leadId).execute()

/** Entries that hold it lose or regain points by what was agreed. */
export const markKeyStale = (tx: Tx, key: string) =>
  sql`update catalog.quality set is_stale = true
    where resource_id in (select resource_id from catalog.cluster_item where key = ${key})`.execute(tx)

const SOURCE = sql`i.item_id, i.name as item_name, l.item_id as source_item_id, l.item_id = i.item_id as is_lead,
  s.item_id is not null as is_referring, l.lead_id, l.resource_id, r.name as resource_name, o.name as organ_name,
  case when r.published_version is null then null else r.code end as resource_code`

/** Items of a published entry whose lead is agreed, in the government of the lead. */
export const listSourceRows = async (db: Db, reach: Reach, resourceId: string): Promise<ItemSource[]> => {
  const { rows: found } = await sql<ItemSource>`
    select ${SOURCE} from catalog.item i
    join catalog.entry e using (resource_id)
    join catalog.item_key k on k.name = i.name and k.data_element = i.data_element
    join catalog.lead l on l.key = k.key and l.state = 'agreed'
    join catalog.resource r on r.resource_id = l.resource_id
    join identity.organ o on o.organ_id = l.organ_id
    left join catalog.item_source s on s.item_id = i.item_id and s.lead_id = l.lead_id
    where i.resource_id = ${resourceId} and o.division_code = e.division_code and ${mayRead(reach)}
    order by i.seq`.execute(db)
  return found
}

export interface LeadOfKey {
  readonly key: string
  readonly lead_id: string
  readonly item_id: string
  readonly resource_id: string
  readonly resource_code: string | null
  readonly resource_name: string
  readonly organ_id: string
  readonly organ_name: string
}

export const listLeadsOf = async (db: Db, keys: readonly string[], divisionCode: string): Promise<LeadOfKey[]> => {
  const { rows: found } = await sql<LeadOfKey>`
    select l.key, l.lead_id, l.item_id, l.resource_id, l.organ_id, r.name as resource_name, o.name as organ_name,
      case when r.published_version is null then null else r.code end as resource_code
    from catalog.lead l join catalog.resource r using (resource_id) join identity.organ o on o.organ_id = l.organ_id
    where l.state = 'agreed' and l.key = any(${keys}::text[]) and o.division_code = ${divisionCode}`.execute(db)
  return found
}

export const listReferences = async (db: Db, resourceId: string): Promise<Map<string, string>> => {
  const found = await db
    .selectFrom('catalog.item_source')
    .select(['item_id', 'source_item_id'])
    .where('resource_id', '=', resourceId)
    .execute()
  return new Map(found.map(({ item_id, source_item_id }) => [item_id, source_item_id]))
}

interface Reference {
  readonly item_id: string
  readonly resource_id: string
  readonly source_item_id: string
  readonly lead_id: string
  readonly since: string
}

export const putReference = (tx: Tx, row: Reference) =>
  tx
    .insertInto('catalog.item_source')
    .values(row)
    .onConflict((oc) =>
      oc.column('item_id').doUpdateSet({ source_item_id: row.source_item_id, lead_id: row.lead_id, since: row.since }),
    )
    .execute()

export const removeReference = (tx: Tx, itemId: string) =>
  tx.deleteFrom('catalog.item_source').where('item_id', '=', itemId).execute()
