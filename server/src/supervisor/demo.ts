import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LOADER = fileURLToPath(new URL('../../seeds/demo/load.ts', import.meta.url))

interface Progress {
  readonly step?: string
  readonly done?: number
  readonly total?: number
  readonly line?: string
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
