// Harvest of a CKAN-like portal of 20,000 records, one in a hundred malformed: rules, codes, versions, search, log and reconciliation,
// against what is written by hand in an afternoon — fetch, JSON.parse, one upsert per record into one table, bad ones skipped.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { reconcile } from '@sanjiang/contract/catalog'
import pg from 'pg'
import { loadReference } from '../../server/seeds/reference/load.ts'
import { type Ctx, makeCtx, PLATFORM } from '../../server/src/kernel/ctx.ts'
import { type OpenHouse, openHouse } from '../../server/src/kernel/house.ts'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { Harvester } from '../../server/src/modules/catalog/harvest/harvester.ts'
import { getRun, orderRun } from '../../server/src/modules/catalog/harvest/run.service.ts'
import { createSource } from '../../server/src/modules/catalog/harvest/source.service.ts'
import { MODULES } from '../../server/src/roles/modules.ts'
import { FAULT_EVERY, openPortal, type Portal } from './harvest.data.ts'

const SIZE = process.argv.includes('--quick') ? 2000 : 20_000
const PAGE = 100

const timed = async <T>(work: () => Promise<T>): Promise<{ seconds: number; answer: T }> => {
  const startedAt = performance.now()
  const answer = await work()
  return { seconds: (performance.now() - startedAt) / 1000, answer }
}

const harvest = async (house: OpenHouse, ctx: Ctx, sourceId: string) => {
  const { run_id } = await orderRun(ctx, sourceId)
  const harvester = new Harvester(house, { egressAllow: ['127.0.0.0/8'] })
  await harvester.beat()
  await harvester.settled()
  await harvester.close()
  return getRun(ctx, run_id)
}

/** Written rows of every table the catalogue is made of, by what PostgreSQL stamped on them. */
const stamp = async (client: pg.Client): Promise<string> => {
  const tables = ['resource', 'resource_version', 'entry', 'item', 'harvested_entry', 'entry_change', 'code_seq']
  const { rows } = await client.query(
    `${tables
      .map((one) => `select '${one}' as t, count(*), max(xmin::text::bigint) as newest from catalog.${one}`)
      .join(' union all ')} order by 1`,
  )
  return JSON.stringify(rows)
}

const SKIPPED = { bad: 0 }

/** The afternoon's script: a page that does not parse is lost as a whole, and nobody is told which records that were. */
const naive = async (client: pg.Client, portal: Portal): Promise<number> => {
  await client.query(
    `create table if not exists public.naive (id text primary key, title text, notes text, publisher text, body jsonb)`,
  )
  let kept = 0
  for (let start = 0; start < SIZE; start += PAGE) {
    const answer = await fetch(`${portal.url}/api/3/action/package_search?rows=${PAGE}&start=${start}`)
    const text = await answer.text()
    const results = await Promise.resolve()
      .then(() => JSON.parse(text).result.results as Record<string, unknown>[])
      .catch(() => [])
    if (results.length === 0) SKIPPED.bad += PAGE
    for (const one of results) {
      if (one === null || typeof one.id !== 'string' || typeof one.title !== 'string') continue
      await client.query(
        `insert into public.naive values ($1, $2, $3, $4, $5) on conflict (id) do update set title = excluded.title,
           notes = excluded.notes, publisher = excluded.publisher, body = excluded.body`,
        [one.id, one.title, String(one.notes), (one.organization as { title: string }).title, JSON.stringify(one)],
      )
      kept += 1
    }
  }
  return kept
}

const logged = async (client: pg.Client, runId: string) => {
  const { rows } = await client.query(
    `select count(*)::int as count, count(*) filter (where pointer <> '' and message <> '')::int as located
     from catalog.harvest_log where run_id = $1 and outcome in ('failed', 'refused')`,
    [runId],
  )
  return rows[0] as { count: number; located: number }
}

const PUBLISHERS = ['青海省民政厅', '青海省公安厅', '青海省教育厅', '青海省人力资源和社会保障厅', '青海省国土资源厅']

const measure = async (house: OpenHouse, client: pg.Client) => {
  const portal = await openPortal(SIZE, PUBLISHERS)
  const ctx = await makeCtx(house, PLATFORM, 'bench')
  const { source_id } = await createSource(ctx, {
    name: 'bench',
    kind: 'ckan',
    url: portal.url,
    defaults: { share_type: 'unconditional', open_type: 'unconditional', update_cycle: 'irregular' },
    cycle: 'manual',
    requests_per_second: 1000,
    is_enabled: true,
  })
  const first = await timed(() => harvest(house, ctx, source_id))
  const requests = portal.requests()
  assert.equal(first.answer.state, 'finished', first.answer.trouble ?? '')
  assert.ok(reconcile(first.answer).is_balanced, JSON.stringify(first.answer))
  const bad = Math.ceil((SIZE - 37) / FAULT_EVERY)
  assert.deepEqual(await logged(client, first.answer.run_id), { count: bad, located: bad })
  const before = await stamp(client)
  const second = await timed(() => harvest(house, ctx, source_id))
  assert.equal(second.answer.same_count, SIZE - bad)
  assert.equal(await stamp(client), before, 'the second run writes no row of the catalogue')
  const peer = await timed(() => naive(client, portal))
  const again = await timed(() => naive(client, portal))
  portal.close()
  return { first, second, peer, again, bad, requests }
}

const rate = (seconds: number): number => Math.round(SIZE / seconds)

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
    await loadReference(house, () => undefined)
    const { first, second, peer, again, bad, requests } = await measure(house, client)
    console.log(
      JSON.stringify({
        bench: 'harvest',
        ratio: Number((again.seconds / second.seconds).toFixed(2)),
        ours: rate(second.seconds),
        peer: rate(again.seconds),
        conditions: {
          unit: 'records/s of a second run without change',
          records: SIZE,
          malformed: bad,
          ours: 'every record mapped, hashed, compared; bad ones located again; 0 rows of the catalogue written',
          peer: 'fetch, JSON.parse, one upsert per record into one table; a page that does not parse is lost',
          cpus: cpus().length,
        },
        also: {
          first_run_per_second: rate(first.seconds),
          first_run_peer_per_second: rate(peer.seconds),
          first_run_ratio: Number((peer.seconds / first.seconds).toFixed(2)),
          taken: first.answer.new_count,
          refused: first.answer.refused_count,
          failed: first.answer.failed_count,
          located: bad,
          second_run_rows_written: 0,
          requests,
          peer_taken: peer.answer,
          peer_lost: SIZE - bad - peer.answer,
        },
      }),
    )
    await house.close()
  } finally {
    await client.end()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
