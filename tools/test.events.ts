// A reporter for `node --test` that prints nothing and tells its parent, tools/test.run.ts, what happens when it happens.
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

/** What is told of a test, or of a whole file of tests (`isFile`). */
export interface Told {
  readonly type: 'begun' | 'done' | 'counted'
  /** From the folder the run is in. */
  readonly file: string
  readonly name: string
  readonly isFile: boolean
  readonly passed: boolean
  readonly why: string
  /** Of a file, when its process has ended by itself. */
  readonly counts: { passed: number; failed: number; cancelled: number; skipped: number } | null
}

const TYPES = { 'test:dequeue': 'begun', 'test:complete': 'done', 'test:summary': 'counted' } as const

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return error === undefined ? '' : String(error)
  return error.cause ? causeOf(error.cause) : (error.stack ?? error.message)
}

export default async function* tell(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    const kind = TYPES[type as keyof typeof TYPES]
    const said = data as { file?: string; name?: string; details?: Record<string, unknown>; counts?: Told['counts'] }
    if (!kind || !said.file || said.details?.type === 'suite') continue
    const file = relative(process.cwd(), said.file)
    const told: Told = {
      type: kind,
      file,
      name: said.name ?? '',
      isFile: said.name !== undefined && said.file.endsWith(said.name),
      passed: said.details?.passed === true,
      why: causeOf(said.details?.error),
      counts: said.counts ?? null,
    }
    process.send?.(told)
  }
  yield ''
}
