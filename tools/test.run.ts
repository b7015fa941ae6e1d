// One run of test files: each in a process of its own, two at a time, watched so that a file that hangs is named and ended alone.
import { spawn } from 'node:child_process'
import { childrenOf } from '../server/test/platform.ts'
import type { Told } from './test.events.ts'

/** A test has 5 minutes; a file from which nothing is heard for longer waits for what never comes. */
const SILENCE_MS = 6 * 60_000
const TICK_MS = 5_000

export interface FileOutcome {
  passed: number
  failed: number
  skipped: number
  ms: number
}

export interface Outcome {
  readonly code: number
  readonly files: ReadonlyMap<string, FileOutcome>
}

interface Running {
  readonly since: number
  last: number
  /** Begun and not done. */
  readonly tests: Set<string>
}

/** Follows what is told; ends files that hang. */
class Watch {
  readonly files = new Map<string, FileOutcome>()
  readonly #running = new Map<string, Running>()
  readonly #runner: number

  constructor(runner: number) {
    this.#runner = runner
  }

  hear({ type, file, name, isFile, passed, why, counts }: Told): void {
    const now = Date.now()
    if (type === 'begun' && isFile) {
      this.#running.set(file, { since: now, last: now, tests: new Set() })
      this.files.set(file, { passed: 0, failed: 0, skipped: 0, ms: 0 })
    }
    const [running, outcome] = [this.#running.get(file), this.files.get(file)]
    if (type === 'counted' && counts && outcome) {
      // Told before or after the file's own end.
      outcome.passed = counts.passed
      outcome.failed = Math.max(outcome.failed, counts.failed + counts.cancelled)
      outcome.skipped = counts.skipped
    }
    // A test written in another module than the file of its process: whose it is, is not told.
    else if (!running || !outcome) for (const one of this.#running.values()) one.last = now
    else if (isFile && type === 'done') {
      outcome.ms = now - running.since
      this.#running.delete(file)
      if (!passed && outcome.failed === 0) outcome.failed = 1 // killed, or broken before its first test
    } else {
      running.last = now
      if (type === 'begun') running.tests.add(name)
      else running.tests.delete(name)
    }
    // At once: in the run's own output it waits for the files before it.
    if (type === 'done' && !passed && !isFile) console.log(`✖ ${file}:${name}\n${why}`)
  }

  endHanging(): void {
    for (const [file, { last, tests }] of this.#running) {
      if (Date.now() - last < SILENCE_MS) continue
      const where = tests.size > 0 ? `停在“${[...tests].join('”、“')}”` : '没有测试在跑,进程却不结束(有东西没有关)'
      console.log(`✖ ${file} ${where},已被强行结束`)
      this.#running.delete(file)
      ;(this.files.get(file) as FileOutcome).failed++
      for (const { pid, command } of childrenOf(this.#runner)) if (command.includes(file)) process.kill(pid, 'SIGKILL')
    }
  }
}

/** Runs these files (names or patterns) on a database server; resolves when every process of the run has ended. */
export const runFiles = (
  patterns: readonly string[],
  { root, databaseUrl, concurrency }: { root: string; databaseUrl: string; concurrency: number },
): Promise<Outcome> =>
  new Promise((resolve) => {
    const reporters = ['spec', `${root}tools/test.events.ts`].flatMap((reporter) => [
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stdout',
    ])
    const limits = ['--test-timeout=300000', `--test-concurrency=${concurrency}`]
    const env = {
      ...process.env,
      TEST_DATABASE_URL: databaseUrl,
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
      // Each file's process loads the same program: what one has compiled, the next need not.
      NODE_COMPILE_CACHE: `${root}node_modules/.cache/compiled`,
    }
    const child = spawn(process.execPath, ['--test', ...reporters, ...limits, ...patterns], {
      cwd: root,
      detached: true, // a group of its own, so that whatever it started can be ended with it
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env,
    })
    const end = (signal: NodeJS.Signals): void => {
      try {
        process.kill(-(child.pid as number), signal)
      } catch {
        // Nothing of it is left.
      }
    }
    const watch = new Watch(child.pid as number)
    child.on('message', (told) => watch.hear(told as Told))
    const ticking = setInterval(() => watch.endHanging(), TICK_MS)
    const interrupt = (): void => end('SIGTERM')
    process.once('SIGINT', interrupt)
    child.once('close', (code) => {
      clearInterval(ticking)
      process.off('SIGINT', interrupt)
      end('SIGKILL')
      const hasFailed = [...watch.files.values()].some(({ failed }) => failed > 0)
      resolve({ code: hasFailed ? 1 : (code ?? 1), files: watch.files })
    })
  })
