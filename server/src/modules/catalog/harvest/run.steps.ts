import type { HarvestDefaults } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { type Judged, judge } from './judge.service.ts'
import { archive, archiveGone, type Keeping, keepJudged } from './keep.service.ts'
import { listPresent } from './keep.store.ts'
import type { Place, ReadPage, Sourced } from './portrait.ts'
import { PublisherBook } from './publisher.service.ts'
import { insertPublishers } from './publisher.store.ts'
import { isHeld } from './run.rules.ts'
import {
  countPresent,
  insertLog,
  insertPage,
  type LogRow,
  listAbsent,
  listSeenKeys,
  lockRun,
  type RunChange,
  updateRun,
} from './run.store.ts'
import { setEtag } from './source.store.ts'

/** Another process has taken the run over, or it was ended: what this one was about to write is dropped. */
export class LostRun extends Error {}

export interface Work extends Keeping {
  readonly holder: string
  readonly revision: number
  readonly defaults: HarvestDefaults
  readonly book: PublisherBook
  readonly seen: Set<string>
}

type Locked = NonNullable<Awaited<ReturnType<typeof lockRun>>>

const lockMine = async (tx: Tx, { run_id, holder }: Work): Promise<Locked> => {
  const run = await lockRun(tx, run_id)
  if (run?.state !== 'running' || run.holder !== holder) throw new LostRun()
  return run
}

export const openWork = async (
  db: Db,
  begun: Keeping & { readonly holder: string; readonly revision: number; readonly defaults: HarvestDefaults },
): Promise<Work> => ({
  ...begun,
  book: await PublisherBook.open(db, begun.source_id),
  seen: await listSeenKeys(db, begun.run_id),
})

const keyOf = (one: Sourced): string | null => (one.kind === 'record' ? one.portrait.key : one.key)

/** A record that comes twice in one run counts once. */
const withoutRepeats = (items: readonly Sourced[], seen: ReadonlySet<string>) => {
  const now = new Set<string>()
  const once = items.filter((one) => {
    const key = keyOf(one)
    if (key === null || one.kind === 'gone') return true
    if (seen.has(key) || now.has(key)) return false
    now.add(key)
    return true
  })
  return { once, repeated: items.length - once.length }
}

const countOf = (judged: readonly Judged[], outcome: Judged['outcome']): number =>
  judged.filter((one) => one.outcome === outcome).length

const counted = (
  run: Locked,
  judged: readonly Judged[],
  more: { repeated: number; archived: number; unknown: number },
): RunChange => ({
  new_count: run.new_count + countOf(judged, 'new'),
  changed_count: run.changed_count + countOf(judged, 'changed'),
  same_count: run.same_count + countOf(judged, 'same'),
  restored_count: run.restored_count + countOf(judged, 'restored'),
  linked_count: run.linked_count + countOf(judged, 'linked'),
  refused_count: run.refused_count + countOf(judged, 'refused'),
  failed_count: run.failed_count + countOf(judged, 'failed'),
  repeated_count: run.repeated_count + more.repeated,
  archived_count: run.archived_count + more.archived,
  unknown_count: run.unknown_count + more.unknown,
})

/** Of what could not be read, whatever names a record we hold: that record is there, though it says nothing today. */
const keysMet = async (tx: Tx, work: Work, judged: readonly Judged[]): Promise<{ keys: string[]; unknown: number }> => {
  const named = judged.flatMap(({ key }) => (key === null ? [] : [key]))
  const lost = judged.filter(({ key }) => key === null)
  const mentioned = await listPresent(
    tx,
    work.source_id,
    lost.flatMap(({ mentioned }) => mentioned ?? []),
  )
  const held = new Set(mentioned.map(({ record_key }) => record_key))
  const unknown = lost.filter(({ mentioned }) => !mentioned?.some((one) => held.has(one))).length
  return { keys: [...new Set([...named, ...held])], unknown }
}

const isSamePlace = (stored: unknown, place: Place, first: Place): boolean =>
  JSON.stringify(sorted((stored as Place | null) ?? first)) === JSON.stringify(sorted(place))
const sorted = (place: Place) => Object.entries(place).toSorted(([a], [b]) => (a < b ? -1 : 1))

interface Taken {
  readonly place: Place
  readonly first: Place
  readonly page: ReadPage
}

/** Page, catalogue, counts and place are one transaction: killed before it nothing has happened, after it all has. */
export const takePage = async (ctx: Ctx, work: Work, { place, first, page }: Taken): Promise<void> => {
  const { once, repeated } = withoutRepeats(page.items, work.seen)
  const judged = await judge(ctx.db, once, work)
  const gone = once.flatMap((one) => (one.kind === 'gone' ? [one.key] : []))
  const publishers = work.book.takeFresh()
  const keys = await inTx(ctx, async (tx, inner) => {
    const run = await lockMine(tx, work)
    if (!isSamePlace(run.place, place, first)) throw new LostRun()
    const seen_at = inner.instant
    await insertPublishers(
      tx,
      publishers.map((row) => ({ ...row, source_id: work.source_id, seen_at })),
    )
    const lines: LogRow[] = await keepJudged(tx, inner, { judged, keeping: work })
    const left = await archiveGone(tx, inner, { keys: gone, keeping: work })
    await insertLog(tx, work.run_id, [...lines, ...left])
    const met = await keysMet(tx, work, judged)
    const same_keys = judged.flatMap(({ outcome, key }) => (outcome === 'same' && key !== null ? [key] : []))
    const { place: range, notes } = page
    const { run_id } = work
    await insertPage(tx, {
      run_id,
      page_no: run.pages + 1,
      place: range,
      keys: met.keys,
      same_keys,
      notes,
      read_at: seen_at,
    })
    await updateRun(tx, run_id, {
      ...counted(run, judged, { repeated, archived: left.length, unknown: met.unknown }),
      pages: run.pages + 1,
      place: page.next ?? { ...place, isOver: 1 },
      total_first: run.pages === 0 ? page.total : run.total_first,
      total_last: page.total ?? run.total_last,
      ...(page.etag === undefined ? {} : { etag: page.etag }),
      ...(page.isTorn ? { note: '有一页没有读完，本次不判定缺失' } : {}),
      ...(page.isUnchanged ? { is_unchanged: true, note: '来源答复：自上次完整汇聚以来没有变化' } : {}),
    })
    return met.keys
  })
  for (const key of keys) work.seen.add(key)
}

/** Reading is over: what was not seen is archived, held for a person, or left for another time. */
export const settleReading = (ctx: Ctx, work: Work): Promise<'archive' | 'held' | 'finished'> =>
  inTx(ctx, async (tx, { instant }) => {
    const run = await lockMine(tx, work)
    if (run.is_unchanged) return finish(tx, work, { run, at: instant, note: run.note })
    const { present, absent } = await countPresent(tx, work)
    if (absent === 0) return finish(tx, work, { run, at: instant, note: run.note })
    const verdict = isHeld({ ...run, present, absent })
    if (verdict.kind === 'later') {
      await updateRun(tx, work.run_id, { absent_count: absent })
      return finish(tx, work, { run, at: instant, note: verdict.reason })
    }
    const change = { absent_count: absent, phase: 'archive' as const }
    if (verdict.kind === 'archive') {
      await updateRun(tx, work.run_id, change)
      return 'archive'
    }
    await updateRun(tx, work.run_id, {
      ...change,
      state: 'held',
      note: verdict.reason,
      holder: null,
      lease_until: null,
    })
    return 'held'
  })

const finish = async (
  tx: Tx,
  work: Work,
  { run, at, note }: { readonly run: Locked; readonly at: string; readonly note: string | null },
): Promise<'finished'> => {
  await updateRun(tx, work.run_id, { state: 'finished', ended_at: at, note, holder: null, lease_until: null })
  // Records that were not taken are to be read again next time, whatever the source's mark says.
  const isWhole = run.refused_count + run.failed_count === 0 && !run.is_unchanged && run.etag !== null
  if (isWhole) await setEtag(tx, work.source_id, { etag: run.etag, revision: work.revision })
  return 'finished'
}

const BATCH = 50

/** Archives the next few that were not seen; false when there are no more. */
export const archiveSome = (ctx: Ctx, work: Work): Promise<boolean> =>
  inTx(ctx, async (tx, inner) => {
    const run = await lockMine(tx, work)
    const absent = await listAbsent(tx, work, BATCH)
    if (absent.length === 0) {
      await finish(tx, work, { run, at: inner.instant, note: run.note })
      return false
    }
    const lines = await archive(tx, inner, { absent, keeping: work, message: '来源中已不存在' })
    await insertLog(tx, work.run_id, lines)
    await updateRun(tx, work.run_id, { archived_count: run.archived_count + lines.length })
    return true
  })

export const endRun = (ctx: Ctx, work: Pick<Work, 'run_id' | 'holder'>, change: RunChange): Promise<void> =>
  inTx(ctx, async (tx) => {
    const run = await lockRun(tx, work.run_id)
    if (run?.state !== 'running' || run.holder !== work.holder) return
    await updateRun(tx, work.run_id, { ...change, holder: null, lease_until: null })
  })
