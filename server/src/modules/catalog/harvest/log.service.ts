import { Readable } from 'node:stream'
import type { Paged } from '@sanjiang/contract'
import { HARVEST_OUTCOMES, type HarvestLogLine, type HarvestOutcome } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { parseCursor, toPage } from '#kernel/page.ts'
import { findRun } from './run.store.ts'

interface Asked {
  readonly outcome?: HarvestOutcome
  readonly after?: string
  readonly limit?: number
}

const listLines = (db: Db, runId: string, { outcome, after, limit }: Asked & { limit: number }) =>
  db
    .selectFrom('catalog.harvest_log')
    .select(['seq', 'record_key', 'title', 'outcome', 'pointer', 'message', 'excerpt', 'resource_id'])
    .where('run_id', '=', runId)
    .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome!))
    .$if(after !== undefined, (query) => query.where('seq', '>', Number(parseCursor(after!, 1)[0])))
    .orderBy('seq')
    .limit(limit + 1)
    .execute() as unknown as Promise<HarvestLogLine[]>

/** Unchanged records have no line of their own; they are counted through their pages. */
const listSame = async (
  db: Db,
  runId: string,
  { after, limit }: { after?: string; limit: number },
): Promise<HarvestLogLine[]> => {
  const from = after === undefined ? 0 : Number(parseCursor(after, 1)[0])
  const { rows } = await sql<HarvestLogLine>`
    select k.seq::int as seq, k.key as record_key, coalesce(r.name, '') as title, 'same' as outcome, k.place as pointer, '' as message,
      '' as excerpt, h.resource_id
    from (select row_number() over (order by p.page_no, u.ord) as seq, u.key, p.place
      from catalog.harvest_page p cross join lateral unnest(p.same_keys) with ordinality u (key, ord) where p.run_id = ${runId}) k
    join catalog.harvest_run n on n.run_id = ${runId}
    left join catalog.harvested_entry h on h.source_id = n.source_id and h.record_key = k.key
    left join catalog.resource r on r.resource_id = h.resource_id
    where k.seq > ${from} order by k.seq limit ${limit + 1}`.execute(db)
  return rows
}

export const listLog = async (ctx: Ctx, runId: string, asked: Asked): Promise<Paged<HarvestLogLine>> => {
  if (!(await findRun(ctx.db, runId))) throw new Fault('not_found')
  const { limit = 20 } = asked
  const rows = await (asked.outcome === 'same'
    ? listSame(ctx.db, runId, { ...asked, limit })
    : listLines(ctx.db, runId, { ...asked, limit }))
  return toPage(rows, limit, ({ seq }) => [seq])
}

// A sheet must not take what a foreign catalogue wrote for a formula.
const cell = (value: unknown): string => {
  const text = String(value ?? '')
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const HEAD = '\uFEFF结果,记录键,名称,位置,说明,原文摘录,条目\r\n'
const lineOf = (one: HarvestLogLine): string =>
  `${[
    HARVEST_OUTCOMES.titles[one.outcome],
    one.record_key,
    one.title,
    one.pointer,
    one.message,
    one.excerpt,
    one.resource_id,
  ]
    .map(cell)
    .join(',')}\r\n`

const PIECE = 1000

async function* everyLine(ctx: Ctx, runId: string): AsyncGenerator<string> {
  yield HEAD
  for (const outcome of [undefined, 'same'] as const) {
    let after: string | undefined
    do {
      const page = await listLog(ctx, runId, { outcome, after, limit: PIECE })
      yield page.rows.map(lineOf).join('')
      after = page.next ?? undefined
    } while (after !== undefined)
  }
}

export const exportLog = async (ctx: Ctx, runId: string): Promise<{ name: string; stream: Readable }> => {
  const run = await findRun(ctx.db, runId)
  if (!run) throw new Fault('not_found')
  const day = run.created_at.slice(0, 10)
  return { name: `汇聚日志-${run.source_name}-${day}.csv`, stream: Readable.from(everyLine(ctx, runId)) }
}
