// A reporter for `node --test` that prints nothing and tells its parent, tools/test.run.ts, what happens when it happens.
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

/** What is told of a test, or of a whole file of tests (`isFile`). */
export interface Told {
  readonly type: 'begun' | 'done'
  /** From the folder the run is in. */
  readonly file: string
  readonly name: string
  readonly isFile: boolean
  readonly passed: boolean
  readonly skipped: boolean
  readonly why: string
}

const TYPES = { 'test:dequeue': 'begun', 'test:complete': 'done' } as const

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return error === undefined ? '' : String(error)
  return error.cause ? causeOf(error.cause) : (error.stack ?? error.message)
}

export default async function* tell(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    const kind = TYPES[type as keyof typeof TYPES]
    const said = data as { file?: string; name?: string; skip?: unknown; details?: Record<string, unknown> }
    if (!kind || !said.file || said.details?.type === 'suite') continue
    const file = relative(process.cwd(), said.file)
    const told: Told = {
      type: kind,
      file,
      name: said.name ?? '',
      isFile: said.name !== undefined && said.file.endsWith(said.name),
      passed: said.details?.passed === true,
      skipped: said.skip !== undefined && said.skip !== false,
      why: causeOf(said.details?.error),
    }
    process.send?.(told)
  }
  yield ''
}
