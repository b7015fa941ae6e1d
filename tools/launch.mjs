// Plain JavaScript for any Node ≥ 18 with nothing installed: makes node_modules match the lock file, then runs the given
// TypeScript file on the Node 24 that came with it. Usage: node tools/launch.mjs FILE [ARG …]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.sanjiang-stamp`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex')
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''

if (installed !== wanted) {
  console.log('正在安装依赖(npm ci)……')
  const env = { ...process.env, npm_config_loglevel: 'error' }
  const done = spawnSync('npm', ['ci', '--no-fund', '--no-audit'], { cwd: root, stdio: 'inherit', env })
  if (done.status !== 0) {
    console.error('依赖安装失败;请检查网络与磁盘后重试')
    process.exit(1)
  }
  writeFileSync(stamp, wanted) // last, so that an install killed in the middle is begun anew
}

const bin = `${root}node_modules/.bin`
const [file, ...args] = process.argv.slice(2)
const child = spawn(`${bin}/node`, [`${root}${file}`, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm ends by itself on a signal and leaves what it started: then there is nobody left to answer for this process.
const parent = process.ppid
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1_000).unref()
child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
