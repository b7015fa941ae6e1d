#!/usr/bin/env node
import { CallFault } from '@sanjiang/contract'
import { ROW_USAGE, runRow } from './row.command.ts'
import { runTrust, TRUST_USAGE } from './trust.command.ts'
import { UsageFault } from './usage.ts'
import { runVerify, VERIFY_USAGE } from './verify.command.ts'

/** 0: nothing wrong. 1: something was found. 2: it could not be looked for. */
type ExitCode = 0 | 1 | 2

const USAGE = `三江命令行\n\n${VERIFY_USAGE}\n\n${ROW_USAGE}\n\n${TRUST_USAGE}\n\n退出码：0 无问题，1 有发现，2 用法或读取有误`

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<ExitCode>>> = {
  verify: runVerify,
  'verify-row': runRow,
  trust: runTrust,
}

const run = async ([name = '', ...args]: readonly string[]): Promise<ExitCode> => {
  if (name === '--help' || name === 'help') {
    console.log(USAGE)
    return 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) throw new UsageFault(name === '' ? '缺少命令' : `没有命令 ${name}`)
  return command(args)
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  if (error instanceof UsageFault) process.stderr.write(`${error.message}\n\n${USAGE}\n`)
  else if (error instanceof CallFault) process.stderr.write(`${error.problem.title}：${error.message}\n`)
  else process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 2
}
