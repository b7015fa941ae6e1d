import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Prometheus figures of one process. Refusals of strangers are counted here and listed nowhere (issue: nobody can fill a log). */
export const makeMetrics = (role: string) => {
  const registry = new Registry()
  registry.setDefaultLabels({ role })
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    requests: new Histogram({
      name: 'sanjiang_http_request_seconds',
      help: 'Duration of API requests by endpoint and status',
      labelNames: ['endpoint', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    refusals: new Counter({
      name: 'sanjiang_refusals_total',
      help: 'Requests refused before or by a handler, by error code',
      labelNames: ['code'],
      registers: [registry],
    }),
  }
}

export type Metrics = ReturnType<typeof makeMetrics>
