import { type Config, ConfigFaults, loadConfig } from '#config'

export interface RunningRole {
  /** Where it listens, for the greeting; absent for the worker. */
  readonly address?: string
  close(): Promise<void>
}

const CLOSE_MS = 10_000

/**
 * Runs one role as a process of its own: tells the supervisor when it is ready, stops cleanly on a signal, and stops
 * as well when the supervisor is gone — a killed supervisor leaves no orphans.
 */
export const runRole = async (name: string, main: (config: Config) => Promise<RunningRole>): Promise<void> => {
  let running: RunningRole | undefined
  let isStopping = false
  const stop = async (code: number): Promise<void> => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(code || 1), CLOSE_MS).unref()
    await running?.close().catch((error: Error) => process.stderr.write(`${name}: ${error.stack}\n`))
    process.exit(code)
  }
  process.on('SIGTERM', () => void stop(0))
  process.on('SIGINT', () => void stop(0))
  process.on('disconnect', () => void stop(0))
  try {
    running = await main(loadConfig())
    if (isStopping) return
    process.send?.({ ready: true, address: running.address })
  } catch (error) {
    const text = error instanceof ConfigFaults ? error.message : (error as Error).stack
    process.stderr.write(`${name}: ${text}\n`)
    process.exit(1)
  }
}
