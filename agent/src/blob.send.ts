import { hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { namedParts, partBytesFor, partCount, writeRecipe } from '@sanjiang/seal'
import { Lanes } from './lanes.ts'
import { type Link, Refused } from './link.ts'
import type { RandomFile } from './random-file.ts'

/** What one request carries, and how many are under way: the next is read and hashed while others travel. */
const WINDOW_BYTES = 8 * 1_048_576
const UNDER_WAY = 3
/** Parts may be swept between being told of and the closing; then once more. */
const TRIES = 3
const RETRY_MS = 500

/** The agent's line to the centre, as far as files need it. */
export type BlobLink = Pick<Link, 'ask'>

export class FileMoved extends Error {
  constructor() {
    super('文件在读取期间被改动')
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

const named = (bytes: Uint8Array): NamedPart => ({ digest: hash('sha256', bytes, 'buffer'), bytes })
const hexOf = (digest: Buffer): string => digest.toString('hex')

interface NamedPart {
  readonly digest: Buffer
  readonly bytes: Uint8Array
}

const putParts = async ({ link, feedId, signal }: Sending, parts: readonly NamedPart[]): Promise<void> => {
  const named = namedParts(
    parts.map(({ bytes }) => bytes),
    parts.map(({ digest }) => digest),
  )
  const bytes = named.map((one) => Buffer.from(one.buffer, one.byteOffset, one.length))
  await link.ask({ method: 'PUT', path: DOOR.parts(feedId), bytes, signal, timeoutMs: 300_000 })
}

const missingOf = async ({ link, feedId, signal }: Sending, digests: readonly string[]): Promise<Set<string>> => {
  const ask = { method: 'POST', path: DOOR.partsMissing(feedId), json: { digests }, signal } as const
  const { bytes } = await link.ask(ask)
  return new Set((JSON.parse(bytes.toString('utf8')) as { digests: string[] }).digests)
}

/** Sends what the centre lacks of these parts; returns what. */
const sendLacking = async (sending: Sending, parts: readonly NamedPart[]): Promise<readonly NamedPart[]> => {
  const missing = await missingOf(
    sending,
    parts.map(({ digest }) => hexOf(digest)),
  )
  const lacking = parts.filter(({ digest }) => missing.delete(hexOf(digest)))
  if (lacking.length > 0) await putParts(sending, lacking)
  return lacking
}

/** A file to be read; opened anew for each try. */
export type Opening = () => Promise<RandomFile>

/** Reads a file once: hashes its parts and, with `sending`, brings those to the centre that it lacks. */
export const readThrough = async (open: Opening, sending: Sending | null): Promise<Sent> => {
  const file = await open()
  try {
    const before = await file.state()
    const { size } = before
    const part_bytes = partBytesFor(size)
    const digests = Buffer.alloc(partCount({ size, part_bytes }) * 32)
    const windowBytes = Math.min(Math.max(WINDOW_BYTES, part_bytes), size)
    const lanes = new Lanes(UNDER_WAY)
    const free: Buffer[] = []
    let sent = 0
    const assertStill = async (): Promise<void> => {
      const after = await file.state()
      if (after.size !== size || after.mtime !== before.mtime) throw new FileMoved()
    }
    let recipe = ''
    for (let at = 0; recipe === ''; at += windowBytes) {
      sending?.signal.throwIfAborted()
      const buffer = free.pop() ?? Buffer.allocUnsafe(windowBytes)
      const window = buffer.subarray(0, Math.min(windowBytes, size - at))
      if ((await file.read(window, at)) !== window.length) throw new FileMoved()
      const parts: NamedPart[] = []
      for (let from = 0; from < window.length; from += part_bytes)
        parts.push(named(window.subarray(from, from + part_bytes)))
      parts.forEach(({ digest }, index) => void digest.copy(digests, (at / part_bytes + index) * 32))
      if (at + windowBytes >= size) {
        // With the last parts goes the recipe, which spares a request and a sync.
        await assertStill()
        const last = named(writeRecipe({ size, part_bytes, digests }))
        parts.push(last)
        recipe = hexOf(last.digest)
      }
      await lanes.run(async () => {
        for (const { bytes } of sending === null ? [] : await sendLacking(sending, parts))
          if (bytes.buffer === buffer.buffer) sent += bytes.length
        free.push(buffer)
      })
    }
    await lanes.settle()
    await assertStill()
    return { recipe, size, sent_bytes: sent }
  } finally {
    await file.close()
  }
}

/** The row of a file, once its recipe is known. */
export type LineFor = (recipe: string) => { readonly items: readonly string[]; readonly line: string }

/** Brings a file to the centre and closes it there. Cut off anywhere, it is called again and sends only what is lacking. */
export const sendFile = async (sending: Sending, open: Opening, lineFor: LineFor): Promise<Sent> => {
  let sent_bytes = 0
  for (let attempt = 1; ; attempt++) {
    const { recipe, size, sent_bytes: more } = await readThrough(open, sending)
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
