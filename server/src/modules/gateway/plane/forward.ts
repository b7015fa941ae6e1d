import { Pool } from 'undici'
import type { Egress } from '#kernel/egress.ts'
import { type Answer, Collector, failed } from './collector.ts'
import type { AttachedService } from './snapshot.ts'

export interface Outgoing {
  readonly path: string
  readonly body: string | null
}

export interface Forwarder {
  send(service: AttachedService, outgoing: Outgoing): Promise<Answer>
  close(): Promise<void>
}

/** One provider's bulkhead and circuit breaker: its slowness or death stays its own. */
interface Compartment {
  readonly version: number
  readonly pool: Pool
  active: number
  failures: number
  openUntil: number
  isProbing: boolean
}

export interface BreakerLimits {
  readonly failures: number
  readonly openMs: number
}

const BREAKER: BreakerLimits = { failures: 5, openMs: 10_000 }
const MAX_CONNECTIONS = 64

const originOf = (url: string): string => url.slice(0, url.indexOf('/', 8) < 0 ? undefined : url.indexOf('/', 8))

const openCompartment = (service: AttachedService, egress: Egress): Compartment => {
  const pool = new Pool(originOf(service.url), {
    connect: egress.connect,
    connections: Math.min(service.concurrency, MAX_CONNECTIONS),
    pipelining: 1,
    headersTimeout: service.timeout_ms,
    bodyTimeout: service.timeout_ms,
  })
  return { version: service.version, pool, active: 0, failures: 0, openUntil: 0, isProbing: false }
}

const HEADERS = {
  get: { accept: 'application/json' },
  post: { accept: 'application/json', 'content-type': 'application/json' },
}

/** Sends calls on to providers: pooled connections, a bulkhead and a breaker per service, one time limit per call. */
export const openForwarder = (egress: Egress, breaker: BreakerLimits = BREAKER): Forwarder => {
  const compartments = new Map<string, Compartment>()

  const compartmentFor = (service: AttachedService): Compartment => {
    const found = compartments.get(service.service_id)
    if (found?.version === service.version) return found
    void found?.pool.close().catch(() => undefined) // lets calls under way finish
    const made = openCompartment(service, egress)
    compartments.set(service.service_id, made)
    return made
  }

  const admit = (box: Compartment, service: AttachedService): Answer | null => {
    if (box.active >= service.concurrency)
      return failed('provider_suspended', `提供方并发已满（${service.concurrency}）`, false)
    if (box.failures < breaker.failures) return null
    if (Date.now() < box.openUntil || box.isProbing)
      return failed('provider_suspended', '提供方连续失败，暂停转发，稍后自动试探', false)
    box.isProbing = true
    return null
  }

  const settle = (box: Compartment, answer: Answer): void => {
    box.active -= 1
    box.isProbing = false
    if (answer.ok || !answer.isTrouble) box.failures = 0
    else {
      box.failures += 1
      if (box.failures >= breaker.failures) box.openUntil = Date.now() + breaker.openMs
    }
  }

  const dispatch = (box: Compartment, service: AttachedService, { path, body }: Outgoing): Promise<Answer> =>
    new Promise((resolve) => {
      const { method } = service
      const options = { path, method, headers: body === null ? HEADERS.get : HEADERS.post, body }
      const done = (answer: Answer): void => {
        settle(box, answer)
        resolve(answer)
      }
      const repeat = method === 'GET' ? () => void box.pool.dispatch(options, collector) : undefined
      const collector: Collector = new Collector({ service, done, repeat })
      box.pool.dispatch(options, collector)
    })

  return {
    send: (service, outgoing) => {
      const box = compartmentFor(service)
      const refused = admit(box, service)
      if (refused) return Promise.resolve(refused)
      box.active += 1
      return dispatch(box, service, outgoing)
    },
    close: async () => {
      await Promise.all([...compartments.values()].map(({ pool }) => pool.destroy()))
    },
  }
}
