import type { HarvestDefaults } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import type { CatalogHarvestSource } from '#kernel/tables.ts'

onConstraint({
  harvest_source_name_key: { code: 'conflict', detail: '已有同名的汇聚来源', field: 'name' },
  harvest_run_open_key: { code: 'conflict', detail: '这个来源已有批次在进行或待确认，不能同时再发起' },
})

const rows = (db: Db) =>
  db
    .selectFrom('catalog.harvest_source as s')
    .selectAll('s')
    .select([
      sql<number>`(select count(*)::int from catalog.harvested_entry h where h.source_id = s.source_id and h.state = 'present')`.as(
        'entry_count',
      ),
      sql<number>`(select count(*)::int from catalog.harvest_publisher p where p.source_id = s.source_id and p.organ_id is null)`.as(
        'unmapped_count',
      ),
    ])

export type SourceRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const listSourceRows = (db: Db) => rows(db).orderBy('s.name').execute()
export const findSourceRow = (db: Db, sourceId: string) =>
  rows(db).where('s.source_id', '=', sourceId).executeTakeFirst()

export const lockSource = (tx: Tx, sourceId: string) =>
  tx
    .selectFrom('catalog.harvest_source')
    .select([
      'source_id',
      'name',
      'kind',
      'revision',
      'is_enabled',
      'sealed_secret',
      'auth_header',
      'cycle',
      'next_run_at',
    ])
    .where('source_id', '=', sourceId)
    .forUpdate()
    .executeTakeFirst()

type Written = Omit<CatalogHarvestSource, 'defaults'> & { readonly defaults: HarvestDefaults }

export const insertSource = (tx: Tx, { defaults, ...row }: Written) =>
  tx
    .insertInto('catalog.harvest_source')
    .values({ ...row, defaults: JSON.stringify(defaults) })
    .execute()

type Change = Partial<Omit<Written, 'source_id' | 'created_at' | 'revision'>>

/** A change of whatever decides how records come out makes the source's own mark worthless: everything is read again. */
export const updateSource = (tx: Tx, sourceId: string, { defaults, ...change }: Change) =>
  tx
    .updateTable('catalog.harvest_source')
    .set({
      ...change,
      ...(defaults === undefined ? {} : { defaults: JSON.stringify(defaults) }),
      etag: null,
      revision: sql`revision + 1`,
    })
    .where('source_id', '=', sourceId)
    .execute()

export const touchSource = (tx: Tx, ctx: Ctx, sourceId: string) =>
  updateSource(tx, sourceId, { updated_at: ctx.instant, updated_by_name: ctx.actor.name })

export const setNextRun = (tx: Tx, sourceId: string, next_run_at: string | null) =>
  tx.updateTable('catalog.harvest_source').set({ next_run_at }).where('source_id', '=', sourceId).execute()

export const setEtag = (tx: Tx, sourceId: string, { etag, revision }: { etag: string | null; revision: number }) =>
  tx
    .updateTable('catalog.harvest_source')
    .set({ etag })
    .where('source_id', '=', sourceId)
    .where('revision', '=', revision)
    .execute()

/** Sources whose hour has come and that have no run under way. */
export const listDueSources = (db: Db, at: string) =>
  db
    .selectFrom('catalog.harvest_source')
    .select(['source_id', 'cycle'])
    .where('is_enabled', '=', true)
    .where('next_run_at', '<=', at)
    .orderBy('next_run_at')
    .limit(20)
    .execute()
