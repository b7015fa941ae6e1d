import pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { listSynonyms } from '#modules/catalog/index.ts'
import { listOrganWords } from './vocabulary.store.ts'

const CONNECT_MS = 5000

// Written only where it differs: whoever follows reads everything anew after a writing.
const PUT = `
insert into site.vocabulary as v (kind, body) values ($1, $2::jsonb)
on conflict (kind) do update set body = excluded.body, changed_at = now() where v.body is distinct from excluded.body`

/**
 * Carries out the words by which the public may find what is open: the catalogue's synonyms, and what organs that have opened
 * something are called. Returns how many kinds of words differed from what was there.
 */
export const publishVocabulary = async (ctx: Ctx): Promise<number> => {
  const url = ctx.site.publishDatabaseUrl
  if (!url) return 0
  const synonyms = (await listSynonyms(ctx)).map(({ words }) => words)
  const organs = await listOrganWords(ctx.db)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const synonym = await client.query(PUT, ['synonym', JSON.stringify(synonyms)])
    const organ = await client.query(PUT, ['organ', JSON.stringify(organs)])
    return (synonym.rowCount ?? 0) + (organ.rowCount ?? 0)
  } finally {
    await client.end().catch(() => undefined)
  }
}
