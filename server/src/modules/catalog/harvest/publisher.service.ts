import { type HarvestPublisher, nameKey } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import type { Portrait } from './portrait.ts'
import {
  listCreditCodes,
  listOrganNames,
  listPublisherRows,
  type PublisherRow,
  setPublisher,
  suggestOrgans,
} from './publisher.store.ts'
import { lockSource, touchSource } from './source.store.ts'

type Publisher = NonNullable<Portrait['publisher']>

const RANK = { name: 0, former_name: 1, alias: 2 } as const

/** Exact names only, the present name before former ones before what people say; two organs of one name are nobody's. */
const byNames = (
  names: Awaited<ReturnType<typeof listOrganNames>>,
): Map<string, { organ_id: string; how: keyof typeof RANK } | null> => {
  const found = new Map<string, { organ_id: string; how: keyof typeof RANK } | null>()
  const sorted = names.toSorted((a, b) => RANK[a.how] - RANK[b.how])
  const ranks = new Map<string, number>()
  for (const { organ_id, successor_id, word, how } of sorted) {
    const key = nameKey(word)
    const id = successor_id ?? organ_id
    const known = found.get(key)
    if (known === undefined) {
      found.set(key, { organ_id: id, how })
      ranks.set(key, RANK[how])
    } else if (known !== null && known.organ_id !== id && ranks.get(key) === RANK[how]) found.set(key, null)
  }
  return found
}

/** Whose records a source's publishers' are: as decided before, or found now by code or name. */
export class PublisherBook {
  readonly #known = new Map<string, PublisherRow>()
  readonly #fresh = new Map<string, PublisherRow>()

  static async open(db: Db, sourceId: string): Promise<PublisherBook> {
    const book = new PublisherBook()
    for (const row of await listPublisherRows(db, sourceId)) book.#known.set(row.publisher_key, row)
    return book
  }

  /** Looks up those met for the first time. */
  async meet(db: Db, publishers: readonly Publisher[]): Promise<void> {
    const strangers = new Map(publishers.filter(({ key }) => !this.#known.has(key)).map((one) => [one.key, one]))
    if (strangers.size === 0) return
    const all = [...strangers.values()]
    const codes = await listCreditCodes(
      db,
      all.flatMap(({ code }) => (code ? [code] : [])),
    )
    const names = byNames(await listOrganNames(db))
    for (const { key, name, code } of all) {
      const coded = code ? codes.get(code) : undefined
      const named = names.get(nameKey(name)) ?? undefined
      const row = {
        publisher_key: key,
        name,
        organ_id: coded ?? named?.organ_id ?? null,
        matched_by: coded ? 'code' : (named?.how ?? null),
      }
      this.#known.set(key, row)
      this.#fresh.set(key, row)
    }
  }

  organOf({ key }: Publisher): string | null {
    return this.#known.get(key)?.organ_id ?? null
  }

  /** Those not yet written down, once. */
  takeFresh(): PublisherRow[] {
    const rows = [...this.#fresh.values()]
    this.#fresh.clear()
    return rows
  }
}

export const listPublishers = async (db: Db, sourceId: string): Promise<HarvestPublisher[]> => {
  const rows = await listPublisherRows(db, sourceId)
  const names = rows.some(({ organ_id }) => organ_id === null) ? await listOrganNames(db) : []
  return rows.map((row) => ({ ...row, suggestions: row.organ_id === null ? suggestOrgans(names, row.name) : [] }))
}

export const mapPublisher = (
  ctx: Ctx,
  sourceId: string,
  choice: { readonly publisher_key: string; readonly organ_id: string | null },
): Promise<HarvestPublisher[]> =>
  inTx(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId)
    if (!source) throw new Fault('not_found')
    if (choice.organ_id !== null) {
      const organ = await tx
        .selectFrom('identity.organ')
        .select('dissolved_on')
        .where('organ_id', '=', choice.organ_id)
        .executeTakeFirst()
      if (!organ) throw invalid('organ_id', 'exists', '没有这个机构')
      if (organ.dissolved_on !== null) throw invalid('organ_id', 'dissolved', '该机构已撤销，请选承继机构')
    }
    if (!(await setPublisher(tx, sourceId, choice))) throw new Fault('not_found', '来源中没有见过这个发布机构')
    // What was refused for want of an organ must be read again.
    await touchSource(tx, inner, sourceId)
    await record(tx, inner, {
      type: 'catalog.harvest_publisher.mapped',
      subject_kind: 'catalog.harvest_source',
      subject_id: sourceId,
      after: { ...choice },
    })
    return listPublishers(tx, sourceId)
  })
