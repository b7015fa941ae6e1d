import type { Permission } from '@sanjiang/contract'
import type { ResourceContent, ResourceState } from '@sanjiang/contract/catalog'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { type Actor, scopeOf } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { CatalogResource } from '#kernel/tables.ts'
import type { Reach } from './resource.rules.ts'

onConstraint({
  resource_provider_organ_id_fkey: { code: 'invalid', detail: '没有这个提供方机构', field: 'provider_organ_id' },
  code_seq_last_seq_check: { code: 'conflict', detail: '该分类的顺序码已用完', field: 'class_code' },
})

const rows = (db: Db) =>
  db
    .selectFrom('catalog.resource as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.provider_organ_id')
    .leftJoin('catalog.class_node as n', 'n.code', 'r.class_code')
    .leftJoin('catalog.entry as e', 'e.resource_id', 'r.resource_id')
    .selectAll('r')
    .select(['o.name as provider_name', 'o.path as provider_path', 'o.credit_code as provider_code'])
    .select(['o.short_name as provider_short_name', 'n.title as class_title', 'e.audience_path'])
    .select(
      sql<boolean>`exists (select from catalog.harvested_entry h where h.resource_id = r.resource_id and h.state <> 'linked')`.as(
        'is_harvested',
      ),
    )
    .select([
      'e.attached_methods',
      sql<string | null>`coalesce(e.first_published_on, (
        select min(v.published_on) from catalog.resource_version v where v.resource_id = r.resource_id))`.as(
        'first_published_on',
      ),
    ])

export type ResourceRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

/** Working copies: compilers and reviewers see all of their organs', the platform only what was handed up to it. */
export const mayWork = ({ work, publish }: Reach): RawBuilder<boolean> => {
  const path = sql.ref<string>('o.path')
  return sql<boolean>`(${within(work, path)} or (${within(publish, path)}
    and r.state in ('platform_review', 'published', 'withdrawn')))`
}

/** Published entries under a label the reader's organs bear. */
export const mayRead = ({ read, labels }: Reach): Expression<SqlBool> =>
  sql<SqlBool>`(e.audience_path = any(${labels}) or ${within(read, sql.ref('e.audience_path'))})`

const isVisible = (reach: Reach): Expression<SqlBool> =>
  sql<SqlBool>`(${mayWork(reach)} or (e.resource_id is not null and ${mayRead(reach)}))`

/** An entry the reader may know of at all. */
export const findResource = (db: Db, reach: Reach, id: string) =>
  rows(db)
    .select(mayWork(reach).as('may_work'))
    .where('r.resource_id', '=', id)
    .where(isVisible(reach))
    .executeTakeFirst()

/** Locks an entry whose working copy the actor reaches. */
export const lockResource = (tx: Tx, reach: Reach, id: string): Promise<ResourceRow | undefined> =>
  rows(tx).where('r.resource_id', '=', id).where(isVisible(reach)).forUpdate('r').executeTakeFirst()

/** Reads one again inside the transaction that has just written it. */
export const rereadResource = (tx: Tx, id: string): Promise<ResourceRow> =>
  rows(tx).where('r.resource_id', '=', id).executeTakeFirstOrThrow()

/** What waits for the actor's own step: his drafts sent back, his department's entries to review, the platform's to publish. */
export const waitingFor = (actor: Actor): RawBuilder<SqlBool> => {
  const path = sql.ref<string>('o.path')
  const under = (permission: Permission) => within(scopeOf(actor, permission), path)
  const me = actor.person_id
  return sql<SqlBool>`(
    (r.state = 'draft' and r.return_reason is not null and ${under('catalog.resource.edit')})
    or (r.state = 'dept_review' and ${under('catalog.resource.review')} and not (${me}::uuid = any(r.editors)))
    or (r.state = 'platform_review' and ${under('catalog.resource.publish')} and not (${me}::uuid = any(r.editors))
        and r.reviewed_by is distinct from ${me}::uuid and r.provider_organ_id <> ${actor.organ?.organ_id ?? ''}))`
}

export interface ListOptions {
  readonly reach: Reach
  readonly state?: ResourceState
  /** Entries in any of these states under these scopes: what waits for the actor's own step. */
  readonly waiting?: Expression<SqlBool>
  readonly isRevising?: boolean
  readonly providerOrganId?: string
  readonly q?: string
  readonly after?: string
  readonly limit: number
}

export const listResourceRows = (db: Db, options: ListOptions): Promise<ResourceRow[]> => {
  const { reach, state, waiting, isRevising, providerOrganId, q, after, limit } = options
  const from = after === undefined ? undefined : parseCursor(after, 2)
  const like = `%${(q ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`
  return rows(db)
    .where(mayWork(reach))
    .$if(state !== undefined, (query) => query.where('r.state', '=', state!))
    .$if(waiting !== undefined, (query) => query.where(waiting!))
    .$if(isRevising === true, (query) =>
      query.where(sql<SqlBool>`r.draft is not null and r.published_version is not null`),
    )
    .$if(providerOrganId !== undefined, (query) => query.where('r.provider_organ_id', '=', providerOrganId!))
    .$if(q !== undefined && q.trim() !== '', (query) =>
      query.where(sql<SqlBool>`(r.name ilike ${like} or r.code like ${like})`),
    )
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(r.updated_at, r.resource_id) < (${from![0]}::timestamptz, ${from![1]}::uuid)`),
    )
    .orderBy('r.updated_at', 'desc')
    .orderBy('r.resource_id', 'desc')
    .limit(limit + 1)
    .execute()
}

export const countStates = (db: Db, reach: Reach) =>
  db
    .selectFrom('catalog.resource as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.provider_organ_id')
    .select(['r.state', sql<number>`count(*)::integer`.as('count')])
    .where(mayWork(reach))
    .groupBy('r.state')
    .execute()

type Insert = Omit<CatalogResource, 'draft'> & { readonly draft: ResourceContent }

export const insertResource = (tx: Tx, { draft, ...row }: Insert) =>
  tx
    .insertInto('catalog.resource')
    .values({ ...row, draft: JSON.stringify(draft) })
    .execute()

export type ResourceChange = Partial<Omit<CatalogResource, 'draft' | 'revision'>> & {
  readonly draft?: ResourceContent | null
}

/** Every change counts the revision up, so that whoever holds an older one is told. */
export const updateResource = (tx: Tx, id: string, { draft, ...change }: ResourceChange) =>
  tx
    .updateTable('catalog.resource')
    .set({
      ...change,
      ...(draft === undefined ? {} : { draft: draft === null ? null : JSON.stringify(draft) }),
      revision: sql`revision + 1`,
    })
    .where('resource_id', '=', id)
    .execute()

export const removeResourceRow = (tx: Tx, id: string) =>
  tx.deleteFrom('catalog.resource').where('resource_id', '=', id).execute()

/**
 * Next number under a class. The row stays locked until the transaction ends and a rollback takes the number back, so codes
 * have no gaps and are never given twice (domain §1.3).
 */
export const nextSeq = async (tx: Tx, classCode: string, count = 1): Promise<number> => {
  const { last_seq } = await tx
    .insertInto('catalog.code_seq')
    .values({ class_code: classCode, last_seq: count })
    .onConflict((oc) => oc.column('class_code').doUpdateSet({ last_seq: sql`code_seq.last_seq + ${count}` }))
    .returning('last_seq')
    .executeTakeFirstOrThrow()
  return last_seq - count + 1
}

/** Two entries of one provider with names that may be the same wait for each other from here to the end of the transaction. */
export const lockName = (tx: Tx, providerOrganId: string, key: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`catalog.name:${providerOrganId}:${key}`}, 0))`.execute(tx)
