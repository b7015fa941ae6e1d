import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * `npm run dev`: everything with restart on change. The platform restarts when its TypeScript changes; the web pages are
 * served by Vite with hot replacement on its own port, which passes /api on.
 */
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const WATCHED = [
  'server/src',
  'server/migrations',
  'server/seeds',
  'contract/src',
  'seal/src',
  'seal/node',
  'finder/src',
  'agent/src',
]
const SETTLE_MS = 300

const run = (args: string[], cwd = ROOT): ChildProcess => spawn(process.execPath, args, { cwd, stdio: 'inherit' })

let platform = run(['server/src/start.ts'])
const vite = run([`${ROOT}node_modules/vite/bin/vite.js`], `${ROOT}web`)

let timer: NodeJS.Timeout | undefined
const restart = (): void => {
  const old = platform
  const begin = () => {
    platform = run(['server/src/start.ts'])
  }
  if (old.exitCode !== null) begin()
  else {
    old.once('exit', begin)
    old.kill('SIGTERM')
  }
}
for (const folder of WATCHED)
  watch(`${ROOT}${folder}`, { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(restart, SETTLE_MS)
  })

const stop = (): void => {
  vite.kill('SIGTERM')
  platform.once('exit', (code) => process.exit(code ?? 0))
  platform.kill('SIGTERM')
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
