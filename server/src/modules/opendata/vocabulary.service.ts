import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { listSynonyms } from '#modules/catalog/index.ts'
import { overPublic } from './connection.ts'
import { listOrganWords } from './vocabulary.store.ts'

// Written only where it differs: whoever follows reads everything anew after a writing.
const PUT = `
insert into site.vocabulary as v (kind, body) values ($1, $2::jsonb)
on conflict (kind) do update set body = excluded.body, changed_at = now() where v.body is distinct from excluded.body`

/**
 * Carries out the words by which the public may find what is open: the catalogue's synonyms, and what organs that have opened
 * something are called. Returns how many kinds of words differed from what was there.
 */
export const publishVocabulary = async (ctx: Ctx): Promise<number> => {
  const put = async (client: pg.Client): Promise<number> => {
    const words = { synonym: (await listSynonyms(ctx)).map((one) => one.words), organ: await listOrganWords(ctx.db) }
    let changed = 0
    for (const [kind, body] of Object.entries(words))
      changed += (await client.query(PUT, [kind, JSON.stringify(body)])).rowCount ?? 0
    return changed
  }
  return (await overPublic(ctx, put)) ?? 0
}
