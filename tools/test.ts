import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { buildStale } from '../server/src/supervisor/build.ts'
import { runChecks } from './check.ts'
import { openDatabase } from './test.database.ts'
import { type Outcome, runFiles } from './test.run.ts'

const ROOT = new URL('..', import.meta.url).pathname
const FOLDERS = ['contract', 'seal', 'tabular', 'finder', 'agent', 'cli', 'server', 'web/src', 'tools', 'bench']
const BROWSER = 'web/e2e/**/*.test.ts'
const CHROMIUM = '/usr/bin/chromium'

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

/** A whole run with more failing files than these is broken, and is not asked again. */
const MAX_AGAIN = 3

const sum = (outcome: Outcome, what: 'passed' | 'failed' | 'skipped'): number =>
  [...outcome.files.values()].reduce((all, one) => all + one[what], 0)

/**
 * Runs everything; what failed runs once more with nothing beside it. A file that passes then fails nothing, but is told as
 * unsteady: it depends on what runs beside it, which is a defect to be mended.
 */
const runWhole = async (files: string[], databaseUrl: string): Promise<{ outcome: Outcome; unsteady: string[] }> => {
  const first = await runFiles(files, { root: ROOT, databaseUrl, concurrency: 2 })
  const failed = [...first.files].filter(([, one]) => one.failed > 0).map(([file]) => file)
  if (failed.length === 0 || failed.length > MAX_AGAIN) return { outcome: first, unsteady: [] }
  console.log(`单独重跑:${failed.join('、')}`)
  const again = await runFiles(failed, { root: ROOT, databaseUrl, concurrency: 1 })
  const outcome = { code: again.code, files: new Map([...first.files, ...again.files]) }
  return { outcome, unsteady: failed.filter((file) => outcome.files.get(file)?.failed === 0) }
}

const SLOWEST = 12

const tellSlowest = ({ files }: Outcome): void => {
  const slowest = [...files].sort(([, a], [, b]) => b.ms - a.ms).slice(0, SLOWEST)
  console.log(
    `最慢的文件:${slowest.map(([file, { ms }]) => `\n  ${(ms / 1000).toFixed(0).padStart(4)} 秒 ${file}`).join('')}`,
  )
}

/** What a whole run stands on: the checks, and the pages as they are now. */
const prepare = async (): Promise<boolean> => {
  const building = buildStale(console.log).then(
    () => true,
    (error: Error) => {
      console.log(`✖ ${error.message}`)
      return false
    },
  )
  const areSound = await Promise.all([runChecks({ fix: false }), building])
  process.env.TEST_PAGES = 'built'
  return areSound.every(Boolean)
}

const main = async (): Promise<number> => {
  const named = process.argv.slice(2)
  const isWhole = named.length === 0
  if (isWhole && !(await prepare())) {
    console.log('0 passed, 1 failed')
    return 1
  }
  const { files, leftOut } = choose(named)
  for (const reason of leftOut) console.log(`略去 ${reason}`)
  const database = await openDatabase()
  try {
    const { outcome, unsteady } = isWhole
      ? await runWhole(files, database.url)
      : {
          outcome: await runFiles(files, { root: ROOT, databaseUrl: database.url, concurrency: 2 }),
          unsteady: [],
        }
    const [passed, failed, skipped] = [sum(outcome, 'passed'), sum(outcome, 'failed'), sum(outcome, 'skipped')]
    const isLeftOut = isCi && (leftOut.length > 0 || skipped > 0)
    if (isWhole) tellSlowest(outcome)
    if (isLeftOut) console.log('CI 中不允许略去测试')
    for (const file of unsteady) console.log(`不稳定:${file} 与别的一起跑时失败,单独重跑通过`)
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
    return isLeftOut || passed === 0 ? 1 : outcome.code
  } finally {
    await database.close()
  }
}

process.exit(await main())
