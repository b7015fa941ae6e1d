import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { type Answer, FACETS, type SearchPeer } from './search.corpus.ts'

export const hasGroonga = (): boolean => spawnSync('groonga', ['--version']).status === 0

const SCHEMA = [
  'table_create Entries TABLE_HASH_KEY ShortText',
  ...['name', 'items', 'words', 'summary'].map((one) => `column_create Entries ${one} COLUMN_SCALAR Text`),
  ...['label', ...FACETS].flatMap((one) => [
    `table_create T_${one} TABLE_HASH_KEY ShortText`,
    `column_create Entries ${one} COLUMN_SCALAR T_${one}`,
  ]),
  'table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto',
  'column_create Terms entry_texts COLUMN_INDEX|WITH_POSITION|WITH_SECTION Entries name,items,words,summary',
]

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`

/** Groonga's own server on a local port, its index on disc in the page cache: bigrams with positions, weights, drilldowns. */
export const groonga = (port: number): SearchPeer => {
  let server: ChildProcess | undefined
  let dir = ''
  const dispatcher = new Agent({ pipelining: 1 })
  const call = async (command: string, params: Record<string, string>, body?: string): Promise<unknown> => {
    const address = `http://127.0.0.1:${port}/d/${command}?${new URLSearchParams(params)}`
    const headers = { 'content-type': 'application/json' }
    const answer = await request(address, body ? { dispatcher, method: 'POST', headers, body } : { dispatcher })
    const [[code, , , message], result] = (await answer.body.json()) as [[number, number, number, string], unknown]
    if (code !== 0) throw new Error(`groonga ${command}: ${message}`)
    return result
  }
  const isUp = () =>
    call('status', {}).then(
      () => true,
      () => false,
    )
  return {
    name: 'groonga',
    build: async (corpus) => {
      dir = await mkdtemp(join(tmpdir(), 'sanjiang-groonga-'))
      const path = join(dir, 'db')
      spawnSync('groonga', ['-n', path], { input: `${SCHEMA.join('\n')}\n` })
      server = spawn(
        'groonga',
        ['-s', '--protocol', 'http', '--bind-address', '127.0.0.1', '--port', String(port), path],
        {
          stdio: 'ignore',
        },
      )
      for (let tries = 0; !(await isUp()); tries += 1) {
        if (tries > 100) throw new Error('groonga did not start')
        await pause(50)
      }
      for (let at = 0; at < corpus.length; at += 2_000) {
        const rows = corpus.slice(at, at + 2_000).map(({ id, facets, ...texts }) => ({ _key: id, ...texts, ...facets }))
        await call('load', { table: 'Entries' }, JSON.stringify(rows))
      }
    },
    search: async (q, { labels, chosen, limit }) => {
      const isMine = `in_values(label, ${labels.map(quoted).join(', ')})`
      const narrowing = FACETS.filter((facet) => chosen[facet]?.length).map(
        (facet) => `in_values(${facet}, ${chosen[facet]!.map(quoted).join(', ')})`,
      )
      const drilldowns = Object.fromEntries(
        FACETS.flatMap((facet) => [
          [`drilldowns[${facet}].keys`, facet],
          [`drilldowns[${facet}].sort_keys`, '-_nsubrecs'],
          [`drilldowns[${facet}].limit`, '100'],
        ]),
      )
      const result = (await call('select', {
        table: 'Entries',
        match_columns: 'name * 20 || items * 4 || words * 2 || summary',
        query: q.split(/\s+/).filter(Boolean).map(quoted).join(' '),
        filter: [isMine, ...narrowing].join(' && '),
        output_columns: '_key',
        sort_keys: '-_score',
        limit: String(limit),
        cache: 'no',
        ...drilldowns,
      })) as [[[number], unknown, ...[string][]], Record<string, [[number], unknown, ...[string, number][]]>]
      const [[[total], , ...rows], drilled] = result
      const counted = FACETS.map((facet) => {
        const [, , ...values] = drilled[facet]!
        return [facet, new Map(values)] as const
      })
      return { ids: rows.map(([id]) => id), total, facets: Object.fromEntries(counted) as unknown as Answer['facets'] }
    },
    close: async () => {
      if (server?.exitCode === null) {
        server.kill('SIGTERM')
        await once(server, 'exit')
      }
      await dispatcher.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
