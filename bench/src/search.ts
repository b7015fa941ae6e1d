// Catalogue search at 100,000 entries with permission labels and eight facets, beside FlexSearch, MiniSearch, PostgreSQL's trigrams
// and, where it is installed, Groonga: the same corpus, the same queries, in turns. Ours over HTTP stands beside it.
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalog, identity, makeCall } from '@sanjiang/contract'
import pg from 'pg'
import { type OpenHouse, openHouse } from '../../server/src/kernel/house.ts'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { authenticate } from '../../server/src/modules/identity/index.ts'
import { buildApi } from '../../server/src/roles/api.app.ts'
import { MODULES } from '../../server/src/roles/modules.ts'
import { type Asked, type CorpusEntry, readCorpus, type SearchPeer } from './search.corpus.ts'
import { groonga, hasGroonga } from './search.groonga.ts'
import { fill, PASSWORD, USERNAME } from './search.ground.ts'
import { reportQuality } from './search.judge.ts'
import { ours } from './search.ours.ts'
import { flexSearch, miniSearch, trigram } from './search.peers.ts'

const isQuick = process.argv.includes('--quick')
const SIZE = isQuick ? 10_000 : 100_000
const ROUNDS = isQuick ? 2 : 5
const LABELS = ['/', '/6300003900/', '/6300003900/6300003007/']
const GROONGA_PORT = 29_210

interface Query {
  readonly q: string
  readonly chosen: Asked['chosen']
}

/** What officers type: one word, several, an item's name, a place and a year, something rare, something everywhere; some with a choice. */
const QUERIES: readonly Query[] = [
  ...[
    ...['婚姻登记', '企业登记', '常住人口', '不动产', '驾驶证', '学籍', '低保', '社会保险', '建设用地', '环境影响评价'],
    ...['公民身份号码', '统一社会信用代码', '法定代表人', '银行账号', '经度', '行政处罚', '许可证号', '草场面积'],
    ...['企业 处罚', '户籍 迁移', '医疗 救助', '车辆 登记', '教师 资格', '水质 监测', '扶贫 对象', '工程 质量'],
    ...['2011年 学校', '多巴 人口', '塔尔 企业', '鲁沙尔 水利', '2016年 统计'],
    ...['火化', '收养', '征信', '虫草', '盐湖', '藏羚羊', '天然气', '信息', '登记', '名称'],
  ].map((q) => ({ q, chosen: {} })),
  ...['登记信息', '许可', '统计', '机构名录'].flatMap((q) => [
    { q, chosen: { share_type: ['conditional'] } },
    { q, chosen: { update_cycle: ['daily', 'monthly'] } },
  ]),
]

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * q) - 1)] ?? 0
}
const rounded = (value: number): number => Number(value.toFixed(2))

const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; answer: T }> => {
  const startedAt = performance.now()
  const answer = await work()
  return { ms: performance.now() - startedAt, answer }
}

const signIn = async (origin: string) => {
  const answer = await fetch(`${origin}/api/v1${identity.openSession.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: USERNAME, password: PASSWORD }),
  })
  if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
  const cookies = answer.headers.getSetCookie().map((one) => one.split(';')[0])
  return makeCall({ origin, headers: () => ({ cookie: cookies.join('; ') }) })
}

interface Built {
  readonly peer: SearchPeer
  readonly build_s: number
  /** Of this process; PostgreSQL and Groonga keep theirs elsewhere. */
  readonly mb: number
  readonly times: number[]
  readonly totals: number[]
}

const memory = (): number => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1_048_576
}

const buildAll = async (peers: readonly SearchPeer[], corpus: readonly CorpusEntry[]): Promise<Built[]> => {
  const built: Built[] = []
  for (const peer of peers) {
    const before = memory()
    const { ms } = await timed(() => peer.build(corpus))
    built.push({ peer, build_s: rounded(ms / 1000), mb: Math.round(memory() - before), times: [], totals: [] })
    console.log(`${peer.name}: ${built.at(-1)!.build_s} s, ${built.at(-1)!.mb} MB`)
  }
  return built
}

/** In turns, query by query; the first round warms and shows how much each finds. */
const measure = async (built: readonly Built[]): Promise<void> => {
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { q, chosen } of QUERIES)
      for (const { peer, times, totals } of built) {
        const { ms, answer } = await timed(() => peer.search(q, { labels: LABELS, chosen, limit: 10 }))
        if (round === 0) totals.push(answer.total)
        else times.push(ms)
      }
  for (const [at, { q, chosen }] of QUERIES.entries()) {
    const each = built.map(({ peer, totals, times }) => {
      const mine = Array.from({ length: ROUNDS }, (_, round) => times[round * QUERIES.length + at]!)
      return `${peer.name} ${totals[at]} (${quantile(mine, 0.5).toFixed(1)} ms)`
    })
    console.log([q + Object.values(chosen).flat().join('/'), ...each].join('  '))
  }
}

/** Ours as the page has it: session, permission, page of rows with their items, JSON. */
const overHttp = async (house: OpenHouse): Promise<{ search: number[]; suggest: number[] }> => {
  const app = await buildApi({ house, authenticate: authenticate(house), refused: () => undefined })
  const call = await signIn(await app.listen({ port: 0, host: '127.0.0.1' }))
  const [search, suggest]: [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { q, chosen } of QUERIES) {
      const one = await timed(() => call(catalog.search, { query: { q, ...(chosen as object) } }))
      const other = await timed(() => call(catalog.suggest, { query: { q: q.slice(0, 1 + (round % 3)) } }))
      if (round > 0) search.push(one.ms)
      if (round > 0) suggest.push(other.ms)
    }
  await app.close()
  return { search, suggest }
}

interface Beside {
  readonly http: Awaited<ReturnType<typeof overHttp>>
  readonly imported: number
  readonly quality: Awaited<ReturnType<typeof reportQuality>>
}

const report = (built: readonly Built[], { http, imported, quality }: Beside): void => {
  const p95 = (name: string) => quantile(built.find(({ peer }) => peer.name === name)?.times ?? [], 0.95)
  const best = Math.min(...['flexsearch', 'minisearch'].map(p95))
  const mine = p95('sanjiang')
  const figures = Object.fromEntries(
    built.map(({ peer, times, build_s, mb }) => [
      peer.name,
      {
        p50: rounded(quantile(times, 0.5)),
        p95: rounded(quantile(times, 0.95)),
        max: rounded(Math.max(...times)),
        build_s,
        mb,
      },
    ]),
  )
  console.log(
    JSON.stringify({
      bench: 'search',
      ratio: rounded(best / mine),
      ours: rounded(mine),
      peer: rounded(best),
      conditions: {
        unit: 'p95 ms',
        entries: SIZE,
        queries: QUERIES.length,
        rounds: ROUNDS,
        all: 'labels, 8 facets (ours 9), the first 10 ids; FlexSearch and MiniSearch with bigram tokens, in this process; no HTTP of ours',
        cpus: cpus().length,
      },
      also: {
        ...figures,
        ...(hasGroonga() ? { groonga_ratio: rounded(p95('groonga') / mine) } : {}),
        http_p50: rounded(quantile(http.search, 0.5)),
        http_p95: rounded(quantile(http.search, 0.95)),
        suggest_http_p50: rounded(quantile(http.suggest, 0.5)),
        suggest_http_p95: rounded(quantile(http.suggest, 0.95)),
        import_per_second: Math.round(imported),
        best_quality_in: `${quality.best_in} of ${quality.of} classes and halves`,
      },
    }),
  )
}

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  const server = await startPostgres({ dir })
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  try {
    await migrate({ adminUrl: server.url('postgres') })
    const site = { demo: true, dataDir: dir, gatewayOrigin: '', exchangeUrl: '' }
    const databaseUrl = server.url('postgres')
    const house = await openHouse({ role: 'api', databaseUrl, site, logLevel: 'silent', modules: MODULES })
    const imported = await fill(house, client, SIZE)
    const corpus = await readCorpus(client)
    const peers = [
      ours(house.db),
      flexSearch(),
      miniSearch(),
      trigram(client),
      ...(hasGroonga() ? [groonga(GROONGA_PORT)] : []),
    ]
    try {
      const built = await buildAll(peers, corpus)
      await measure(built)
      const http = await overHttp(house)
      report(built, { http, imported, quality: await reportQuality(join(dir, 'quality')) })
    } finally {
      for (const peer of peers) await peer.close()
    }
    await house.close()
  } finally {
    await client.end()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

/** The quality alone: no hundred thousand entries, no speed. */
const onlyQuality = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  try {
    console.log(JSON.stringify({ bench: 'search', quality: await reportQuality(dir) }))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

await (process.argv.includes('--quality-only') ? onlyQuality() : main())
