import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import type { Synonyms } from './query.rules.ts'
import { listSynonymRows, replaceSynonymRows } from './suggest.store.ts'

onConstraint({ synonym_word_key: { code: 'invalid', detail: '同一个词只能在一个同义词组里', field: 'groups' } })

export const NO_SYNONYMS: Synonyms = new Map()

// Other processes search by a changed list within this time.
const KEPT_MS = 5_000
let kept = { synonyms: NO_SYNONYMS, readAt: Number.NEGATIVE_INFINITY, db: undefined as Db | undefined }

/** Each word with those that mean the same, as of the last few seconds. */
export const recentSynonyms = async (db: Db): Promise<Synonyms> => {
  if (kept.db === db && performance.now() - kept.readAt < KEPT_MS) return kept.synonyms
  const rows = await listSynonymRows(db)
  const groups = Map.groupBy(rows, ({ group_no }) => group_no)
  const synonyms: Synonyms = new Map(
    rows.map(({ group_no, word }) => [
      word,
      groups
        .get(group_no)!
        .map((one) => one.word)
        .filter((one) => one !== word),
    ]),
  )
  kept = { synonyms, readAt: performance.now(), db }
  return synonyms
}

const toGroups = (rows: Awaited<ReturnType<typeof listSynonymRows>>) =>
  Array.from(Map.groupBy(rows, ({ group_no }) => group_no).values(), (group) => ({
    words: group.map(({ word }) => word),
  }))

export const listSynonyms = async (ctx: Ctx) => toGroups(await listSynonymRows(ctx.db))

export const replaceSynonyms = async (ctx: Ctx, groups: readonly { readonly words: readonly string[] }[]) => {
  const replaced = await inTx(ctx, async (tx, inner) => {
    const before = toGroups(await listSynonymRows(tx))
    await replaceSynonymRows(
      tx,
      groups.map(({ words }) => words.map((word) => word.normalize('NFKC').toLowerCase())),
    )
    await record(tx, inner, {
      type: 'catalog.synonym.replaced',
      subject_kind: 'catalog.synonym',
      subject_id: 'all',
      before: { groups: before.length },
      after: { groups: groups.length },
    })
    return toGroups(await listSynonymRows(tx))
  })
  kept = { ...kept, db: undefined }
  return replaced
}
