import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EXEC_ARGV, ROLE_ENV } from '../../server/src/supervisor/keeper.ts'

const TICKS = 100 // USER_HZ of every Linux this runs on

interface Stat {
  readonly parent: number
  readonly seconds: number
}

/** CPU of a process: its own, and that of its children which have ended and were waited for. */
const readStat = (pid: number): Stat | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number]
    return { parent: Number(fields[1]), seconds: (user + system + childUser + childSystem) / TICKS }
  } catch {
    return null // gone between the listing and the look
  }
}

/** CPU-seconds used so far by these processes and everything below them. */
export const cpuOf = (roots: readonly number[]): number => {
  const stats = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null
    if (stat) stats.set(Number(name), stat)
  }
  const isBelow = (pid: number): boolean => {
    for (let at = pid; at > 1; at = stats.get(at)?.parent ?? 0) if (roots.includes(at)) return true
    return false
  }
  let sum = 0
  for (const [pid, { seconds }] of stats) if (isBelow(pid)) sum += seconds
  return sum
}

export const postmasterOf = (dir: string): number =>
  Number(readFileSync(`${dir}/postgres/postmaster.pid`, 'utf8').split('\n')[0])

const children: ChildProcess[] = []

/** `BENCH_PROF=DIR` leaves CPU profiles of the roles there; the figures of such a run do not count. */
const profiling = (): string[] =>
  process.env.BENCH_PROF ? ['--cpu-prof', '--cpu-prof-dir', process.env.BENCH_PROF] : []

/** Starts a process and waits for its first word. */
export const start = <T>(
  file: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; said: T }> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(file, import.meta.url))
    const role = /roles\/(\w+)\.ts$/.exec(file)?.[1] ?? ''
    const child = fork(path, args, {
      env: { ...ROLE_ENV, ...process.env, ...env },
      execArgv: [...(EXEC_ARGV[role] ?? []), ...profiling()],
    })
    children.push(child)
    child.once('message', (said) => resolve({ child, said: said as T }))
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })

export const stopAll = async (): Promise<void> => {
  await Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve()
          child.once('exit', () => resolve())
          child.kill('SIGTERM')
          setTimeout(() => child.kill('SIGKILL'), 12_000).unref()
        }),
    ),
  )
}
