import { Gauge, type Registry } from 'prom-client'
import type { Db } from '#kernel/db.ts'
import { listLags } from '../lag.store.ts'

/** Lag of every running transfer, worked out when it is asked for; a transfer that ended is no longer listed. */
export const registerLag = (registry: Registry, db: Db): void => {
  const labelNames = ['subscription_id']
  const behind = new Gauge({
    name: 'sanjiang_exchange_behind_chunks',
    help: 'Chunks of the log that a transfer has not accepted',
    labelNames,
    registers: [registry],
  })
  new Gauge({
    name: 'sanjiang_exchange_lag_seconds',
    help: 'Age, since its commit at the source, of the oldest row that has not reached the target',
    labelNames,
    registers: [registry],
    async collect() {
      const lags = await listLags(db)
      this.reset()
      behind.reset()
      for (const { subscription_id, lag_seconds, behind_chunks } of lags) {
        this.set({ subscription_id }, lag_seconds)
        behind.set({ subscription_id }, behind_chunks)
      }
    },
  })
}
