import { nameKey } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export interface PublisherRow {
  readonly publisher_key: string
  readonly name: string
  readonly organ_id: string | null
  readonly matched_by: string | null
}

export const listPublisherRows = (db: Db, sourceId: string) =>
  db
    .selectFrom('catalog.harvest_publisher as p')
    .leftJoin('identity.organ as o', 'o.organ_id', 'p.organ_id')
    .select(['p.publisher_key', 'p.name', 'p.organ_id', 'p.matched_by', 'o.name as organ_name'])
    .where('p.source_id', '=', sourceId)
    .orderBy(sql`p.organ_id is not null`)
    .orderBy('p.name')
    .execute()

export const insertPublishers = async (
  tx: Tx,
  rows: readonly (PublisherRow & { readonly source_id: string; readonly seen_at: string })[],
): Promise<void> => {
  if (rows.length === 0) return
  await tx
    .insertInto('catalog.harvest_publisher')
    .values(rows.map((row) => ({ ...row })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const setPublisher = async (
  tx: Tx,
  sourceId: string,
  { publisher_key, organ_id }: { readonly publisher_key: string; readonly organ_id: string | null },
): Promise<boolean> => {
  const { numUpdatedRows } = await tx
    .updateTable('catalog.harvest_publisher')
    .set({ organ_id, matched_by: organ_id === null ? null : 'person' })
    .where('source_id', '=', sourceId)
    .where('publisher_key', '=', publisher_key)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

interface OrganName {
  readonly organ_id: string
  readonly word: string
  readonly how: 'name' | 'former_name' | 'alias'
  readonly successor_id: string | null
}

/** Every name every organ goes or went by. An organ that was merged speaks through its one successor. */
export const listOrganNames = async (db: Db): Promise<OrganName[]> => {
  const { rows } = await sql<OrganName>`
    select w.organ_id, w.word, w.how, s.successor_id from (
      select organ_id, name as word, 'name' as how from identity.organ
      union select organ_id, name, 'former_name' from identity.organ_name where valid_to is not null
      union select organ_id, short_name, 'alias' from identity.organ
      union select organ_id, alias, 'alias' from identity.organ_alias) w
    join identity.organ o on o.organ_id = w.organ_id
    left join lateral (select min(successor_id) as successor_id from identity.organ_succession x
      where x.organ_id = w.organ_id having count(*) = 1) s on o.dissolved_on is not null
    where o.dissolved_on is null or s.successor_id is not null`.execute(db)
  return rows
}

export const listCreditCodes = async (db: Db, codes: readonly string[]): Promise<Map<string, string>> => {
  if (codes.length === 0) return new Map()
  const rows = await db
    .selectFrom('identity.organ')
    .select(['organ_id', 'credit_code'])
    .where('credit_code', 'in', [...codes])
    .execute()
  return new Map(rows.map(({ organ_id, credit_code }) => [credit_code!, organ_id]))
}

/** Organs by the grams their names share with a publisher's: for a person to choose from, never taken by themselves. */
export const suggestOrgans = (names: readonly OrganName[], name: string): { organ_id: string; name: string }[] => {
  const grams = (text: string): Set<string> => {
    const key = nameKey(text)
    return new Set(Array.from({ length: Math.max(0, key.length - 1) }, (_, index) => key.slice(index, index + 2)))
  }
  const wanted = grams(name)
  const best = new Map<string, { organ_id: string; name: string; score: number }>()
  for (const { organ_id, word, successor_id } of names) {
    const own = grams(word)
    const shared = [...own].filter((gram) => wanted.has(gram)).length
    const score = (2 * shared) / (own.size + wanted.size || 1)
    const id = successor_id ?? organ_id
    if (score >= 0.5 && score > (best.get(id)?.score ?? 0)) best.set(id, { organ_id: id, name: word, score })
  }
  return [...best.values()]
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ organ_id, name }) => ({ organ_id, name }))
}
