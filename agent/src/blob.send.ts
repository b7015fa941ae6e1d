import { hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { framedParts, partBytesFor, partCount, writeRecipe } from '@sanjiang/seal'
import { type Link, Refused } from './link.ts'

/** What one request carries, and how many are under way: the next is read and hashed while others travel. */
const WINDOW_BYTES = 8 * 1_048_576
const UNDER_WAY = 3
/** Parts may be swept between being told of and the closing; then once more. */
const TRIES = 3
const RETRY_MS = 500

/** The agent's line to the centre, as far as files need it. */
export type BlobLink = Pick<Link, 'ask'>

export class FileMoved extends Error {
  constructor(path: string) {
    super(`${path} 在读取期间被改动`)
    this.name = 'FileMoved'
  }
}

export interface Sent {
  readonly recipe: string
  readonly size: number
  /** Bytes that had to travel; the others were at the centre. */
  readonly sent_bytes: number
}

export interface Sending {
  readonly link: BlobLink
  readonly feedId: string
  readonly signal: AbortSignal
}

const hexOf = (digest: Buffer): string => digest.toString('hex')

const readFull = async (file: FileHandle, buffer: Buffer, place: number): Promise<number> => {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, place + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** Runs at most so many at once; the first failure is thrown at the next step. */
class Lanes {
  readonly #width: number
  readonly #running = new Set<Promise<void>>()
  #failure: unknown = null
  constructor(width: number) {
    this.#width = width
  }
  async run(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#width) await Promise.race(this.#running)
    if (this.#failure !== null) throw this.#failure
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
  async settle(): Promise<void> {
    await Promise.all(this.#running)
    if (this.#failure !== null) throw this.#failure
  }
}

export { Lanes }

const putParts = async ({ link, feedId, signal }: Sending, parts: readonly Uint8Array[]): Promise<void> => {
  const bytes = framedParts(parts).map((one) => Buffer.from(one.buffer, one.byteOffset, one.length))
  await link.ask({ method: 'PUT', path: DOOR.parts(feedId), bytes, signal, timeoutMs: 300_000 })
}

const missingOf = async ({ link, feedId, signal }: Sending, digests: readonly string[]): Promise<Set<string>> => {
  const ask = { method: 'POST', path: DOOR.partsMissing(feedId), json: { digests }, signal } as const
  const { bytes } = await link.ask(ask)
  return new Set((JSON.parse(bytes.toString('utf8')) as { digests: string[] }).digests)
}

interface Window {
  readonly parts: readonly Uint8Array[]
  /** The last of the parts, in the last window. */
  readonly recipe: Uint8Array | null
  readonly digests: readonly Buffer[]
}

/** Sends what the centre lacks of one window; returns how much that was. */
const sendWindow = async (sending: Sending, { parts, digests, recipe }: Window): Promise<number> => {
  const names = digests.map(hexOf)
  const missing = await missingOf(sending, names)
  const lacking = parts.filter((_, index) => missing.delete(names[index] as string))
  if (lacking.length > 0) await putParts(sending, lacking)
  return lacking.reduce((sum, part) => sum + (part === recipe ? 0 : part.length), 0)
}

/** Reads a file once: hashes its parts and, with `sending`, brings those to the centre that it lacks. */
export const readThrough = async (path: string, sending: Sending | null): Promise<Sent> => {
  const file = await open(path, 'r')
  try {
    const before = await file.stat({ bigint: true })
    const size = Number(before.size)
    const part_bytes = partBytesFor(size)
    const digests = Buffer.alloc(partCount({ size, part_bytes }) * 32)
    const windowBytes = Math.max(WINDOW_BYTES, part_bytes)
    const lanes = new Lanes(UNDER_WAY)
    const free: Buffer[] = []
    let sent = 0
    const isMoved = async (): Promise<boolean> => {
      const after = await file.stat({ bigint: true })
      return after.size !== before.size || after.mtimeNs !== before.mtimeNs
    }
    let recipe = ''
    for (let at = 0; recipe === ''; at += windowBytes) {
      sending?.signal.throwIfAborted()
      const buffer = free.pop() ?? Buffer.allocUnsafe(windowBytes)
      const window = buffer.subarray(0, Math.min(windowBytes, size - at))
      if ((await readFull(file, window, at)) !== window.length) throw new FileMoved(path)
      const parts: Uint8Array[] = []
      for (let from = 0; from < window.length; from += part_bytes) parts.push(window.subarray(from, from + part_bytes))
      const found = parts.map((part) => hash('sha256', part, 'buffer'))
      Buffer.concat(found).copy(digests, (at / part_bytes) * 32)
      if (at + windowBytes >= size) {
        // With the last parts goes the recipe, which spares a request and a sync.
        if (await isMoved()) throw new FileMoved(path)
        const bytes = writeRecipe({ size, part_bytes, digests })
        const digest = hash('sha256', bytes, 'buffer')
        parts.push(bytes)
        found.push(digest)
        recipe = hexOf(digest)
      }
      await lanes.run(async () => {
        if (sending !== null)
          sent += await sendWindow(sending, {
            parts,
            digests: found,
            recipe: recipe === '' ? null : (parts.at(-1) ?? null),
          })
        free.push(buffer)
      })
    }
    await lanes.settle()
    if (await isMoved()) throw new FileMoved(path)
    return { recipe, size, sent_bytes: sent }
  } finally {
    await file.close()
  }
}

/** The row of a file, once its recipe is known. */
export type LineFor = (recipe: string) => { readonly items: readonly string[]; readonly line: string }

/** Brings a file to the centre and closes it there. Cut off anywhere, it is called again and sends only what is lacking. */
export const sendFile = async (sending: Sending, path: string, lineFor: LineFor): Promise<Sent> => {
  let sent_bytes = 0
  for (let attempt = 1; ; attempt++) {
    const { recipe, size, sent_bytes: more } = await readThrough(path, sending)
    sent_bytes += more
    try {
      const json = lineFor(recipe)
      await sending.link.ask({ method: 'POST', path: DOOR.file(sending.feedId, recipe), json, signal: sending.signal })
      return { recipe, size, sent_bytes }
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'parts_missing' || attempt === TRIES) throw error
      // Another door of the centre may just be writing down what it was given.
      await pause(RETRY_MS, undefined, { signal: sending.signal })
    }
  }
}

/** Closes a file again whose content is known; false when the centre no longer has all of it. */
export const closeAgain = async (
  { link, feedId, signal }: Sending,
  recipe: string,
  json: ReturnType<LineFor>,
): Promise<boolean> => {
  try {
    await link.ask({ method: 'POST', path: DOOR.file(feedId, recipe), json, signal })
    return true
  } catch (error) {
    if (error instanceof Refused && error.code === 'parts_missing') return false
    throw error
  }
}
