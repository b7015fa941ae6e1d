import { type EntryFacts, nameKey, type ResourceDraft, seriesKey } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import { listUnknownCodes } from '../entry.store.ts'
import { listLapsed } from '../norm/norm.store.ts'
import { TODAY } from '../standard.store.ts'

export interface Copied {
  readonly content: ResourceDraft & { readonly provider_organ_id: string }
  readonly resource_id: string | null
  readonly code: string | null
}

/** What does not depend on the version of the standard; the class does, and is looked up in its tree. */
export type GatheredFacts = Omit<EntryFacts, 'class_node'>

const listOrgans = async (db: Db, organIds: readonly string[]) => {
  const rows = await db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name', 'credit_code'])
    .where('organ_id', 'in', [...organIds])
    .execute()
  return new Map(rows.map((row) => [row.organ_id, row]))
}

const keyOf = ({ content }: Copied): string => seriesKey(nameKey(content.name ?? ''))

/** Names of each provider's other entries, beyond the drafting, that begin alike; by the place of the copy that asks. */
const listSiblings = async (db: Db, copies: readonly Copied[]): Promise<Map<number, string[]>> => {
  const asked = copies.map((one, at) => ({ at, key: keyOf(one), one })).filter(({ key }) => key !== '')
  if (asked.length === 0) return new Map()
  const { rows } = await sql<{ at: number; names: string[] }>`
    select a.at, s.names
    from unnest(${asked.map(({ at }) => at)}::integer[], ${asked.map(({ key }) => key)}::text[],
      ${asked.map(({ one }) => one.content.provider_organ_id)}::text[], ${asked.map(({ one }) => one.resource_id)}::uuid[])
      as a (at, key, organ_id, except_id)
    cross join lateral (
      select array_agg(r.name order by length(r.name_key)) as names
      from (
        select name, name_key from catalog.resource
        where provider_organ_id = a.organ_id and starts_with(name_key, a.key) and length(name_key) <= length(a.key) + 8
          and (state not in ('draft', 'withdrawn') or published_version is not null)
          and resource_id is distinct from a.except_id
        order by length(name_key) limit 50) r) s
    where s.names is not null`.execute(db)
  return new Map(rows.map(({ at, names }) => [at, names]))
}

const citedBy = ({ content }: Copied): string[] =>
  [content.share_basis, ...(content.items ?? []).map((item) => item.withheld_basis)].flatMap(
    (basis) => basis?.title ?? [],
  )

/** The facts of one copy or of a thousand, with the same three questions to the database. */
export const gatherCopyFacts = async (db: Db, copies: readonly Copied[]): Promise<GatheredFacts[]> => {
  if (copies.length === 0) return []
  const organs = await listOrgans(db, [...new Set(copies.map(({ content }) => content.provider_organ_id))])
  const siblings = await listSiblings(db, copies)
  const unknown = new Set(
    await listUnknownCodes(db, [...new Set(copies.flatMap(({ content }) => content.related_codes ?? []))]),
  )
  const lapsed = await listLapsed(db, [...new Set(copies.flatMap(citedBy))], TODAY)
  return copies.map(({ content, code }, at) => ({
    provider: organs.get(content.provider_organ_id) ?? null,
    sibling_names: siblings.get(at) ?? [],
    unknown_codes: (content.related_codes ?? []).filter((one) => unknown.has(one)),
    lapsed_bases: lapsed,
    code,
  }))
}
