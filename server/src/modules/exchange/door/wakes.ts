import pg from 'pg'
import type { Log } from '#kernel/log.ts'
import { ASSIGNMENT_CHANNEL } from '../wake.ts'

/** Hears which agents' assignments have changed, whichever process changed them. */
export interface Wakes {
  /** Resolves when the agent is called, when `ms` have passed or when the signal aborts; `since` makes no call in between be missed. */
  wait(agentId: string, ms: number, options: { since: number; signal: AbortSignal }): Promise<void>
  /** Grows with every call of this agent. */
  count(agentId: string): number
  close(): Promise<void>
}

const RETRY_MS = 1000

class Listener implements Wakes {
  readonly #url: string
  readonly #log: Log
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #counts = new Map<string, number>()
  #client: pg.Client | null = null
  #retry: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(url: string, log: Log) {
    this.#url = url
    this.#log = log
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'sanjiang-exchange-wakes',
      options: '-c role=sanjiang_exchange',
      keepAlive: true,
    })
    client.on('error', () => this.#reconnect(client))
    client.on('end', () => this.#reconnect(client))
    client.on('notification', ({ payload }) => this.#call(payload ?? ''))
    await client.connect()
    await client.query(`listen ${ASSIGNMENT_CHANNEL}`)
    this.#client = client
    // Whatever was said while nobody listened.
    for (const agentId of this.#waiting.keys()) this.#call(agentId)
  }

  #reconnect(client: pg.Client): void {
    if (this.#isClosed || (this.#client !== null && this.#client !== client) || this.#retry) return
    this.#client = null
    void client.end().catch(() => undefined)
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.connect().catch((error: Error) => {
        this.#log.warn({ err: error }, 'door does not hear wakes')
        this.#reconnect(client)
      })
    }, RETRY_MS)
    this.#retry.unref()
  }

  #call(agentId: string): void {
    if (!this.#waiting.has(agentId)) return
    this.#counts.set(agentId, this.count(agentId) + 1)
    for (const done of this.#waiting.get(agentId) ?? []) done()
  }

  count(agentId: string): number {
    if (!this.#waiting.has(agentId)) this.#waiting.set(agentId, new Set())
    return this.#counts.get(agentId) ?? 0
  }

  wait(agentId: string, ms: number, { since, signal }: { since: number; signal: AbortSignal }): Promise<void> {
    if (ms <= 0 || signal.aborted || this.count(agentId) !== since) return Promise.resolve()
    const waiting = this.#waiting.get(agentId) as Set<() => void>
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      waiting.add(done)
      signal.addEventListener('abort', done)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retry)
    for (const waiting of this.#waiting.values()) for (const done of waiting) done()
    await this.#client?.end().catch(() => undefined)
  }
}

export const listenForWakes = async (url: string, log: Log): Promise<Wakes> => {
  const listener = new Listener(url, log)
  await listener.connect()
  return listener
}
