import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../server/src/kernel/postgres.ts'
import { runChecks } from './check.ts'

const ROOT = new URL('..', import.meta.url).pathname
const FOLDERS = ['contract', 'seal', 'tabular', 'finder', 'agent', 'cli', 'server', 'web/src', 'tools', 'bench']
const BROWSER = 'web/e2e/**/*.test.ts'
const CHROMIUM = '/usr/bin/chromium'

/** A run in which nothing has been printed for so long hangs, whatever the reason. */
const SILENCE_MS = 10 * 60_000

const isCi = Boolean(process.env.CI)

/** Debian packages that some tests need, known by one of their files. */
const BROWSER_PACKAGES = { file: CHROMIUM, packages: ['chromium', 'fonts-noto-cjk'] }
const TLS_PACKAGES = { file: '/usr/bin/openssl', packages: ['openssl'] }
const MARIADB_PACKAGES = { file: '/usr/sbin/mariadbd', packages: ['mariadb-server'] }
const SSHD_PACKAGES = { file: '/usr/sbin/sshd', packages: ['openssh-server'] }

const install = (packages: readonly string[]): void => {
  console.log(`安装测试所需的 Debian 包:${packages.join('、')}`)
  const run = (args: string[]) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  run(['update', '-q'])
  run(['install', '-y', '-q', '--no-install-recommends', ...packages])
}

/**
 * Which tests run: all, or those named; browser tests only where there is a browser. With CI none may be left out. The tests
 * of MariaDB and of SFTP look for their servers themselves and are skipped without them.
 */
const choose = (named: string[]): { files: string[]; leftOut: string[] } => {
  if (named.length > 0) return { files: named, leftOut: [] }
  const files = FOLDERS.map((folder) => `${folder}/**/*.test.ts`)
  const packages = [BROWSER_PACKAGES, TLS_PACKAGES, MARIADB_PACKAGES, SSHD_PACKAGES]
  const missing = packages.filter(({ file }) => !existsSync(file))
  if (isCi && missing.length > 0) install(missing.flatMap((one) => one.packages))
  if (existsSync(CHROMIUM)) return { files: [...files, BROWSER], leftOut: [] }
  return { files, leftOut: ['web/e2e:没有 /usr/bin/chromium(apt-get install chromium fonts-noto-cjk)'] }
}

interface Outcome {
  readonly code: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const count = (text: string, word: string): number => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)

const runTests = (files: string[], databaseUrl: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const args = ['--test', '--test-reporter=spec', '--test-timeout=300000', '--test-concurrency=2', ...files]
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      detached: true, // a group of its own, so that a run that hangs can be ended with all it started
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEST_DATABASE_URL: databaseUrl, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    })
    const end = (signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal)
    const giveUp = () => {
      console.log(`${SILENCE_MS / 60_000} 分钟没有任何输出,测试已被强行结束`)
      end('SIGKILL')
    }
    let silence = setTimeout(giveUp, SILENCE_MS)
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(silence)
      silence = setTimeout(giveUp, SILENCE_MS)
      text = (text + chunk).slice(-200_000)
      process.stdout.write(chunk)
    })
    process.once('SIGINT', () => end('SIGTERM'))
    child.once('exit', (code) => {
      clearTimeout(silence)
      const failed = count(text, 'fail') + count(text, 'cancelled')
      resolve({ code: code ?? 1, passed: count(text, 'pass'), failed, skipped: count(text, 'skipped') })
    })
  })

const main = async (): Promise<number> => {
  const named = process.argv.slice(2)
  const isWhole = named.length === 0
  if (isWhole && !(await runChecks({ fix: false }))) {
    console.log('0 passed, 1 failed')
    return 1
  }
  const { files, leftOut } = choose(named)
  for (const reason of leftOut) console.log(`略去 ${reason}`)
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-run-'))
  const server = await startPostgres({ dir, settings: ['fsync=off', 'max_connections=300'] })
  try {
    const { code, passed, failed, skipped } = await runTests(files, server.url('postgres'))
    const isLeftOut = isCi && (leftOut.length > 0 || skipped > 0)
    if (isLeftOut) console.log('CI 中不允许略去测试')
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
    return isLeftOut || passed === 0 ? 1 : code
  } finally {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

process.exit(await main())
