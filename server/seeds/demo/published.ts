import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import { demoResources } from './resources.ts'

/** A demo resource as it now stands in the catalogue. */
export interface Published {
  readonly key: string
  readonly resource_id: string
  readonly code: string
  readonly name: string
  readonly provider_organ_id: string
  readonly share_type: string
  readonly open_type: string
  readonly share_method_type: string
  readonly items: readonly { readonly item_id: string; readonly name_en: string; readonly share_type: string }[]
}

const rows = (db: Db) =>
  db
    .selectFrom('catalog.published_resource as r')
    .innerJoin('catalog.published_item as i', 'i.resource_id', 'r.resource_id')
    .groupBy([
      'r.resource_id',
      'r.code',
      'r.name',
      'r.provider_organ_id',
      'r.share_type',
      'r.open_type',
      'r.share_method_type',
    ])
    .select([
      'r.resource_id',
      'r.code',
      'r.name',
      'r.provider_organ_id',
      'r.share_type',
      'r.open_type',
      'r.share_method_type',
    ])
    .select(
      sql<Published['items']>`json_agg(json_build_object('item_id', i.item_id, 'name_en', i.name_en,
        'share_type', i.share_type) order by i.seq)`.as('items'),
    )

/** The published resources of these organs that the demo knows, by the demo's keys. */
export const findPublished = async (
  db: Db,
  isWanted: (organ_id: string) => boolean,
): Promise<Map<string, Published>> => {
  const keys = new Map<string, string>()
  for (const { key, provider_organ_id, name } of demoResources())
    if (isWanted(provider_organ_id)) keys.set(`${provider_organ_id} ${name}`, key)
  const organs = [...new Set([...keys.keys()].map((text) => text.slice(0, 10)))]
  const found = await rows(db).where('r.provider_organ_id', 'in', organs).execute()
  return new Map(
    found.flatMap((row) => {
      const key = keys.get(`${row.provider_organ_id} ${row.name}`)
      return key ? [[key, { ...row, key }] as const] : []
    }),
  )
}
