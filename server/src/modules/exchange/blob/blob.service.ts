import { join } from 'node:path'
import { digestAt, fieldsOf, partCount, type Recipe, readRecipe, SealError } from '@sanjiang/seal'
import type { Db, Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { nodeKey } from '#kernel/keys.ts'
import { findReader } from '../delivery/delivery.store.ts'
import { keepPlans } from '../delivery/plan.ts'
import { readTerms } from '../delivery/terms.store.ts'
import * as store from './blob.store.ts'
import { type SweepAges, type Swept, sweep } from './blob.sweep.ts'
import { Packs, type Place } from './packs.ts'
import { PartIntake, type TakenPart } from './part-intake.ts'

const RECIPES_KEPT = 64
const READ_MAX = 16 * 1_048_576
const FRAME_HEAD = 4
/** Written and not synced: beyond it senders wait for the disk. */
const MAX_PENDING = 256 * 1_048_576

export interface BlobParts {
  readonly db: Db
  readonly dataDir: string
  /** The grant's day. */
  readonly today: () => Promise<string>
  readonly now: () => string
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

const malformed = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof SealError) throw new Fault('malformed', error.message)
    throw error
  }
}

const recipeDigest = (text: string): Buffer => {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Fault('not_found')
  return Buffer.from(text, 'hex')
}

/** Bytes of files between agents: stored once by content, encrypted, given out under the grant as it is now. */
export class Blobs {
  readonly #parts: BlobParts
  readonly #packs: Packs
  /** Recipes that are being read or fetched; checked by their digest, so they never go stale. */
  readonly #recipes = new Map<string, Recipe>()
  /** Parts under way in this process: sent twice at once, they are stored once. */
  readonly #storing = new Map<string, Promise<void>>()
  /** Written, not yet synced and named in the database: lost with this process, and then sent again. */
  #pending = new Map<string, store.PartRow>()
  #pendingBytes = 0
  #flushing: Promise<void> | null = null

  constructor(parts: BlobParts) {
    this.#parts = parts
    this.#packs = new Packs({ dir: join(parts.dataDir, 'blobs', 'packs'), key: nodeKey(parts.dataDir, 'blobs') })
  }

  async missing(digests: readonly string[]): Promise<readonly string[]> {
    const wanted = digests.map((digest) => Buffer.from(digest, 'hex'))
    // Looked at first: what leaves it meanwhile is in the database by then.
    const pending = new Set(digests.filter((digest) => this.#pending.has(digest)))
    const there = new Set((await store.findParts(this.#parts.db, wanted)).map(({ digest }) => hexOf(digest)))
    return digests.filter((digest) => !there.has(digest) && !pending.has(digest))
  }

  /** Takes parts of one request as they arrive; what is under way or just written is passed over. Durable they are when their file is closed. */
  async put(body: AsyncIterable<Uint8Array>): Promise<void> {
    const intake = new PartIntake(this.#packs, (name) => this.#pending.has(name) || this.#storing.has(name))
    const waitFor = new Set<Promise<void>>()
    const storeTaken = (): void => {
      for (const part of intake.take()) waitFor.add(this.#store(part))
    }
    try {
      for await (const piece of body) {
        malformed(() => intake.push(piece))
        storeTaken()
      }
      malformed(() => intake.end())
    } finally {
      for (const name of intake.passedOver) waitFor.add(this.#storing.get(name) ?? Promise.resolve())
      await Promise.all(waitFor)
    }
    const flushed = this.#flush()
    if (this.#pendingBytes > MAX_PENDING) await flushed
    // Whoever needs it durable flushes again and hears of the failure.
    else flushed.catch(() => undefined)
  }

  #store({ name, digest, bytes, sealed }: TakenPart): Promise<void> {
    const stored = (async () => {
      const [place] = await this.#packs.add([sealed])
      this.#pending.set(name, { digest, bytes, ...(place as Place) })
      this.#pendingBytes += bytes
    })().finally(() => this.#storing.delete(name))
    this.#storing.set(name, stored)
    return stored
  }

  /** Syncs what is written and names it in the database; what comes meanwhile shares the next round. */
  #flush(): Promise<void> {
    const before = this.#flushing ?? Promise.resolve()
    const round = before
      .catch(() => undefined)
      .then(async () => {
        const taken = [...this.#pending.values()]
        if (taken.length === 0) return
        await this.#packs.sync()
        await store.insertParts(this.#parts.db, taken, this.#parts.now())
        for (const { digest, bytes } of taken) if (this.#pending.delete(hexOf(digest))) this.#pendingBytes -= bytes
      })
    this.#flushing = round
    return round
  }

  async #partOf(db: Db, digest: Uint8Array): Promise<Buffer | null> {
    const [row] = await store.findParts(db, [digest])
    return row === undefined ? null : Buffer.concat(await this.#packs.read(digest, row))
  }

  async #recipe(name: Buffer): Promise<Recipe | null> {
    const key = hexOf(name)
    const known = this.#recipes.get(key)
    if (known !== undefined) return known
    const bytes = await this.#partOf(this.#parts.db, name)
    if (bytes === null) return null
    const recipe = malformed(() => readRecipe(bytes))
    if (this.#recipes.size >= RECIPES_KEPT) this.#recipes.delete(this.#recipes.keys().next().value as string)
    this.#recipes.set(key, recipe)
    return recipe
  }

  /** A file is whole when its recipe and every part of it are here; from then on it may be fetched. */
  async close(
    feedId: string,
    recipeName: string,
    said: { readonly items: readonly string[]; readonly line: string },
  ): Promise<void> {
    const name = recipeDigest(recipeName)
    await this.#flush()
    const recipe = await this.#recipe(name)
    if (recipe === null) throw new Fault('parts_missing')
    if (malformed(() => fieldsOf(said.line)).length !== said.items.length) throw new Fault('malformed', '行的项数不符')
    const digests = Array.from({ length: partCount(recipe) }, (_, part) => digestAt(recipe, part))
    await this.#parts.db.transaction().execute(async (tx: Tx) => {
      await store.lockAgainstSweep(tx)
      const there = new Set((await store.findParts(tx, [name, ...digests])).map(({ digest }) => hexOf(digest)))
      if (!there.has(recipeName) || digests.some((digest) => !there.has(hexOf(digest))))
        throw new Fault('parts_missing')
      await store.insertFile(tx, { feed_id: feedId, recipe: name, size: recipe.size, ...said }, this.#parts.now())
    })
  }

  /** Whether a row with this content is visible to the subscription under its grant as it is now. */
  async #authorise(agentId: string, subscriptionId: string, name: Buffer): Promise<void> {
    const { db, dataDir } = this.#parts
    const reader = await findReader(db, subscriptionId)
    if (!reader || reader.agent_id !== agentId) throw new Fault('not_found')
    const terms = await readTerms(db, reader.grant_id)
    const today = await this.#parts.today()
    if (terms.status !== 'active') throw new Fault('grant_revoked')
    if (today < terms.starts_on || today > terms.ends_on) throw new Fault('grant_expired')
    if (reader.state !== 'active') throw new Fault('wrong_state', '订阅没有在运行')
    const plans = keepPlans(terms, reader.key as string[], dataDir)
    const text = hexOf(name)
    const files = await store.findFiles(db, reader.feed_id, name)
    // What names the content must come through the grant like any other item: masked or left out, there is no way here.
    const isVisible = files.some(({ items, line }) => {
      const shown = plans(items).project('rows', Buffer.from(`${line}\n`))
      return shown.rows === 1 && Buffer.from(shown.body).toString().trimEnd().split('\t').includes(text)
    })
    if (!isVisible) throw new Fault('not_found')
  }

  async readRecipe(agentId: string, subscriptionId: string, recipeName: string): Promise<Buffer> {
    const name = recipeDigest(recipeName)
    await this.#authorise(agentId, subscriptionId, name)
    const bytes = await this.#partOf(this.#parts.db, name)
    if (bytes === null) throw new Fault('chunks_expired')
    return bytes
  }

  /** Parts from one on, framed; as many as asked for and as go into one answer. */
  async readParts(
    reader: { readonly agentId: string; readonly subscriptionId: string },
    recipeName: string,
    range: { readonly from: number; readonly count: number },
  ): Promise<{ readonly length: number; readonly pieces: AsyncGenerator<readonly Uint8Array[]> }> {
    const name = recipeDigest(recipeName)
    await this.#authorise(reader.agentId, reader.subscriptionId, name)
    const recipe = await this.#recipe(name)
    if (recipe === null) throw new Fault('chunks_expired')
    const { from, count } = range
    const most = Math.max(1, Math.floor(READ_MAX / recipe.part_bytes))
    const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(count) && from >= 0 && count > 0
    if (!isRange || from >= partCount(recipe)) throw new Fault('malformed', '没有这一段')
    const to = Math.min(from + Math.min(count, most), partCount(recipe))
    const digests = Array.from({ length: to - from }, (_, index) => digestAt(recipe, from + index))
    const places = new Map((await store.findParts(this.#parts.db, digests)).map((row) => [hexOf(row.digest), row]))
    const rows = digests.flatMap((digest) => places.get(hexOf(digest)) ?? [])
    if (rows.length < digests.length) throw new Fault('chunks_expired')
    const length = rows.reduce((sum, { bytes }) => sum + bytes + FRAME_HEAD, 0)
    return { length, pieces: this.#piecesOf(rows) }
  }

  /** The next part is read and opened while one is written out. */
  async *#piecesOf(rows: readonly store.PartRow[]): AsyncGenerator<readonly Uint8Array[]> {
    for (const row of rows) {
      const length = Buffer.alloc(FRAME_HEAD)
      length.writeUInt32BE(row.bytes)
      yield [length, ...(await this.#packs.read(row.digest, row))]
    }
  }

  async fetched(agentId: string, subscriptionId: string, recipes: readonly string[]): Promise<void> {
    const reader = await findReader(this.#parts.db, subscriptionId)
    if (!reader || reader.agent_id !== agentId) throw new Fault('not_found')
    const names = recipes.map(recipeDigest)
    await store.insertFetches(this.#parts.db, { subscriptionId, feedId: reader.feed_id, names }, this.#parts.now())
  }

  /** What no file needs any more goes. */
  sweep(ages: SweepAges): Promise<Swept> {
    return sweep({ db: this.#parts.db, packs: this.#packs, recipeOf: (name) => this.#recipe(name) }, ages)
  }

  async stop(): Promise<void> {
    await this.#flush().catch(() => undefined)
    await this.#packs.close()
  }
}
