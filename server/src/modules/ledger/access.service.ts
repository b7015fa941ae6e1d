import type { Receipt } from '@sanjiang/contract/ledger'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import type { Refusal } from '#kernel/serve.ts'
import { type FactRow, toFactBody } from './access.rules.ts'
import type { EntryDraft } from './entry.rules.ts'
import { isEventSealed } from './entry.store.ts'
import { type LogWriter, openLog } from './log.writer.ts'
import { type NodeKeys, openNodeKeys } from './node.keys.ts'
import { type Folded, RefusalFold } from './refusal.rules.ts'

type Ground = Pick<House, 'db' | 'log' | 'site'>

// One log per process and database, whoever asks first. Keyed by the database so that tests hold several worlds apart.
const logs = new WeakMap<Db, Promise<LogWriter>>()

/** This process's log, opened at first use. */
export const processLog = (house: Ground, role: string): Promise<LogWriter> => {
  const known = logs.get(house.db)
  if (known) return known
  const { node_id } = openNodeKeys(house.site)
  const opened = openLog({ db: house.db, nodeId: node_id, role, log: house.log })
  logs.set(house.db, opened)
  opened.catch(() => logs.delete(house.db))
  return opened
}

/** Says that this process writes no more; without a word the next checkpoint would wait for it and then warn. */
export const closeProcessLog = async ({ db }: Pick<Ground, 'db'>): Promise<void> => {
  const opened = await logs.get(db)?.catch(() => undefined)
  logs.delete(db)
  await opened?.close()
}

/** Seals one access or administrative act in the process's own log; resolves when it is durable. */
export const sealAccess = async (house: Ground, role: string, draft: EntryDraft): Promise<Receipt> =>
  (await processLog(house, role)).append(draft)

// Refusals are sealed one by one up to this; beyond it only their number is, so that nobody can fill the ledger.
const BURST = 60
const PER_SECOND = 2
const FOLD_MS = 5_000

export interface AccessLog {
  /** Seals a refusal of a signed-in person, behind the answer: it does not delay it. */
  seal(refusal: Refusal): void
  close(): Promise<void>
}

interface Bucket {
  tokens: number
  at: number
  untold: number
}

/** One allowance per person: who floods silences only himself. */
class RefusalLog implements AccessLog {
  readonly #house: Ground
  readonly #role: string
  readonly #buckets = new Map<string, Bucket>()
  readonly #sending = new Set<Promise<unknown>>()
  readonly #fold = new RefusalFold()
  readonly #timer: NodeJS.Timeout

  constructor(house: Ground, role: string) {
    this.#house = house
    this.#role = role
    this.#timer = setInterval(() => this.#tellRepeats(Date.now()), FOLD_MS).unref()
  }

  seal(refusal: Refusal): void {
    if (this.#fold.offer(refusal, Date.now())) this.#admit({ refusal, repeats: 0 })
  }

  #tellRepeats(now: number): void {
    for (const folded of this.#fold.takeDue(now)) this.#admit(folded)
  }

  #admit({ refusal, repeats }: Folded): void {
    const bucket = this.#refill(refusal.actor.person_id ?? '')
    if (bucket.tokens < 1) {
      bucket.untold += Math.max(1, repeats)
      return
    }
    bucket.tokens -= 1
    const untold = bucket.untold
    bucket.untold = 0
    this.#send(refusal, { untold, repeats })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#tellRepeats(Number.POSITIVE_INFINITY)
    await Promise.all(this.#sending)
    await closeProcessLog(this.#house)
  }

  #refill(person: string): Bucket {
    const now = Date.now()
    const bucket = this.#buckets.get(person) ?? { tokens: BURST, at: now, untold: 0 }
    bucket.tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND)
    bucket.at = now
    this.#buckets.set(person, bucket)
    return bucket
  }

  #send(refusal: Refusal, { untold, repeats }: { untold: number; repeats: number }): void {
    const { actor, permission, code, path, ip } = refusal
    const body = {
      topic: 'access.refused',
      outcome: 'refused',
      code,
      permission,
      path,
      ip,
      actor_id: actor.person_id,
      actor_name: actor.name,
      organ_id: actor.organ?.organ_id ?? null,
      session_id: actor.session_id,
      ...(untold > 0 ? { untold_before: untold } : {}),
      ...(repeats > 0 ? { repeats } : {}),
    }
    const sending: Promise<unknown> = sealAccess(this.#house, this.#role, { kind: 'access', body })
      .catch((error) => this.#house.log.error({ err: error, code, path }, 'refusal not sealed'))
      .finally(() => this.#sending.delete(sending))
    this.#sending.add(sending)
  }
}

/**
 * The access log of a role: opens the process's own log at once, so that a database that would not keep its word stops
 * the start. `close` also closes the log.
 */
export const openAccessLog = async (house: Ground, role: string): Promise<AccessLog> => {
  await processLog(house, role)
  return new RefusalLog(house, role)
}

const getFact = async (db: Db, eventId: string): Promise<FactRow> =>
  db.selectFrom('kernel.event').selectAll().where('event_id', '=', eventId).executeTakeFirstOrThrow()

/**
 * Seals a recorded fact once. Jobs come at least once and one at a time, so looking first is enough: the entry, if any,
 * was committed before the job could be handed out again.
 */
export const sealFact = async (ctx: Ctx, kind: EntryDraft['kind'], eventId: string | undefined): Promise<void> => {
  if (!eventId || (await isEventSealed(ctx.db, eventId))) return
  const body = toFactBody(await getFact(ctx.db, eventId))
  await sealAccess(ctx, 'worker', { kind, body })
}

export const keysOf = ({ site }: Pick<Ctx, 'site'>): NodeKeys => openNodeKeys(site)
