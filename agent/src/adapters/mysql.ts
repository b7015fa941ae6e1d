import { type Adapter, AdapterFault, type Source, type Target } from './adapter.ts'
import { type Gate, gateOf, gateOfTarget } from './allow.ts'
import { describeRelation, findRelation, NO_STREAM } from './mysql.catalog.ts'
import { openLoad } from './mysql.load.ts'
import { type MysqlConfig, readConfig, withConnection } from './mysql.session.ts'
import { findBounds, hashRanges, readIncrement, readRange, readRows, takeSnapshot } from './mysql.source.ts'

const openSource = (config: MysqlConfig, gate: Gate): Source => ({
  browse: () =>
    withConnection(config, async (connection) => {
      const found = []
      for (const name of gate.relations)
        if (await findRelation(connection, config.database, name))
          found.push(await describeRelation(connection, gate, { database: config.database, name }))
      return found
    }),
  describe: async (name) => {
    gate.columnsOf(name)
    return withConnection(config, (connection) =>
      describeRelation(connection, gate, { database: config.database, name }),
    )
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
  changes: () => {
    throw new AdapterFault('misconfigured', NO_STREAM)
  },
  forget: async () => undefined,
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
  close: async () => undefined,
})

const openTarget = (config: MysqlConfig, gate: Gate, reading: Gate): Target => ({
  load: async (subscriptionId, table) => {
    gate.checkWrite(table.table)
    return openLoad(config, subscriptionId, table)
  },
  source: openSource(config, reading),
  close: async () => undefined,
})

/** MariaDB 10.5 and MySQL 8.0 or later. */
export const mysql: Adapter = {
  kind: 'mysql',
  openSource: async (given, allow) => {
    const config = readConfig(given)
    return openSource(config, gateOf(allow, config.database))
  },
  openTarget: async (given, allow) => {
    const config = readConfig(given)
    return openTarget(config, gateOf(allow, config.database), gateOfTarget(allow, config.database))
  },
}
