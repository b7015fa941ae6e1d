import pg from 'pg'
import { organById } from '../../server/seeds/reference/organs.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import type { Answer, CorpusEntry, SearchPeer } from './search.corpus.ts'
import { groonga, hasGroonga } from './search.groonga.ts'
import { CLASS_TITLES, corpus, judged } from './search.judged.ts'
import { openOurs } from './search.memory.ts'
import { flexSearch, miniSearch, trigram } from './search.peers.ts'
import { type Find, type Quality, qualityOf } from './search.quality.ts'

const GROONGA_PORT = 29_311

/** The demo province as engines are given it that know nothing of it; nothing is hidden and nothing is narrowed. */
const entries = (): CorpusEntry[] =>
  corpus.map((one) => {
    const organ = organById(one.provider_organ_id)
    const former = organ.former_names.map(({ name }) => name)
    return {
      id: one.key,
      name: one.name,
      items: one.items.map(({ name, name_en }) => `${name} ${name_en}`).join(' '),
      words: [organ.name, organ.short_name, ...former, ...organ.aliases, ...one.keywords].join(' '),
      summary: one.summary,
      label: '/',
      facets: {
        provider: one.provider_organ_id,
        region: `${organ.division_code.slice(0, 4)}00`,
        class: one.class_code.slice(0, 3),
        share_type: one.share_type,
        open_type: one.open_type,
        format: one.format_category,
        update_cycle: one.update_cycle,
        attached: 'none',
      },
    }
  })

const judge = async (peer: SearchPeer, all: readonly CorpusEntry[]): Promise<Quality[]> => {
  await peer.build(all)
  const find: Find = async (q) => {
    const { ids }: Answer = await peer.search(q, { labels: ['/'], chosen: {}, limit: 50 })
    return ids
  }
  try {
    return await qualityOf(find)
  } finally {
    await peer.close()
  }
}

const judgeAll = async (dir: string): Promise<Map<string, Quality[]>> => {
  const server = await startPostgres({ dir })
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  try {
    const all = entries()
    const peers = [flexSearch(), miniSearch(), trigram(client), ...(hasGroonga() ? [groonga(GROONGA_PORT)] : [])]
    const found = new Map([['sanjiang', await qualityOf(openOurs().find)]])
    for (const peer of peers) found.set(peer.name, await judge(peer, all))
    return found
  } finally {
    await client.end()
    await server.stop()
  }
}

const cell = ({ p10, mrr }: Quality): string => `${p10.toFixed(2)}/${mrr.toFixed(2)}`

/** P@10 and MRR per class and half, ours and each peer's, on one corpus and one set of judged queries. */
export const reportQuality = async (dir: string): Promise<{ best_in: number; of: number }> => {
  const found = await judgeAll(dir)
  const names = [...found.keys()]
  console.log(`${judged.length} 个检索词，${corpus.length} 个条目；P@10/MRR`)
  console.log(['类', '半', ...names].join('\t'))
  const rows = found.get('sanjiang')!
  let best = 0
  for (const [at, row] of rows.entries()) {
    const each = names.map((name) => found.get(name)![at]!)
    const others = each.slice(1)
    // The two figures together: a class is ours when no peer has more of either and more of both.
    if (others.every(({ p10, mrr }) => p10 + mrr <= row.p10 + row.mrr)) best += 1
    const half = row.half === 'tune' ? '调优' : '留出'
    console.log([CLASS_TITLES[row.class], half, ...each.map(cell)].join('\t'))
  }
  return { best_in: best, of: rows.length }
}
