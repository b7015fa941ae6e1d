import { type EntryFacts, nameKey, type ResourceDraft, seriesKey } from '@sanjiang/contract/catalog'
import type { Db } from '#kernel/db.ts'
import { listUnknownCodes } from './entry.store.ts'
import { listClassNodes, listProviderNames } from './import.store.ts'

interface Taken {
  readonly name: string
  readonly resource_id: string | null
}

/** Names taken so far per provider, found by series key: what C09 needs, without looking at every sibling. */
export class NameIndex {
  readonly #names = new Map<string, Taken[]>()
  readonly #slot = (organId: string, name: string): string => `${organId} ${seriesKey(nameKey(name))}`
  add(organId: string, name: string, resource_id: string | null = null): void {
    const slot = this.#slot(organId, name)
    const known = this.#names.get(slot)
    if (known) known.push({ name, resource_id })
    else this.#names.set(slot, [{ name, resource_id }])
  }
  siblings(organId: string, name: string, exceptId: string | null = null): readonly string[] {
    const taken = this.#names.get(this.#slot(organId, name)) ?? []
    return taken.filter(({ resource_id }) => exceptId === null || resource_id !== exceptId).map((one) => one.name)
  }
  /** Learns what these organs have beyond the drafting. */
  async learn(db: Db, organIds: readonly string[]): Promise<void> {
    for (const { provider_organ_id, name, resource_id } of await listProviderNames(db, organIds))
      this.add(provider_organ_id, name, resource_id)
  }
}

const listOrgans = async (db: Db, organIds: readonly string[]) => {
  if (organIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name', 'credit_code'])
    .where('organ_id', 'in', [...organIds])
    .execute()
  return new Map(rows.map((row) => [row.organ_id, row]))
}

type Provided = ResourceDraft & { readonly provider_organ_id: string }

export type FactsOf = (
  content: Provided,
  subject: { readonly resource_id: string | null; readonly code: string | null },
) => EntryFacts

/** What the rules want to know about many entries, asked of the database once for all of them. */
export const gatherFacts = async (db: Db, contents: readonly Provided[], names: NameIndex): Promise<FactsOf> => {
  const organs = await listOrgans(db, [...new Set(contents.map((one) => one.provider_organ_id))])
  const nodes = await listClassNodes(db, [...new Set(contents.map(({ class_code }) => class_code ?? ''))])
  const unknown = new Set(await listUnknownCodes(db, [...new Set(contents.flatMap((one) => one.related_codes ?? []))]))
  return (content, { resource_id, code }) => ({
    provider: organs.get(content.provider_organ_id) ?? null,
    class_node: content.class_code ? (nodes.get(content.class_code) ?? null) : undefined,
    sibling_names: names.siblings(content.provider_organ_id, content.name ?? '', resource_id),
    unknown_codes: (content.related_codes ?? []).filter((one) => unknown.has(one)),
    code,
  })
}
