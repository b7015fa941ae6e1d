import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

type Child = ReturnType<Counter['labels']>

export interface PlaneMetrics {
  readonly registry: Registry
  /** Counts one request by how it ended: `ok` or an error code. */
  count(code: string): void
  observe(seconds: number): void
}

interface Watched {
  readonly inFlight: () => number
  readonly policyVersion: () => number
}

/** Prometheus figures of one gateway process. Strangers' refusals are counted here and listed nowhere. */
export const makePlaneMetrics = ({ inFlight, policyVersion }: Watched): PlaneMetrics => {
  const registry = new Registry()
  registry.setDefaultLabels({ role: 'gateway' })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const calls = new Counter({
    name: 'sanjiang_gateway_requests_total',
    help: 'Requests to the data plane by result: ok, or the error code',
    labelNames: ['code'],
    registers,
  })
  const seconds = new Histogram({
    name: 'sanjiang_gateway_answer_seconds',
    help: 'Duration of answered calls, provider and durable receipt included',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  new Gauge({
    name: 'sanjiang_gateway_in_flight',
    help: 'Requests being worked on',
    registers,
    collect() {
      this.set(inFlight())
    },
  })
  new Gauge({
    name: 'sanjiang_gateway_policy_version',
    help: 'Policy version that calls are decided on',
    registers,
    collect() {
      this.set(policyVersion())
    },
  })
  // Children are kept: looking labels up costs more than counting.
  const children = new Map<string, Child>()
  return {
    registry,
    count: (code) => {
      const child = children.get(code) ?? calls.labels(code)
      children.set(code, child)
      child.inc()
    },
    observe: (value) => seconds.observe(value),
  }
}
