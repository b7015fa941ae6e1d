import { hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { digestAt, partCount, partLength, partsIn, type Recipe, readRecipe } from '@sanjiang/seal'
import { type BlobLink, Lanes } from './blob.send.ts'

const REQUEST_BYTES = 8 * 1_048_576
const UNDER_WAY = 3
/** Written bytes are pushed to the disk while others are still on their way. */
const SYNC_BYTES = 32 * 1_048_576

export class WrongContent extends Error {
  constructor(what: string) {
    super(`收到的内容与摘要不符：${what}`)
    this.name = 'WrongContent'
  }
}

export interface Fetching {
  readonly link: BlobLink
  readonly subscriptionId: string
  readonly signal: AbortSignal
}

export interface Fetched {
  readonly size: number
  /** Bytes that travelled; the others stood in the part file or in the file it replaces. */
  readonly fetched_bytes: number
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const readPart = async (file: FileHandle, recipe: Recipe, part: number, buffer: Buffer): Promise<Buffer | null> => {
  const bytes = buffer.subarray(0, partLength(recipe, part))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, part * recipe.part_bytes)
  return bytesRead === bytes.length ? bytes : null
}

/** Parts that a file on this machine has in their place: left by an earlier try, or by the version that is replaced. */
const partsInPlace = async (
  file: FileHandle,
  recipe: Recipe,
  take: (part: number, bytes: Buffer) => Promise<void>,
): Promise<void> => {
  const { size } = await file.stat()
  const buffer = Buffer.allocUnsafe(recipe.part_bytes)
  for (let part = 0; part < partCount(recipe) && part * recipe.part_bytes < size; part++) {
    const bytes = await readPart(file, recipe, part, buffer)
    if (bytes !== null && same(hash('sha256', bytes, 'buffer'), digestAt(recipe, part))) await take(part, bytes)
  }
}

const writeFull = async (file: FileHandle, bytes: Uint8Array, place: number): Promise<void> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, place + done)
    done += bytesWritten
  }
}

/** Syncs what was written now and then, beside the writing; the last sync then finds little left to do. */
class Syncing {
  readonly #file: FileHandle
  #unsynced = 0
  #running: Promise<void> | null = null
  constructor(file: FileHandle) {
    this.#file = file
  }
  wrote(bytes: number): void {
    this.#unsynced += bytes
    if (this.#unsynced < SYNC_BYTES || this.#running !== null) return
    this.#unsynced = 0
    this.#running = this.#file
      .datasync()
      .catch(() => undefined)
      .finally(() => {
        this.#running = null
      })
  }
  async finish(): Promise<void> {
    await this.#running
    await this.#file.sync()
  }
}

const recipeOf = async ({ link, subscriptionId, signal }: Fetching, name: string): Promise<Recipe> => {
  const { bytes } = await link.ask({ method: 'GET', path: DOOR.fetch(subscriptionId, name), signal })
  if (hash('sha256', bytes, 'hex') !== name) throw new WrongContent('文件清单')
  return readRecipe(bytes)
}

/** Runs of parts that are lacking, each as long as one request carries. */
const requestsFor = (has: Uint8Array, perRequest: number): { from: number; count: number }[] => {
  const requests: { from: number; count: number }[] = []
  for (let part = 0; part < has.length; part++) {
    if (has[part] !== 0) continue
    const last = requests.at(-1)
    if (last !== undefined && last.from + last.count === part && last.count < perRequest) last.count++
    else requests.push({ from: part, count: 1 })
  }
  return requests
}

/**
 * Fetches a file into `part`: takes what is there already and what `old` has in the same place, fetches the rest in several requests at
 * once, checks every part, and syncs. Cut off anywhere, it is called again.
 */
export const fetchFile = async (
  fetching: Fetching,
  name: string,
  files: { readonly part: string; readonly old: string | null },
): Promise<Fetched> => {
  const recipe = await recipeOf(fetching, name)
  const has = new Uint8Array(partCount(recipe))
  const file = await open(files.part, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o640)
  try {
    await partsInPlace(file, recipe, async (part) => {
      has[part] = 1
    })
    const old =
      files.old === null ? null : await open(files.old, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
    try {
      if (old !== null)
        await partsInPlace(old, recipe, async (part, bytes) => {
          if (has[part] === 0) await writeFull(file, bytes, part * recipe.part_bytes)
          has[part] = 1
        })
    } finally {
      await old?.close()
    }
    const fetched_bytes = await fetchParts(fetching, { name, recipe, has, file })
    await file.truncate(recipe.size)
    return { size: recipe.size, fetched_bytes }
  } finally {
    await file.close()
  }
}

const fetchParts = async (
  { link, subscriptionId, signal }: Fetching,
  { name, recipe, has, file }: { name: string; recipe: Recipe; has: Uint8Array; file: FileHandle },
): Promise<number> => {
  const lanes = new Lanes(UNDER_WAY)
  const syncing = new Syncing(file)
  const path = DOOR.fetch(subscriptionId, name)
  let fetched = 0
  const fetchRun = async (run: { from: number; count: number }): Promise<void> => {
    for (let { from, count } = run; count > 0; ) {
      const { bytes } = await link.ask({ method: 'GET', path, query: { from, count }, signal, timeoutMs: 300_000 })
      const parts = partsIn(bytes)
      if (parts.length === 0 || parts.length > count) throw new WrongContent('分段数')
      for (const [index, part] of parts.entries()) {
        if (!same(hash('sha256', part, 'buffer'), digestAt(recipe, from + index)))
          throw new WrongContent(`第 ${from + index + 1} 段`)
        await writeFull(file, part, (from + index) * recipe.part_bytes)
        fetched += part.length
        syncing.wrote(part.length)
      }
      from += parts.length
      count -= parts.length
    }
  }
  for (const run of requestsFor(has, Math.max(1, Math.floor(REQUEST_BYTES / recipe.part_bytes))))
    await lanes.run(() => fetchRun(run))
  await lanes.settle()
  await syncing.finish()
  return fetched
}
