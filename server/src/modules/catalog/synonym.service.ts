import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { listSynonymRows, replaceSynonymRows } from './search/search.store.ts'

onConstraint({ synonym_word_key: { code: 'invalid', detail: '同一个词只能在一个同义词组里', field: 'groups' } })

const toGroups = (rows: Awaited<ReturnType<typeof listSynonymRows>>) =>
  Array.from(Map.groupBy(rows, ({ group_no }) => group_no).values(), (group) => ({
    words: group.map(({ word }) => word),
  }))

export const listSynonyms = async (ctx: Ctx) => toGroups(await listSynonymRows(ctx.db))

export const replaceSynonyms = async (ctx: Ctx, groups: readonly { readonly words: readonly string[] }[]) =>
  inTx(ctx, async (tx, inner) => {
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

/** The synonyms every installation starts from; a table that anybody has ever written is left alone, also an empty one. */
export const installSynonyms = async (ctx: Ctx, groups: readonly (readonly string[])[]): Promise<void> => {
  const known = await ctx.db
    .selectFrom('kernel.event')
    .select('event_id')
    .where('type', '=', 'catalog.synonym.replaced')
    .limit(1)
    .executeTakeFirst()
  if (!known)
    await replaceSynonyms(
      ctx,
      groups.map((words) => ({ words })),
    )
}
