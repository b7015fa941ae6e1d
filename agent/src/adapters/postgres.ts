import type { Adapter, Source, Target } from './adapter.ts'
import { type Gate, gateOf, gateOfTarget } from './allow.ts'
import { describeRelation, findRelation } from './postgres.catalog.ts'
import { readChanges } from './postgres.changes.ts'
import { readIncrement } from './postgres.cursor.ts'
import { hashRanges } from './postgres.hash.ts'
import { openLoad } from './postgres.load.ts'
import { findBounds, readRange, readRows } from './postgres.range.ts'
import { closeIdle, type PostgresConfig, readConfig, withClient } from './postgres.session.ts'
import { forgetSlot } from './postgres.slot.ts'
import { takeSnapshot } from './postgres.snapshot.ts'
import { readWritten } from './postgres.written.ts'

const SCHEMA = 'public'

const openSource = (config: PostgresConfig, gate: Gate): Source => ({
  browse: () =>
    withClient(config, async (client) => {
      const found = []
      for (const name of gate.relations)
        if (await findRelation(client, name)) found.push(await describeRelation(client, gate, name))
      return found
    }),
  describe: async (relation) => {
    gate.columnsOf(relation)
    return withClient(config, (client) => describeRelation(client, gate, relation))
  },
  snapshot: async (plan, { signal, slot }) => {
    gate.checkPlan(plan)
    signal.throwIfAborted()
    return takeSnapshot(config, plan, slot)
  },
  async *increment(plan, after, options) {
    gate.checkPlan(plan)
    yield* readIncrement(config, plan, { after, options })
  },
  written: async (plan, since) => {
    gate.checkPlan(plan)
    return readWritten(config, plan, since)
  },
  changes: (plan, after, options) => {
    gate.checkPlan(plan)
    return readChanges(config, plan, { ...options, after })
  },
  forget: (slot) => forgetSlot(config, slot),
  bounds: async (plan, rows) => {
    gate.checkPlan(plan)
    return findBounds(config, plan, rows)
  },
  async *range(plan, range, options) {
    gate.checkPlan(plan)
    yield* readRange(config, plan, { range, options })
  },
  hashes: async (plan, ranges) => {
    gate.checkPlan(plan)
    return hashRanges(config, plan, ranges)
  },
  async *rows(plan, keys, options) {
    gate.checkPlan(plan)
    yield* readRows(config, plan, { keys, options })
  },
  close: () => closeIdle(config),
})

const openTarget = (config: PostgresConfig, gate: Gate, reading: Gate): Target => ({
  load: async (subscriptionId, table) => {
    gate.checkWrite(table.table)
    return openLoad(config, subscriptionId, table)
  },
  source: openSource(config, reading),
  close: () => closeIdle(config),
})

/** PostgreSQL 14 and later, and what speaks its protocol: lines are written and read by the server itself. */
export const postgres: Adapter = {
  kind: 'postgres',
  openSource: async (config, allow) => openSource(readConfig(config), gateOf(allow, SCHEMA)),
  openTarget: async (config, allow) =>
    openTarget(readConfig(config), gateOf(allow, SCHEMA), gateOfTarget(allow, SCHEMA)),
}
