import type {
  DescribeBody,
  DryRunAnswer,
  DryRunBody,
  Question,
  RangesAnswer,
  RangesBody,
  RowsAnswer,
  RowsBody,
  WantedFeed,
  WantedLoad,
} from '@sanjiang/contract/exchange.door'
import type { Relation } from '@sanjiang/contract/exchange.terms'
import { applyMask, compileRules, fieldsOf, linesOf, type MaskRule } from '@sanjiang/seal'
import type * as t from 'typebox'
import type { ReadOptions, ReadPlan, Source } from './adapters/adapter.ts'
import { bucketHashes, type SidePlan, sideHashes, sidePlan, sideRows, splitHashes } from './answer.side.ts'
import type { Connections } from './connections.ts'
import { Border } from './feed.border.ts'
import { placesOf, planOf, rulesOf } from './feed.plan.ts'

export interface Asked {
  readonly connections: Connections
  readonly feeds: readonly WantedFeed[]
  readonly loads: readonly WantedLoad[]
  readonly signal: AbortSignal
}

const SHOWN_ROWS = 20
const CHECKED_ROWS = 1000
const SAMPLE_BYTES = 128 * 1024

type Quality = t.Static<typeof DryRunAnswer>['quality']

/** First thousand rows of the relation, as they would travel. */
const sampleOf = async (source: Source, plan: ReadPlan, options: ReadOptions): Promise<Buffer[]> => {
  const snapshot = await source.snapshot(plan, { signal: options.signal, slot: null })
  const lines: Buffer[] = []
  try {
    for await (const { body } of snapshot.batches(options)) {
      for (const line of linesOf(body)) if (lines.length < CHECKED_ROWS) lines.push(Buffer.from(line))
      if (lines.length >= CHECKED_ROWS) break
    }
  } finally {
    await snapshot.close()
  }
  return lines
}

const described = async (source: Source, relation: string): Promise<Relation> => {
  const found = await source.describe(relation)
  return { ...found, columns: [...found.columns] }
}

const dryRun = async (source: Source, asked: t.Static<typeof DryRunBody>, signal: AbortSignal): Promise<unknown> => {
  const { relation, bindings, items } = asked
  const places = placesOf({ bindings, items })
  const columns = places.map(({ wanted: _, ...column }) => column)
  const found = new Map<string, Quality[number]>()
  const note = (item: string, rule: string, message: string, example: string): void => {
    const known = found.get(`${item} ${rule}`) ?? { item, rule, message, rows: 0, example }
    found.set(`${item} ${rule}`, { ...known, rows: known.rows + 1 })
  }
  const masked = (place: number, text: string | null): string | null =>
    text === null ? null : applyMask((places[place]?.wanted.mask_rule ?? 'full') as MaskRule, text)
  const lines = await sampleOf(
    source,
    { relation, columns, cursor_column: null },
    {
      chunk_bytes: SAMPLE_BYTES,
      signal,
      unreadable: ({ item, reason }) => note(item, 'format', reason, ''),
    },
  )
  const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
  for (const { line, item, rule, reason } of compileRules(rulesOf(places))('rows', body).bad) {
    const place = places.findIndex((one) => one.item === item)
    note(item, rule, reason, masked(place, fieldsOf(lines[line] as Buffer)[place] ?? null) ?? '')
  }
  return {
    relation: await described(source, relation),
    rows: lines.slice(0, SHOWN_ROWS).map((line) => fieldsOf(line).map((text, place) => masked(place, text))),
    quality: [...found.values()],
    checked_rows: lines.length,
  } satisfies t.Static<typeof DryRunAnswer>
}

const missing = (what: string): Error => new Error(`本节点没有这个${what},或任务还没有下达`)

/** What the border of a feed lets through. Of rows with the same key, or the same unique value, the first in key order. */
const keeperOf = (feed: WantedFeed): ((body: Buffer) => Buffer) => {
  const border = new Border(placesOf(feed), Buffer.alloc(32))
  border.watchUniques({ hasOwnKey: false })
  return (body) => border.pass('rows', body).body
}

/** The side a reconciliation looks at: the source under the grant, or the target as it is. */
const sideOf = async (
  asked: Asked,
  { of, ref, projection, has_rejects }: t.Static<typeof RowsBody | typeof RangesBody>,
) => {
  if (of === 'feed') {
    const feed = asked.feeds.find(({ feed_id }) => feed_id === ref)
    if (feed === undefined) throw missing('挂接')
    const source = await asked.connections.source(feed.connection)
    return sidePlan({ source, plan: planOf(feed), grant: projection, keep: has_rejects ? keeperOf(feed) : null })
  }
  const load = asked.loads.find(({ subscription_id }) => subscription_id === ref)
  if (load === undefined) throw missing('订阅')
  const columns = load.columns.map(({ name, data_type }) => ({
    column: name,
    item: name,
    data_type,
    is_key: load.key.includes(name),
  }))
  const target = await asked.connections.target(load.connection)
  const plan = { relation: load.target, columns, cursor_column: null }
  return sidePlan({ source: target.source, plan, grant: null })
}

const ranges = async (side: SidePlan, body: t.Static<typeof RangesBody>, signal: AbortSignal) => {
  const { of, bounds, only, rows_per_range } = body
  if (side.isHandled) return bucketHashes(side, only, signal)
  // The target answers for the ranges that the source has cut; the source cuts while it reads, in one pass.
  if (of === 'feed' && bounds === null)
    return splitHashes(side, only ?? [{ from: null, to: null }], { rows: rows_per_range, signal })
  if (only !== null) return sideHashes(side, only, signal)
  const uppers = bounds ?? (await side.source.bounds(side.plan, rows_per_range))
  const list = [...uppers, null].map((to, index) => ({ from: index === 0 ? null : (uppers[index - 1] as string), to }))
  return sideHashes(side, list, signal)
}

/** Answers a question of the centre; throws what stands in the way, in a sentence. */
export const answerTo = async (question: Question, asked: Asked): Promise<unknown> => {
  const { kind, connection, body } = question
  const { signal } = asked
  if (kind === 'browse') return (await asked.connections.source(connection)).browse()
  if (kind === 'describe') {
    const { relation } = body as t.Static<typeof DescribeBody>
    return (await asked.connections.source(connection)).describe(relation)
  }
  if (kind === 'dry_run')
    return dryRun(await asked.connections.source(connection), body as t.Static<typeof DryRunBody>, signal)
  if (kind === 'ranges') {
    const said = body as t.Static<typeof RangesBody>
    return (await ranges(await sideOf(asked, said), said, signal)) satisfies t.Static<typeof RangesAnswer>
  }
  const said = body as t.Static<typeof RowsBody>
  return (await sideRows(await sideOf(asked, said), said.only ?? [said], signal)) satisfies t.Static<typeof RowsAnswer>
}
