import { mkdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStale } from '../src/supervisor/build.ts'

const build = async (): Promise<void> => {
  const lock = join(tmpdir(), 'sanjiang-web-build.lock')
  const isMine = await mkdir(lock).then(
    () => true,
    () => false,
  )
  if (!isMine) {
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > 60_000) await rm(lock, { recursive: true, force: true })
    else await new Promise((resolve) => setTimeout(resolve, 200))
    return build()
  }
  try {
    await buildStale(() => undefined)
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

let building: Promise<void> | undefined

/** Builds the web pages where they are stale: one test file at a time, and not at all where the run has done so already. */
export const buildPages = (): Promise<void> => {
  building ??= process.env.TEST_PAGES === 'built' ? Promise.resolve() : build()
  return building
}
