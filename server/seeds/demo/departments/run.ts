import type { Config } from '#config'
import { type RunningRole, runRole } from '../../../src/supervisor/child.ts'
import { keepAgent } from './agents.ts'
import { openDatabases } from './databases.ts'
import { liveOn } from './life.ts'

/** The demo's departments: their databases, the clerks who write in them, and the agents beside them. */
const startDepartments = async (config: Config): Promise<RunningRole> => {
  const { dataDir, host, exchangePort } = config
  const over = new AbortController()
  const { signal } = over
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const { databases, close } = await openDatabases(config, say)
  liveOn(databases, signal)
  const centre = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${exchangePort}`
  const agents = databases.map((database) => keepAgent(database, { dataDir, centre, signal }))
  return {
    close: async () => {
      over.abort()
      await Promise.allSettled(agents)
      await close()
    },
  }
}

if (import.meta.main) await runRole('departments', startDepartments)
