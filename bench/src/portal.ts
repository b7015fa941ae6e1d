// The public portal at 10,000 datasets: CKAN's package_search, 20 rows and four facets, at ten connections over HTTP, against the same
// question as one plain SQL statement sent by node-postgres to the same database over ten connections; rounds of the two take turns.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import pg from 'pg'
import { Pool, request } from 'undici'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { buildStale } from '../../server/src/supervisor/build.ts'
import { EXEC_ARGV } from '../../server/src/supervisor/keeper.ts'
import { fillPortal, MAPPED, WORDS } from './portal.data.ts'
import { reportPaint } from './portal.paint.ts'

const IS_QUICK = process.argv.includes('--quick')
const SIZE = 10_000
const CONNECTIONS = 10
const [ROUNDS, ROUND_MS] = IS_QUICK ? [3, 1500] : [7, 4000]
const FOLDER = new URL('../../server/public-migrations/', import.meta.url)
const MOST_STATEMENTS = 5
const MOST_BYTES = 200 * 1024

/** Everything the interface answers with: the count, the page, four facets, over the hits found once. */
const SQL = `
with hit as materialized (
  select d.* from site.dataset d where d.state = 'open'
    and not exists (select from unnest($1::text[]) w (word) where strpos(d.words, w.word) = 0))
select (select count(*) from hit) as count,
  (select json_agg(p) from (select h.dataset_id, h.slug, h.title, h.organ_name, h.content, h.changed_at,
      (select json_agg(f) from site.file f where f.dataset_id = h.dataset_id) as files
    from hit h order by h.change_no desc limit 20) p) as page,
  (select json_agg(o) from (select organ_name, count(*) from hit group by 1 order by 2 desc limit 50) o) as organs,
  (select json_agg(o) from (select tag, count(*) from hit, jsonb_array_elements_text(content->'keywords') tag group by 1 order by 2 desc limit 50) o) as tags,
  (select json_agg(o) from (select f.format, count(*) from hit join site.file f using (dataset_id) group by 1 order by 2 desc limit 50) o) as formats,
  (select json_agg(o) from (select content->>'licence' as licence, count(*) from hit group by 1 order by 2 desc limit 50) o) as licences`

const FACETS = encodeURIComponent('["organization","tags","res_format","license_id"]')
const searchPath = (q: string, rows = 20): string =>
  `/api/3/action/package_search?q=${encodeURIComponent(q)}&rows=${rows}&facet.field=${FACETS}`

const isEnough = (until: number): boolean => performance.now() >= until

/** How often in a second, and how long each took, with ten asking at once. */
const round = async (ask: (q: string) => Promise<void>): Promise<number[]> => {
  const times: number[] = []
  const until = performance.now() + ROUND_MS
  const askAll = async (first: number): Promise<void> => {
    for (let no = first; !isEnough(until); no += CONNECTIONS) {
      const at = performance.now()
      await ask(WORDS[no % WORDS.length]!)
      times.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => askAll(at * 3)))
  return times
}

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))]!

const measure = async (address: string, databaseUrl: string) => {
  const http = new Pool(address, { connections: CONNECTIONS })
  const sql = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS })
  const ours = async (q: string): Promise<void> => {
    const { body, statusCode } = await http.request({ path: searchPath(q), method: 'GET' })
    assert.equal(statusCode, 200)
    await body.arrayBuffer()
  }
  const plain = async (q: string): Promise<void> => {
    const { rows } = await sql.query({ name: 'search', text: SQL, values: [q.split(' ').filter(Boolean)] })
    JSON.stringify(rows)
  }
  for (const q of WORDS) await Promise.all([ours(q), plain(q)])
  const times = { ours: [] as number[], plain: [] as number[] }
  for (let no = 0; no < ROUNDS; no += 1) {
    times.ours.push(...(await round(ours)))
    times.plain.push(...(await round(plain)))
  }
  await http.close()
  await sql.end()
  return times
}

const statementsOf = async (child: ChildProcess): Promise<number> => {
  child.send('statements')
  return ((await once(child, 'message'))[0] as { sent: number }).sent
}

/** A thousand datasets at once: however many, the statements are the same few. */
const countStatements = async (child: ChildProcess, address: string) => {
  const counts: number[] = []
  for (const q of ['', '名录', '养老机构', '统计']) {
    const before = await statementsOf(child)
    const { body } = await request(address + searchPath(q, 1000))
    const { result } = (await body.json()) as { result: { results: unknown[]; count: number } }
    assert.equal(result.results.length, Math.min(1000, result.count))
    counts.push((await statementsOf(child)) - before)
  }
  assert.ok(Math.max(...counts) <= MOST_STATEMENTS, `${counts}`)
  return Math.max(...counts)
}

const weigh = async (address: string, path: string) => {
  const times: number[] = []
  let bytes = 0
  let plain = 0
  for (let no = 0; no < 5; no += 1) {
    const at = performance.now()
    const { body, statusCode, headers } = await request(address + path, { headers: { 'accept-encoding': 'br' } })
    times.push(performance.now() - at)
    assert.equal(statusCode, 200, path)
    const packed = Buffer.from(await body.arrayBuffer())
    bytes = packed.length
    plain = headers['content-encoding'] === 'br' ? brotliDecompressSync(packed).length : bytes
  }
  return { path, bytes, plain, ttfb: quantile(times, 0.5) }
}

const pagesOf = async (address: string): Promise<string[]> => {
  const slug = '307001-000001'
  const home = await (await request(`${address}/`)).body.text()
  const style = /href="(\/assets\/[^"]+\.css)"/.exec(home)![1]!
  const tabs = ['', '/preview', '/fields', '/downloads', '/api', '/apps', '/questions', '/versions']
  return [
    ...['/', '/search', '/search?q=%E5%85%BB%E8%80%81', '/wishes', '/showcase', '/accessibility', style],
    ...tabs.map((tab) => `/datasets/${slug}${tab}`),
    ...[
      `/datasets/${slug}.ttl`,
      '/dcat/catalog.ttl',
      '/dcat/catalog.jsonld',
      '/feed.atom',
      '/sitemap.xml',
      searchPath(''),
    ],
  ]
}

/** One of each kind a citizen comes to, the heaviest among them. */
const paintedPaths = (): string[] => {
  const [chart, map] = ['/datasets/307001-000001', `/datasets/${MAPPED}`]
  return [
    ...['/', '/search', '/search?q=%E5%85%BB%E8%80%81', '/search?q=%E9%B2%B8%E9%B1%BC'],
    ...['', '/preview', '/preview?as=chart', '/fields', '/downloads', '/api', '/questions', '/versions'].map(
      (tab) => chart + tab,
    ),
    ...[map, `${map}/preview?as=map`],
    ...['/statistics', '/organs', '/wishes', '/showcase', '/status', '/developers', '/accessibility'],
  ]
}

const reportPages = async (address: string): Promise<void> => {
  for (const path of await pagesOf(address)) {
    const { bytes, plain, ttfb } = await weigh(address, path)
    const kib = (size: number): string => `${(size / 1024).toFixed(1)} KiB`
    console.log(
      `  ${decodeURIComponent(path).slice(0, 60).padEnd(60)} ${kib(bytes).padStart(10)} of ${kib(plain).padStart(10)} · first byte ${ttfb.toFixed(1)} ms`,
    )
    if (!/^\/(api|dcat|sitemap|feed)/.test(path)) assert.ok(bytes <= MOST_BYTES, `${path} ${bytes}`)
  }
}

const report = ({ ours, plain }: { ours: number[]; plain: number[] }, statements: number): void => {
  const seconds = (ROUNDS * ROUND_MS) / 1000
  const tell = (name: string, times: number[]): void =>
    console.log(
      `${name.padEnd(28)} ${(times.length / seconds).toFixed(0).padStart(6)} /s   p50 ${quantile(times, 0.5).toFixed(1)} ms   p95 ${quantile(times, 0.95).toFixed(1)} ms`,
    )
  tell('package_search over HTTP', ours)
  tell('plain SQL, node-postgres', plain)
  const ratio = ours.length / plain.length
  console.log(`ratio ${ratio.toFixed(2)} (> 1: ours answers more) · rows=1000: ${statements} statements at most`)
  console.log(
    JSON.stringify({
      bench: 'portal',
      datasets: SIZE,
      connections: CONNECTIONS,
      cpus: cpus().length,
      ratio: Number(ratio.toFixed(2)),
      statements,
    }),
  )
}

const main = async (): Promise<void> => {
  await buildStale(() => undefined)
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  const server = await startPostgres({ dir })
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  let child: ChildProcess | undefined
  try {
    await migrate({ adminUrl: server.url('postgres'), folder: FOLDER, hasQueue: false })
    await fillPortal(client, SIZE)
    const execArgv = EXEC_ARGV.public!
    child = fork(fileURLToPath(new URL('portal.site.ts', import.meta.url)), [server.url('postgres')], { execArgv })
    const { address } = (await once(child, 'message'))[0] as { address: string }
    const times = await measure(address, server.url('postgres'))
    report(times, await countStatements(child, address))
    await reportPages(address)
    await reportPaint(address, paintedPaths(), IS_QUICK ? 3 : 7)
  } finally {
    child?.disconnect()
    await client.end()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
