import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Ctx } from '#kernel/ctx.ts'
import { readPieces } from './batch.store.ts'

const folderOf = (ctx: Ctx): string => join(ctx.site.dataDir, 'tmp')
const HOUR_MS = 3_600_000

/** The batch's file on this machine's disk, for as long as `work` needs it; returns how to give it up. */
export const openFile = async (ctx: Ctx, batchId: string): Promise<{ path: string; close: () => Promise<void> }> => {
  await mkdir(folderOf(ctx), { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(folderOf(ctx), 'batch-'))
  const path = join(folder, 'workbook')
  const close = () => rm(folder, { recursive: true, force: true })
  await pipeline(Readable.from(readPieces(ctx.db, batchId)), createWriteStream(path, { mode: 0o600 })).catch(
    async (error) => {
      await close()
      throw error
    },
  )
  return { path, close }
}

export const withFile = async <T>(ctx: Ctx, batchId: string, work: (path: string) => Promise<T>): Promise<T> => {
  const { path, close } = await openFile(ctx, batchId)
  try {
    return await work(path)
  } finally {
    await close()
  }
}

/** Files that a killed process left behind. */
export const sweepFiles = async (ctx: Ctx): Promise<void> => {
  for (const name of await readdir(folderOf(ctx)).catch(() => [])) {
    const path = join(folderOf(ctx), name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (name.startsWith('batch-') && mtimeMs < Date.parse(ctx.instant) - HOUR_MS)
      await rm(path, { recursive: true, force: true })
  }
}
