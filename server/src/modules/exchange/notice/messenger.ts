import { setTimeout as pause } from 'node:timers/promises'
import type { Trouble } from '@sanjiang/contract/exchange'
import { WEBHOOK } from '@sanjiang/contract/exchange.pull'
import { Agent, request } from 'undici'
import { type Ctx, type House, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { makeEgress } from '#kernel/egress.ts'
import { openSecret } from '#kernel/keys.ts'
import { announcementOf, signaturesOf, type Verdict, verdictOf, verdictOnError, waitAfter } from './notice.rules.ts'
import * as store from './notice.store.ts'

const EVERY_MS = 1_000
const AT_ONCE = 64
const PER_ORIGIN = 4
/** Longer than any send takes: what its sender has not settled by then is sent again. */
const LEASE_MS = 30_000
const MAX_ANSWER_BYTES = 16_384

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString()
const now = (): string => new Date().toISOString()

const secretsOf = ({ sealed_secret, former_secret, former_until }: store.Claimed, ctx: Ctx): string[] => {
  const isFormerGood = former_secret !== null && former_until !== null && ctx.instant < former_until
  return [sealed_secret, ...(isFormerGood ? [former_secret] : [])].map((one) => openSecret(ctx.site.dataDir, one))
}

/** One try, bounded in time and in what is read of the answer; no redirect is followed. */
const post = async (dispatcher: Agent, notice: store.Claimed, ctx: Ctx): Promise<Verdict> => {
  const body = announcementOf(notice, ctx.site.exchangeUrl)
  const timestamp = Math.floor(Date.parse(ctx.instant) / 1000)
  try {
    const { statusCode, body: answer } = await request(notice.webhook_url, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sanjiang',
        [WEBHOOK.id]: notice.notice_id,
        [WEBHOOK.timestamp]: String(timestamp),
        [WEBHOOK.signature]: signaturesOf({ id: notice.notice_id, timestamp, body }, secretsOf(notice, ctx)),
      },
      body,
      signal: AbortSignal.timeout(WEBHOOK.timeout_ms),
    })
    // The status is the answer; whatever else a receiver sends is not waited for.
    answer.on('error', () => undefined)
    await answer.dump({ limit: MAX_ANSWER_BYTES }).catch(() => undefined)
    return verdictOf(statusCode)
  } catch (error) {
    return verdictOnError(error as NodeJS.ErrnoException)
  }
}

const troubleOf = ({ outcome, detail }: Verdict, at: string): Trouble =>
  outcome === 'gone'
    ? { code: 'receiver_gone', party: 'consumer', message: '接收地址答复不再接收（410），已停用，请改正后继续', at }
    : { code: 'receiver_away', party: 'consumer', message: `通知 ${WEBHOOK.tries} 次未送达，已搁置：${detail}`, at }

const keep = (ctx: Ctx, { notice_id, subscription_id, tries }: store.Claimed, verdict: Verdict): Promise<void> =>
  inTx(ctx, async (tx) => {
    const { outcome, status, detail } = verdict
    const isOver = outcome === 'gone' || (outcome === 'failed' && tries >= WEBHOOK.tries)
    await store.settle(tx, notice_id, {
      state: outcome === 'sent' ? 'sent' : isOver ? 'dead' : 'waiting',
      answered_status: status,
      detail,
      next_try_at: outcome === 'sent' || isOver ? null : later(ctx.instant, waitAfter(tries)),
      sent_at: outcome === 'sent' ? ctx.instant : null,
    })
    if (isOver) await store.setTrouble(tx, subscription_id, troubleOf(verdict, ctx.instant))
    if (outcome !== 'sent') return
    await store.supersedeDead(tx, subscription_id)
    await store.clearTrouble(tx, subscription_id)
  })

/**
 * Sends announcements, each host's few at a time and every one on its own, so that slow and dead receivers hold nobody back. An
 * announcement is taken before it is sent and settled after: killed in between, it is sent again under the same id.
 */
export class Messenger {
  readonly #house: House
  readonly #dispatcher: Agent
  readonly #sending = new Map<string, { readonly origin: string; readonly done: Promise<void> }>()

  constructor(house: House, egressAllow: readonly string[]) {
    this.#house = house
    const { connect } = makeEgress(egressAllow)
    this.#dispatcher = new Agent({
      connect,
      connections: PER_ORIGIN,
      headersTimeout: WEBHOOK.timeout_ms,
    })
  }

  /** Begins with what is due and returns at once; `settled` waits for it. */
  async beat(): Promise<void> {
    const due = await store.listDue(this.#house.db, now(), PER_ORIGIN)
    for (const one of due) {
      if (this.#sending.size >= AT_ONCE) return
      if (this.#sending.has(one.notice_id) || this.#at(one.origin) >= PER_ORIGIN) continue
      const done = this.#deliver(one.notice_id)
        .catch((error: Error) => this.#house.log.error({ err: error }, 'announcement not settled'))
        .finally(() => this.#sending.delete(one.notice_id))
      this.#sending.set(one.notice_id, { origin: one.origin, done })
    }
  }

  #at(origin: string): number {
    return [...this.#sending.values()].filter((one) => one.origin === origin).length
  }

  async #deliver(noticeId: string): Promise<void> {
    const ctx = await makeCtx(this.#house, PLATFORM, 'messenger')
    const at = now()
    const claimed = await store.claim(ctx.db, noticeId, { at, lease: later(at, LEASE_MS) })
    if (!claimed) return
    const verdict = await post(this.#dispatcher, claimed, ctx)
    // Cut off by our own stopping: not the receiver's fault, and sent again when the lease is over.
    if (this.#dispatcher.destroyed && verdict.status === null) return
    await keep({ ...ctx, instant: now() }, claimed, verdict)
  }

  async settled(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all([...this.#sending.values()].map(({ done }) => done))
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
    await this.settled()
  }
}

/** The worker's messenger, looking every second for what is due. */
export const startMessenger = (house: House, egressAllow: readonly string[]): { stop(): Promise<void> } => {
  const messenger = new Messenger(house, egressAllow)
  const over = new AbortController()
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await messenger.beat().catch((error: Error) => house.log.error({ err: error }, 'messenger'))
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      over.abort()
      await running
      await messenger.close()
    },
  }
}
