#!/usr/bin/env node
import { runCheck } from './check.command.ts'
import { ConfigFaults, loadConfig } from './config.ts'
import { holdState, StateInUse } from './durable.ts'
import { runEnrol } from './enrol.command.ts'
import { NotEnrolled } from './identity.ts'
import { Away, Refused } from './link.ts'
import { runNode } from './run.command.ts'
import { runStatus } from './status.command.ts'
import { USAGE, UsageFault } from './usage.ts'
import { VERSION } from './version.ts'

const DEFAULT_CONFIG = '/etc/sanjiang-agent/agent.conf'

const takeConfig = (args: readonly string[]): { file: string; rest: string[] } => {
  const at = args.indexOf('--config')
  if (at === -1) return { file: DEFAULT_CONFIG, rest: [...args] }
  const file = args[at + 1]
  if (file === undefined) throw new UsageFault('--config 之后应为文件名')
  return { file, rest: args.filter((_, index) => index !== at && index !== at + 1) }
}

const isInUse = async (dir: string): Promise<boolean> => {
  try {
    await (await holdState(dir)).release()
    return false
  } catch (error) {
    return error instanceof StateInUse
  }
}

const run = async (args: readonly string[]): Promise<number> => {
  const { file, rest } = takeConfig(args)
  const [command = '', ...more] = rest
  if (command === '' || command === 'help' || command === '--help') {
    console.log(USAGE)
    return command === '' ? 2 : 0
  }
  if (command === 'version' || command === '--version') {
    console.log(`sanjiang-agent ${VERSION} (Node ${process.versions.node})`)
    return 0
  }
  if (!['enrol', 'run', 'check', 'status'].includes(command)) throw new UsageFault(`没有命令 ${command}`)
  const config = await loadConfig(file)
  if (command === 'enrol') return runEnrol(config, more)
  if (command === 'check') return runCheck(config, await isInUse(config.state))
  if (command === 'status') return runStatus(config)
  return runNode(config)
}

const OURS = [ConfigFaults, NotEnrolled, StateInUse, Away, Refused]

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  if (error instanceof UsageFault) process.stderr.write(`${error.message}\n\n${USAGE}\n`)
  else if (OURS.some((one) => error instanceof one)) process.stderr.write(`${(error as Error).message}\n`)
  else process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 2
}
// Drivers may hold idle sockets; everything that matters has been closed and synced by now.
process.exit()
