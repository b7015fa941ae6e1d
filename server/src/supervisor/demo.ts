import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const seed = (path: string): string => fileURLToPath(new URL(`../../seeds/${path}`, import.meta.url))
const LOADER = seed('demo/load.ts')
const REFERENCE = seed('reference/load.ts')

interface Progress {
  readonly step?: string
  readonly done?: number
  readonly total?: number
  readonly line?: string
}

/** Fills in what every installation starts from, before any role answers; throws when it cannot. */
export const loadReference = async (env: Record<string, string>, say: (line: string) => void): Promise<void> => {
  const child = fork(REFERENCE, [], { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.on('message', ({ line }: Progress) => say(line ?? ''))
  const code = await new Promise((done) => child.once('exit', done))
  if (code !== 0) throw new Error(`基础数据装入失败(${code})`)
}

/** Loads the demo province beside the running platform, telling how far it is. Returns what stops it. */
export const loadDemo = async (
  env: Record<string, string>,
  say: (line: string) => void,
): Promise<() => Promise<void>> => {
  if (!existsSync(LOADER)) return async () => undefined
  const child = fork(LOADER, [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
  child.on('message', ({ step, done, total, line }: Progress) => {
    if (line) say(line)
    else if (step) say(`演示省份: ${step}${total ? ` ${done}/${total}` : ''}`)
  })
  return async () => {
    if (child.exitCode !== null) return
    const gone = new Promise<void>((done) => child.once('exit', () => done()))
    child.kill('SIGTERM')
    await gone
  }
}
