// Catalogue search over HTTP — session, permission labels, facets, matched items — against PostgreSQL's ILIKE doing the same
// job on one plain table without HTTP, query by query in turns.
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalog, identity, makeCall } from '@sanjiang/contract'
import pg from 'pg'
import { openHouse } from '../../server/src/kernel/house.ts'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { authenticate } from '../../server/src/modules/identity/index.ts'
import { buildApi } from '../../server/src/roles/api.app.ts'
import { MODULES } from '../../server/src/roles/modules.ts'
import { fill, PASSWORD, USERNAME } from './search-basic.data.ts'

const isQuick = process.argv.includes('--quick')
const SIZE = isQuick ? 10_000 : 100_000
const ROUNDS = isQuick ? 3 : 5

interface Asked {
  readonly q: string
  readonly share_type?: string[]
  readonly update_cycle?: string[]
}

/** What officers type: one word, several, an item's name, a place and a year, something rare; some with a facet chosen. */
const QUERIES: readonly Asked[] = [
  ...['婚姻登记', '企业登记', '常住人口', '不动产', '驾驶证', '学籍', '低保', '社会保险', '建设用地', '环境影响评价'],
  ...['公民身份号码', '统一社会信用代码', '法定代表人', '银行账号', '经度', '行政处罚', '许可证号', '草场面积'],
  ...['企业 处罚', '户籍 迁移', '医疗 救助', '车辆 登记', '教师 资格', '水质 监测', '扶贫 对象', '工程 质量'],
  ...['2011年 学校', '多巴 人口', '塔尔 企业', '鲁沙尔 水利', '2016年 统计'],
  ...['火化', '收养', '征信', '虫草', '盐湖', '藏羚羊', '天然气'],
].map((q) => ({ q }))
const WITH_FACETS: readonly Asked[] = ['登记信息', '许可', '统计', '机构名录'].flatMap((q) => [
  { q, share_type: ['conditional'] },
  { q, update_cycle: ['daily', 'monthly'] },
])

const FACETS = [
  'provider_organ_id',
  `left(division_code, 4)`,
  `left(class_code, 3)`,
  'share_type',
  'open_type',
  'format_category',
  'update_cycle',
  `case when attached_methods = '{}' then 'none' else attached_methods[1] end`,
]

const PEER = `
with hit as materialized (
  select * from public.peer_entry
  where (name || ' ' || item_names || ' ' || provider_name || ' ' || summary) ilike all ($1::text[])
    and audience_path = any($2::text[])),
chosen as materialized (
  select * from hit where ($3::text[] is null or share_type = any($3)) and ($4::text[] is null or update_cycle = any($4)))
select json_build_object('total', (select count(*) from chosen),
  'rows', (select json_agg(r) from (select * from chosen order by (name ilike any ($1::text[])) desc, length(name), resource_id limit 10) r),
  'facets', (select json_agg(f) from (${FACETS.map(
    (key, index) =>
      `(select ${index} as facet, ${key} as code, count(*) from chosen group by 2 order by 3 desc limit 100)`,
  ).join(' union all ')}) f)) as answer`

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * q) - 1)] ?? 0
}

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
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return makeCall({ origin, headers: () => ({ cookie }) })
}

const LABELS = ['/', '/6300003900/', '/6300003900/6300003007/']

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  const server = await startPostgres({ dir })
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  try {
    await migrate({ adminUrl: server.url('postgres') })
    const site = { demo: true, dataDir: dir, gatewayOrigin: '', exchangeUrl: '' }
    const house = await openHouse({
      role: 'api',
      databaseUrl: server.url('postgres'),
      site,
      logLevel: 'silent',
      modules: MODULES,
    })
    const imported = await fill(house, client, SIZE)
    const app = await buildApi({ house, authenticate: authenticate(house), refused: () => undefined })
    const call = await signIn(await app.listen({ port: 0, host: '127.0.0.1' }))
    const peer = async ({ q, share_type, update_cycle }: Asked) => {
      const words = q.split(' ').map((word) => `%${word}%`)
      const { rows } = await client.query(PEER, [words, LABELS, share_type ?? null, update_cycle ?? null])
      return rows[0].answer as { total: number }
    }
    const ours: number[] = []
    const peers: number[] = []
    const totals: string[] = []
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const asked of [...QUERIES, ...WITH_FACETS]) {
        const one = await timed(() => call(catalog.search, { query: asked }))
        const other = await timed(() => peer(asked))
        // The first round warms both and shows that they find about the same.
        if (round === 0)
          totals.push(
            `${asked.q} ${one.answer.total}/${other.answer.total} ${one.answer.match} ${one.ms.toFixed(0)}/${other.ms.toFixed(0)} ms`,
          )
        else {
          ours.push(one.ms)
          peers.push(other.ms)
        }
      }
    console.log(totals.join('\n'))
    const everything = await timed(() => call(catalog.search, { query: {} }))
    const near = await timed(() => call(catalog.search, { query: { q: '婚因登记' } }))
    const pinyin = await timed(() => call(catalog.search, { query: { q: 'hydj' } }))
    const { rows } = await client.query(
      `select pg_total_relation_size('catalog.entry') / 1048576 as entry, pg_total_relation_size('public.peer_entry') / 1048576 as peer`,
    )
    const round1 = (value: number): number => Number(value.toFixed(1))
    console.log(
      JSON.stringify({
        bench: 'search-basic',
        ratio: Number((quantile(peers, 0.95) / quantile(ours, 0.95)).toFixed(2)),
        ours: round1(quantile(ours, 0.95)),
        peer: round1(quantile(peers, 0.95)),
        conditions: {
          unit: 'p95 ms',
          entries: SIZE,
          queries: QUERIES.length + WITH_FACETS.length,
          rounds: ROUNDS,
          ours: 'HTTP, session, labels, 8 facets, 10 rows, matched items',
          peer: 'SQL only: ILIKE ALL on one table, labels, 8 facets, 10 rows',
          cpus: cpus().length,
        },
        also: {
          ours_p50: round1(quantile(ours, 0.5)),
          peer_p50: round1(quantile(peers, 0.5)),
          no_words_ms: round1(everything.ms),
          homophone_ms: round1(near.ms),
          pinyin_ms: round1(pinyin.ms),
          entry_mb: Number(rows[0].entry),
          peer_mb: Number(rows[0].peer),
          import_per_second: Math.round(imported),
        },
      }),
    )
    if (process.argv.includes('--keep')) await new Promise(() => console.log(server.url('postgres')))
    await app.close()
    await house.close()
  } finally {
    await client.end()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
