import { type ChunkHeader, frameParts, headerBytes, type RowLeavesFacts } from '@sanjiang/seal'
import { compressBody, decompressBody, nodeChunkDigest, openAtRest, release } from '@sanjiang/seal/node'
import type { Db } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import type { Receipt } from '#modules/ledger/index.ts'
import { DeliveryBook } from './delivery.book.ts'
import * as store from './delivery.store.ts'
import { restKey } from './grant-keys.ts'
import { keepLeaves } from './leaves.ts'
import type { DeliveryParts } from './open.ts'
import { concerns } from './passage.rules.ts'
import { keepPlans } from './plan.ts'
import { readTerms, type Terms } from './terms.store.ts'

/** Chunks made ready ahead of the one being written: enough for the thread pool, little enough for memory. */
const AHEAD = 6
const LOOK = 256
const BODIES = 8

interface Delivered {
  readonly chunk: store.ChunkMeta
  /** Seq of the chunk delivered before it. */
  readonly after: number
}

interface Batch {
  readonly reader: store.Reader
  readonly terms: Terms
  readonly list: readonly Delivered[]
}

/** What differs with who takes the chunk; what it may hold does not. */
export interface Taker {
  /** How rows are written; as lines when left out. */
  readonly write?: (items: readonly string[], kind: 'rows' | 'changes', lines: Uint8Array) => Uint8Array
  /** What the receipt says of the taker besides. */
  readonly facts: Readonly<Record<string, string>>
  /** Asked again when the policy has moved: whether the taker may still take. */
  readonly mayTake: () => Promise<boolean>
}

const AGENT: Taker = { facts: {}, mayTake: () => Promise.resolve(true) }

interface Made {
  readonly chunk: store.ChunkMeta
  readonly after: number
  readonly rows: number
  readonly header: Uint8Array
  readonly body: Uint8Array
  readonly digest: Buffer
  readonly leaves: RowLeavesFacts | undefined
}

/** A chunk under its grant whose receipt is durable. */
export interface Sealed extends Made {
  readonly receipt: Receipt
}

const stopOf = (terms: Terms, today: string): Fault | null => {
  if (terms.status !== 'active') return new Fault('grant_revoked')
  if (today < terms.starts_on || today > terms.ends_on) return new Fault('grant_expired')
  return null
}

/** What stops a delivery is written on the subscription too, where both sides look. */
const stop = async ({ db }: DeliveryParts, reader: store.Reader, fault: Fault): Promise<never> => {
  const message = fault.code === 'grant_revoked' ? '授权已收回，传输停在下一块之前' : '授权已到期或未生效'
  const trouble = { code: fault.code, party: 'provider', message, at: new Date().toISOString() }
  await store.stopReader(db, reader.subscription_id, { state: 'stopped', trouble })
  throw fault
}

/** The subscription as its own agent reads it; 404 for anybody else's. */
export const readReader = async (
  { db }: DeliveryParts,
  agentId: string,
  subscriptionId: string,
): Promise<store.Reader> => {
  const reader = await store.findReader(db, subscriptionId)
  if (!reader || reader.agent_id !== agentId) throw new Fault('not_found')
  return reader
}

/** Bodies fetched several at a time, in the order they will be wanted. */
async function* withBodies(
  parts: DeliveryParts,
  { reader, list }: Batch,
): AsyncGenerator<Delivered & { sealed: Buffer | null }> {
  for (let at = 0; at < list.length; at += BODIES) {
    const piece = list.slice(at, at + BODIES)
    const wanted = piece.filter(({ chunk }) => chunk.bytes > 0).map(({ chunk }) => chunk.seq)
    const bodies =
      wanted.length > 0 ? await store.listBodies(parts.db, reader.feed_id, wanted) : new Map<number, Buffer>()
    for (const one of piece) {
      const sealed = bodies.get(one.chunk.seq) ?? null
      if (one.chunk.bytes > 0 && !sealed) throw new Fault('chunks_expired')
      yield { ...one, sealed }
    }
  }
}

class Shipment {
  readonly #parts: DeliveryParts
  readonly #batch: Batch
  readonly #plan: ReturnType<typeof keepPlans>
  readonly #key: ReturnType<typeof restKey>
  readonly #book: DeliveryBook
  readonly #taker: Taker

  constructor(parts: DeliveryParts, batch: Batch, taker = AGENT) {
    this.#taker = taker
    this.#parts = parts
    this.#batch = batch
    this.#plan = keepPlans(batch.terms, batch.reader.key as string[], parts.dataDir)
    this.#key = restKey(parts.dataDir)
    this.#book = new DeliveryBook(parts.db)
  }

  /** One chunk under the grant, sealed in the ledger, ready to be written. */
  async prepare(delivered: Delivered & { sealed: Buffer | null }): Promise<Uint8Array[]> {
    const made = await this.#make(delivered)
    const compressing = compressBody(made.body)
    await this.#seal(made)
    const compressed = await compressing
    release(made.body)
    return frameParts(made.header, compressed, made.digest)
  }

  async seal(delivered: Delivered & { sealed: Buffer | null }): Promise<Sealed> {
    const made = await this.#make(delivered)
    return { ...made, receipt: await this.#seal(made) }
  }

  async #make({ chunk, after, sealed }: Delivered & { sealed: Buffer | null }): Promise<Made> {
    const source = JSON.parse(chunk.header) as ChunkHeader
    const { lines, body, rows, items } = await this.#project(source, sealed)
    const { reader } = this.#batch
    const header = headerBytes({
      ...source,
      items,
      rows: chunk.kind === 'end' ? await store.sumRows(this.#parts.db, reader, chunk.run_id) : rows,
      bytes: body.length,
      subscription_id: reader.subscription_id,
      after,
    })
    const leaves = reader.row_leaves ? await this.#keepLeaves({ chunk, body: lines, items }) : undefined
    return { chunk, after, rows, header, body, digest: nodeChunkDigest(header, body), leaves }
  }

  async #project(source: ChunkHeader, sealed: Buffer | null) {
    const plan = this.#plan(source.items)
    const none = Buffer.alloc(0)
    if (!sealed) return { lines: none, body: none, rows: 0, items: plan.items }
    const place = { feed_id: source.feed_id, seq: source.seq }
    const { key_id, key } = this.#key
    const packed = openAtRest((id) => (id === key_id ? key : undefined), place, sealed)
    const plain = await decompressBody(source, packed)
    release(packed)
    const kind = source.kind as 'rows' | 'changes'
    const { body: lines, rows } = plan.project(kind, plain)
    if (lines !== plain) release(plain)
    return { lines, body: this.#taker.write?.(plan.items, kind, lines) ?? lines, rows, items: plan.items }
  }

  /** Chunks without lines have no leaves: that they have none the receipt's `rows` says. */
  async #keepLeaves({ chunk, ...made }: { chunk: store.ChunkMeta; body: Uint8Array; items: readonly string[] }) {
    const { kind, seq } = chunk
    if (made.body.length === 0 || (kind !== 'rows' && kind !== 'changes')) return undefined
    return keepLeaves(this.#parts, { ...made, kind, seq, reader: this.#batch.reader })
  }

  /** No byte of governed data leaves before its receipt is committed; a grant that changed meanwhile takes it back. */
  async #seal({ chunk, after, digest, rows, body, leaves }: Made): Promise<Receipt> {
    const { reader, terms } = this.#batch
    const bytes = body.length
    const facts = {
      ...this.#taker.facts,
      bytes,
      consumer_organ_id: terms.consumer_organ_id,
      digest: digest.toString('hex'),
      feed_id: reader.feed_id,
      generation: reader.generation,
      grant_id: terms.grant_id,
      grant_version: terms.version,
      provider_organ_id: terms.provider_organ_id,
      resource_code: terms.resource_code,
      ...(leaves && { row_leaves: leaves }),
      rows,
      run_id: chunk.run_id,
      seq: chunk.seq,
      source_digest: chunk.digest.toString('hex'),
      subscription_id: reader.subscription_id,
    }
    const receipt = await this.#parts.ledger.append({ kind: 'chunk_delivered', body: facts })
    if (receipt.policy_version > terms.policy_version) await this.#decideAgain(facts, receipt)
    await this.#book.enter({
      subscription_id: reader.subscription_id,
      generation: reader.generation,
      seq: chunk.seq,
      after,
      run_id: chunk.run_id,
      kind: chunk.kind,
      rows,
      bytes,
      digest,
      grant_version: terms.version,
      log_id: receipt.log_id,
      log_seq: receipt.seq,
      at: receipt.at,
    })
    return receipt
  }

  async #decideAgain(facts: Record<string, unknown>, receipt: { log_id: string; seq: number }): Promise<void> {
    const { terms, reader } = this.#batch
    const now = await readTerms(this.#parts.db, terms.grant_id)
    const mayTake = await this.#taker.mayTake()
    if (mayTake && now.status === 'active' && now.version === terms.version) return
    const withheld = { ...facts, voids: receipt.seq, voids_log_id: receipt.log_id }
    await this.#parts.ledger.append({ kind: 'chunk_withheld', body: withheld })
    if (now.status !== 'active') await stop(this.#parts, reader, new Fault('grant_revoked'))
    if (!mayTake) throw new Fault('no_grant', '应用系统已停用、公钥已吊销，或授权已改绑')
    throw new Fault('grant_changed')
  }
}

export interface FramesQuery {
  readonly from: number
  readonly run: string
}

/** The next chunks that concern the reader, however many it is passed over before them; none at the log's end. */
const nextWanted = async (db: Db, reader: store.Reader, from: number): Promise<readonly store.ChunkMeta[]> => {
  for (let at = from; ; ) {
    const chunks = await store.listChunks(db, { feedId: reader.feed_id, from: at, limit: LOOK })
    const wanted = chunks.filter((chunk) => concerns(reader, chunk))
    const last = chunks.at(-1)
    if (wanted.length > 0 || !last) return wanted
    await store.passOver(db, reader, { from: at, to: last.seq + 1 })
    at = last.seq + 1
  }
}

/** Which chunks from `from` on one answer brings. */
const choose = async ({ db, maxBytes }: DeliveryParts, reader: store.Reader, from: number): Promise<Delivered[]> => {
  const wanted = await nextWanted(db, reader, from)
  let after = wanted[0] ? await store.findPrevious(db, reader, wanted[0].seq) : -1
  let bytes = 0
  const list: Delivered[] = []
  for (const chunk of wanted) {
    bytes += chunk.stored_bytes
    if (list.length > 0 && bytes > maxBytes) break
    list.push({ chunk, after })
    after = chunk.seq
  }
  return list
}

/** What is to be given now, decided on the grant as it stands; null when there is nothing. */
const openBatch = async (parts: DeliveryParts, reader: store.Reader, from: number): Promise<Batch | null> => {
  if (reader.state === 'stopped') throw new Fault('grant_revoked', '传输已停止')
  if (reader.state !== 'active') throw new Fault('wrong_state', '传输没有在运行')
  const terms = await readTerms(parts.db, reader.grant_id)
  const fault = stopOf(terms, await parts.today())
  if (fault) return stop(parts, reader, fault)
  const list = await choose(parts, reader, Math.max(from, reader.from_seq))
  return list.length === 0 ? null : { reader, terms, list }
}

/**
 * The frames of a subscription from a seq on, in order, each sealed before it is yielded; null when there is nothing. Throws typed
 * faults: `grant_revoked`, `grant_expired`, `chunks_expired`, `stale` when the agent reads from another base.
 */
export const openFrames = async (
  parts: DeliveryParts,
  reader: store.Reader,
  { from, run }: FramesQuery,
): Promise<AsyncGenerator<Uint8Array[]> | null> => {
  if (reader.state === 'active' && reader.base_run_id !== run)
    throw new Fault('stale', '起点已变，请按最新任务重新开始')
  const batch = await openBatch(parts, reader, from)
  return batch && ship(parts, batch)
}

/** The next chunk that a taker has not acknowledged, sealed; `policy`: the version under which the taker was let in. */
export const nextChunk = async (
  parts: DeliveryParts,
  reader: store.Reader,
  { taker, policy }: { taker: Taker; policy: number },
): Promise<Sealed | null> => {
  if (reader.state === 'active' && reader.base_run_id === null) return null
  const batch = await openBatch({ ...parts, maxBytes: 0 }, reader, reader.next_seq)
  if (!batch) return null
  const terms = { ...batch.terms, policy_version: Math.min(policy, batch.terms.policy_version) }
  const shipment = new Shipment(parts, { ...batch, terms }, taker)
  for await (const one of withBodies(parts, batch)) return shipment.seal(one)
  return null
}

async function* ship(parts: DeliveryParts, batch: Batch): AsyncGenerator<Uint8Array[]> {
  const shipment = new Shipment(parts, batch)
  const ready: Promise<Uint8Array[]>[] = []
  const settle = (): Promise<Uint8Array[]> => ready.shift() as Promise<Uint8Array[]>
  try {
    for await (const one of withBodies(parts, batch)) {
      // The end says how many rows went before it, so those must be counted.
      if (one.chunk.kind === 'end') while (ready.length > 0) yield await settle()
      const prepared = shipment.prepare(one)
      // Awaited in order below; one that fails first must not count as unhandled meanwhile.
      prepared.catch(() => undefined)
      ready.push(prepared)
      if (ready.length >= AHEAD) yield await settle()
    }
    while (ready.length > 0) yield await settle()
  } finally {
    await Promise.allSettled(ready)
  }
}
