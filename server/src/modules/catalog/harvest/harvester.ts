import { setTimeout as pause } from 'node:timers/promises'
import type { HarvestDefaults, HarvestKind } from '@sanjiang/contract/catalog'
import { type Ctx, type House, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { type Egress, makeEgress } from '#kernel/egress.ts'
import { newId } from '#kernel/id.ts'
import { SourceFailure } from './failure.ts'
import { type Manners, SourceHttp } from './http.ts'
import type { Place, Reader } from './portrait.ts'
import { openReader } from './reader.ts'
import { orderRunIn } from './run.service.ts'
import { archiveSome, endRun, LostRun, openWork, settleReading, takePage, type Work } from './run.steps.ts'
import { claimRun, findRun, renewLease } from './run.store.ts'
import { nextRunAt } from './schedule.rules.ts'
import { headerOf } from './source.service.ts'
import { findSourceRow, listDueSources, setNextRun } from './source.store.ts'

const EVERY_MS = 1_000
const AT_ONCE = 2

const instantIn = (ms: number): string => new Date(Date.now() + ms).toISOString()

export interface HarvesterOptions {
  readonly egressAllow: readonly string[]
  /** How long a run stays with a process that is not heard of. */
  readonly leaseMs?: number
  readonly manners?: Partial<Manners>
}

/** Does the runs of a node: any number of these may look at one database, each run is with one of them at a time. */
export class Harvester {
  readonly #house: House
  readonly #egress: Egress
  readonly #leaseMs: number
  readonly #manners: Partial<Manners>
  readonly #stopping = new AbortController()
  readonly #working = new Set<Promise<void>>()

  constructor(house: House, { egressAllow, leaseMs = 60_000, manners = {} }: HarvesterOptions) {
    this.#house = house
    this.#egress = makeEgress(egressAllow)
    this.#leaseMs = leaseMs
    this.#manners = manners
  }

  /** Orders what is due by the clock and begins with what waits; returns at once. */
  async beat(): Promise<void> {
    await this.#orderDue()
    while (this.#working.size < AT_ONCE && !this.#stopping.signal.aborted) {
      const holder = newId()
      const runId = await claimRun(this.#house.db, { holder, at: instantIn(0), until: instantIn(this.#leaseMs) })
      if (runId === undefined) return
      const work = this.#run(runId, holder)
        .catch((error: Error) => this.#house.log.error({ err: error, run: runId }, 'harvest not settled'))
        .finally(() => this.#working.delete(work))
      this.#working.add(work)
    }
  }

  async #orderDue(): Promise<void> {
    const ctx = await this.#ctx('harvest-due')
    for (const { source_id, cycle } of await listDueSources(ctx.db, instantIn(0))) {
      await inTx(ctx, (tx) => setNextRun(tx, source_id, nextRunAt(cycle, instantIn(0))))
      // One that is still under way, or waits for a decision, is not ordered a second time.
      await inTx(ctx, (tx, inner) => orderRunIn(tx, inner, source_id)).catch((error: Error) =>
        this.#house.log.warn({ err: error, source: source_id }, 'harvest not ordered'),
      )
    }
  }

  #ctx(trace: string): Promise<Ctx> {
    return makeCtx(this.#house, PLATFORM, trace)
  }

  async #run(runId: string, holder: string): Promise<void> {
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, this.#stopping.signal])
    const beating = this.#keepLease(runId, holder, over)
    const ctx = await this.#ctx(`harvest-${runId}`)
    try {
      await this.#work(ctx, { runId, holder, signal })
    } catch (error) {
      await this.#end(ctx, { run_id: runId, holder, error: error as Error })
    } finally {
      over.abort()
      await beating
    }
  }

  async #keepLease(runId: string, holder: string, over: AbortController): Promise<void> {
    while (!over.signal.aborted) {
      await pause(this.#leaseMs / 4, undefined, { signal: over.signal }).catch(() => undefined)
      if (over.signal.aborted) return
      const until = instantIn(this.#leaseMs)
      const mine = await renewLease(this.#house.db, runId, { holder, until }).catch(() => ({ is_cancelling: false }))
      if (!mine || mine.is_cancelling) over.abort()
    }
  }

  async #work(
    ctx: Ctx,
    { runId, holder, signal }: { runId: string; holder: string; signal: AbortSignal },
  ): Promise<void> {
    const run = (await findRun(ctx.db, runId))!
    const source = (await findSourceRow(ctx.db, run.source_id))!
    const work = await openWork(ctx.db, {
      source_id: source.source_id,
      source_name: source.name,
      run_id: runId,
      holder,
      revision: source.revision,
      defaults: source.defaults as HarvestDefaults,
    })
    if (run.phase === 'read') {
      const { requests_per_second: requestsPerSecond } = source
      const http = new SourceHttp(this.#egress, {
        manners: { ...this.#manners, requestsPerSecond },
        signal,
        header: headerOf(ctx, source),
      })
      try {
        const kind = source.kind as HarvestKind
        const reader = openReader(http, { ...source, kind }, ctx.site)
        await this.#read(work, { reader, place: run.place as Place | null, signal })
      } finally {
        await http.close()
      }
      if ((await settleReading(await this.#ctx(ctx.trace), work)) !== 'archive') return
    }
    while (await archiveSome(await this.#ctx(ctx.trace), work)) signal.throwIfAborted()
  }

  async #read(
    work: Work,
    { reader, place: begun, signal }: { reader: Reader; place: Place | null; signal: AbortSignal },
  ): Promise<void> {
    const { first } = reader
    for (let place: Place | null = begun ?? first; place !== null && place.isOver === undefined; ) {
      signal.throwIfAborted()
      const page = await reader.read(place)
      await takePage(await this.#ctx(`harvest-${work.run_id}`), work, { place, first, page })
      place = page.next
    }
  }

  /** Stopped by us it waits for whoever comes next; stopped by a person it is over; all else is said where the run is shown. */
  async #end(ctx: Ctx, { run_id, holder, error }: { run_id: string; holder: string; error: Error }): Promise<void> {
    if (error instanceof LostRun) return
    const work = { run_id, holder }
    if (this.#stopping.signal.aborted) return endRun(ctx, work, { state: 'waiting' })
    const run = await findRun(ctx.db, run_id)
    const at = instantIn(0)
    if (run?.is_cancelling) return endRun(ctx, work, { state: 'cancelled', ended_at: at })
    const isTheirs = error instanceof SourceFailure
    if (!isTheirs) this.#house.log.error({ err: error, run: run_id }, 'harvest failed')
    const trouble = isTheirs ? error.message : '平台内部错误，已记入日志'
    await endRun(ctx, work, { state: 'failed', ended_at: at, trouble })
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all([...this.#working])
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.settled()
  }
}

/** The worker's harvester, looking every second for what is due. */
export const startHarvester = (house: House, options: HarvesterOptions): { stop(): Promise<void> } => {
  const harvester = new Harvester(house, options)
  const over = new AbortController()
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await harvester.beat().catch((error: Error) => house.log.error({ err: error }, 'harvester'))
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      over.abort()
      await running
      await harvester.close()
    },
  }
}
