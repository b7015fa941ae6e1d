import { hash } from 'node:crypto'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { digestAt, PartReader, partCount, partLength, type Recipe, readRecipe } from '@sanjiang/seal'
import { Lanes } from './lanes.ts'
import type { Link } from './link.ts'
import type { RandomFile } from './random-file.ts'

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

/** The agent's line to the centre, as far as fetching needs it. */
export type FetchLink = Pick<Link, 'ask' | 'stream'>

export interface Fetching {
  readonly link: FetchLink
  readonly subscriptionId: string
  readonly signal: AbortSignal
  /** A file's size once it is known, and each part that is there, from wherever it came. */
  readonly onSize?: (bytes: number) => void
  readonly onBytes?: (bytes: number) => void
  /** Tries again what a broken line has cut. */
  readonly persist?: <T>(work: () => Promise<T>) => Promise<T>
}

export interface Fetched {
  readonly size: number
  /** Bytes that travelled; the others stood in the part file or in the file it replaces. */
  readonly fetched_bytes: number
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const readPart = async (file: RandomFile, recipe: Recipe, part: number, buffer: Buffer): Promise<Buffer | null> => {
  const bytes = buffer.subarray(0, partLength(recipe, part))
  return (await file.read(bytes, part * recipe.part_bytes)) === bytes.length ? bytes : null
}

/** Parts that a file on this machine has in their place: left by an earlier try, or by the version that is replaced. */
const partsInPlace = async (
  file: RandomFile,
  recipe: Recipe,
  take: (part: number, bytes: Buffer) => Promise<void>,
): Promise<void> => {
  const { size } = await file.state()
  const buffer = Buffer.allocUnsafe(recipe.part_bytes)
  for (let part = 0; part < partCount(recipe) && part * recipe.part_bytes < size; part++) {
    const bytes = await readPart(file, recipe, part, buffer)
    if (bytes !== null && same(hash('sha256', bytes, 'buffer'), digestAt(recipe, part))) await take(part, bytes)
  }
}

/** Syncs what was written now and then, beside the writing; the last sync then finds little left to do. */
class Syncing {
  readonly #file: RandomFile
  #unsynced = 0
  #running: Promise<void> | null = null
  constructor(file: RandomFile) {
    this.#file = file
  }
  wrote(bytes: number): void {
    this.#unsynced += bytes
    if (this.#unsynced < SYNC_BYTES || this.#running !== null) return
    this.#unsynced = 0
    this.#running = this.#file
      .sync()
      .catch(() => undefined)
      .finally(() => {
        this.#running = null
      })
  }
  async settled(): Promise<void> {
    await this.#running
  }
}

const asIs = <T>(work: () => Promise<T>): Promise<T> => work()

const recipeOf = async (fetching: Fetching, name: string): Promise<Recipe> => {
  const { link, subscriptionId, signal, persist = asIs } = fetching
  const path = DOOR.fetch(subscriptionId, name)
  const { bytes } = await persist(() => link.ask({ method: 'GET', path, signal }))
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
 * Fetches a file into `part`: takes what is there already and what others on this machine have in the same place, fetches the rest in
 * several requests at once, checks every part, and syncs. Cut off anywhere, it is called again.
 */
export const fetchFile = async (
  fetching: Fetching,
  name: string,
  { part: file, old }: { readonly part: RandomFile; readonly old: readonly RandomFile[] },
): Promise<Fetched> => {
  const recipe = await recipeOf(fetching, name)
  const has = new Uint8Array(partCount(recipe))
  const { onSize, onBytes } = fetching
  onSize?.(recipe.size)
  const have = (part: number, bytes: Uint8Array): void => {
    if (has[part] === 0) onBytes?.(bytes.length)
    has[part] = 1
  }
  await partsInPlace(file, recipe, async (part, bytes) => have(part, bytes))
  for (const one of old)
    if (has.includes(0))
      await partsInPlace(one, recipe, async (part, bytes) => {
        if (has[part] === 0) await file.write(bytes, part * recipe.part_bytes)
        have(part, bytes)
      })
  const fetched_bytes = await fetchParts(fetching, { name, recipe, has, file })
  await file.cut(recipe.size)
  await file.sync()
  return { size: recipe.size, fetched_bytes }
}

/** Gathers parts of one answer in a buffer that is used again, checks each and writes it in its place. */
class PartWriter {
  readonly #of: { readonly recipe: Recipe; readonly file: RandomFile; readonly buffer: Buffer }
  readonly #reader: PartReader
  readonly #whole: (part: number) => void
  #part: number
  #filled = 0
  #length = 0
  #isReady = false

  constructor(of: { recipe: Recipe; file: RandomFile; buffer: Buffer; from: number }, whole: (part: number) => void) {
    this.#of = of
    this.#part = of.from
    this.#whole = whole
    const taker = {
      begin: (length: number) => this.#begin(length),
      piece: (bytes: Uint8Array) => {
        of.buffer.set(bytes, this.#filled)
        this.#filled += bytes.length
      },
      end: () => {
        this.#isReady = true
      },
    }
    this.#reader = new PartReader(taker, { isNamed: false })
  }

  #begin(length: number): void {
    const { recipe } = this.#of
    if (this.#part >= partCount(recipe) || length !== partLength(recipe, this.#part)) throw new WrongContent('分段长度')
    this.#filled = 0
    this.#length = length
  }

  async push(piece: Buffer): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      at += this.#reader.push(piece.subarray(at))
      if (this.#isReady) await this.#write()
    }
  }

  async #write(): Promise<void> {
    const { recipe, file, buffer } = this.#of
    this.#isReady = false
    const bytes = buffer.subarray(0, this.#length)
    if (!same(hash('sha256', bytes, 'buffer'), digestAt(recipe, this.#part)))
      throw new WrongContent(`第 ${this.#part + 1} 段`)
    await file.write(bytes, this.#part * recipe.part_bytes)
    this.#whole(this.#part)
    this.#part++
  }
}

const fetchParts = async (
  { link, subscriptionId, signal, onBytes, persist = asIs }: Fetching,
  { name, recipe, has, file }: { name: string; recipe: Recipe; has: Uint8Array; file: RandomFile },
): Promise<number> => {
  const lanes = new Lanes(UNDER_WAY)
  const syncing = new Syncing(file)
  const path = DOOR.fetch(subscriptionId, name)
  const free: Buffer[] = []
  let fetched = 0
  /** One request; what came whole before a line broke is not asked for again. */
  const fetchSome = async ({ from, count }: { from: number; count: number }, buffer: Buffer): Promise<number> => {
    let reached = from
    const writer = new PartWriter({ recipe, file, buffer, from }, (part) => {
      const bytes = partLength(recipe, part)
      reached = part + 1
      fetched += bytes
      onBytes?.(bytes)
      syncing.wrote(bytes)
    })
    try {
      const pieces = await link.stream({ method: 'GET', path, query: { from, count }, signal, timeoutMs: 300_000 })
      for await (const piece of pieces ?? []) await writer.push(piece)
    } catch (error) {
      if (reached === from) throw error
    }
    if (reached === from) throw new WrongContent('分段数')
    return reached - from
  }
  const fetchRun = async (run: { from: number; count: number }): Promise<void> => {
    const buffer = free.pop() ?? Buffer.allocUnsafe(Math.min(recipe.part_bytes, recipe.size))
    for (let { from, count } = run; count > 0; ) {
      const ask = { from, count }
      const got = await persist(() => fetchSome(ask, buffer))
      from += got
      count -= got
    }
    free.push(buffer)
  }
  for (const run of requestsFor(has, Math.max(1, Math.floor(REQUEST_BYTES / recipe.part_bytes))))
    await lanes.run(() => fetchRun(run))
  await lanes.settle()
  await syncing.settled()
  return fetched
}
