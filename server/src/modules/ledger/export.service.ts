import { Readable } from 'node:stream'
import {
  type AnchorHead,
  BundleWriter,
  canonical,
  MAX_SEGMENT,
  type Manifest,
  readAnchor,
  type SignedCheckpoint,
} from '@sanjiang/seal'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import {
  type CheckpointRow,
  findCheckpointBefore,
  findCheckpointSpan,
  type HeadRow,
  listCheckpointRange,
  listHeads,
  listHeadsAsOf,
} from './checkpoint.store.ts'
import { listEntryBytes, type StoredEntry } from './entry.store.ts'
import type { NodeKeys, NodeSigner } from './node.keys.ts'
import { HASHER } from './node-hasher.ts'

const CHECKPOINTS_AT_ONCE = 500
const ENTRIES_AT_ONCE = 4_000
const DAY_MS = 86_400_000
const SHANGHAI = '+08:00'
const LONG_AGO = '1970-01-01T00:00:00.000Z'
/** An entry is covered by a checkpoint signed a little after it, so the period's last ones are in the next period's first. */
const COVER_MS = 60_000

export interface ExportOptions {
  /** Days of Asia/Shanghai, both included. */
  readonly from?: string
  readonly to?: string
}

const toPeriod = ({ from, to }: ExportOptions, now: string): { from: string; to: string } => {
  if (from && to && from > to) throw invalid('to', 'range', '结束日期早于开始日期')
  const start = from ? new Date(`${from}T00:00:00${SHANGHAI}`).toISOString() : LONG_AGO
  const end = to ? new Date(Date.parse(`${to}T00:00:00${SHANGHAI}`) + DAY_MS).toISOString() : now
  return { from: start, to: end }
}

// What was tampered with is exported as it is; only what would break the file's own form is made harmless, and a changed
// byte is found either way.
const oneLine = ({ body }: StoredEntry): Uint8Array => Buffer.from(body.replaceAll('\n', ' '))
const oneLeaf = ({ leaf }: StoredEntry): Uint8Array => (leaf.length === 32 ? leaf : new Uint8Array(32))

const frontierOf = ({ frontier }: HeadRow): string[] =>
  Array.from({ length: Math.floor(frontier.length / 32) }, (_, i) => frontier.toString('hex', i * 32, i * 32 + 32))

const toSigned = ({ body, signatures }: CheckpointRow): SignedCheckpoint => {
  try {
    const signed = { checkpoint: JSON.parse(body), signatures: signatures as unknown as SignedCheckpoint['signatures'] }
    canonical(signed)
    return signed
  } catch {
    return { checkpoint: { unreadable: body } as never, signatures: [] }
  }
}

const toAnchorHead = (row: HeadRow): AnchorHead => ({
  log_id: row.log_id,
  size: row.size,
  root: row.root.toString('hex'),
  closed: row.is_closed,
  frontier: frontierOf(row),
})

const anchorBefore = async (db: Db, no: number): Promise<Manifest['anchor']> => {
  const row = await findCheckpointBefore(db, no)
  if (!row) return null
  const heads = (await listHeadsAsOf(db, row.no)).map(toAnchorHead)
  try {
    return readAnchor({ ...toSigned(row), heads })
  } catch {
    throw new Fault('wrong_state', `第 ${row.no} 号检查点已被改坏，无法由此起导出；请导出全部并离线验证，以查明之处`)
  }
}

/** Reads one log ahead, so that a quiet log costs one query per few thousand entries, not one per checkpoint. */
class EntryAhead {
  readonly #db: Db
  readonly #logId: string
  #rows: StoredEntry[] = []
  #fetchedTo: number

  constructor(db: Db, logId: string, from: number) {
    this.#db = db
    this.#logId = logId
    this.#fetchedTo = from
  }

  /** Rows numbered below `to` that were not taken yet, as stored; fewer or more than expected after a tampering. */
  async take(to: number): Promise<StoredEntry[]> {
    while (this.#fetchedTo < to) {
      const until = this.#fetchedTo + ENTRIES_AT_ONCE
      this.#rows.push(...(await listEntryBytes(this.#db, this.#logId, [this.#fetchedTo, until])))
      this.#fetchedTo = until
    }
    const end = this.#rows.findIndex(({ seq }) => seq >= to)
    return this.#rows.splice(0, end < 0 ? this.#rows.length : end)
  }
}

interface Track {
  readonly ahead: EntryAhead
  size: number
}

class PeriodExport {
  readonly #db: Db
  readonly #manifest: Manifest
  readonly #keys: NodeKeys
  readonly #writer = new BundleWriter(HASHER)
  readonly #tracks = new Map<string, Track>()
  readonly #signedBy = new Set<string>()

  constructor(db: Db, keys: NodeKeys, manifest: Manifest) {
    this.#db = db
    this.#keys = keys
    this.#manifest = manifest
    for (const { log_id, size } of manifest.anchor?.heads ?? [])
      this.#tracks.set(log_id, { ahead: new EntryAhead(db, log_id, size), size })
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    const { first_no, last_no } = this.#manifest.checkpoints
    yield this.#writer.manifest(this.#manifest)
    for (let no = first_no; no <= last_no; no += CHECKPOINTS_AT_ONCE) {
      const range = [no, Math.min(last_no, no + CHECKPOINTS_AT_ONCE - 1)] as const
      const checkpoints = await listCheckpointRange(this.#db, range)
      const heads = Map.groupBy(await listHeads(this.#db, range), (head) => head.no)
      for (const checkpoint of checkpoints) {
        for (const head of heads.get(checkpoint.no) ?? []) yield* this.#segments(head)
        const signed = toSigned(checkpoint)
        for (const one of Array.isArray(signed.signatures) ? signed.signatures : []) this.#signedBy.add(one?.key_id)
        yield this.#writer.checkpoint(signed)
      }
    }
    yield await this.#writer.end(...this.#signers())
  }

  /** The newest key, and the one this period's last checkpoint knows if a newer one came since: a verifier believes either. */
  #signers(): NodeSigner[] {
    const { signers } = this.#keys
    const known = signers.filter(({ key_id }) => this.#signedBy.has(key_id))
    return [...new Set([...known.slice(-1), ...signers.slice(-1)])]
  }

  async *#segments(head: HeadRow): AsyncGenerator<Uint8Array> {
    const { log_id, size } = head
    const track = this.#tracks.get(log_id) ?? { ahead: new EntryAhead(this.#db, log_id, 0), size: 0 }
    this.#tracks.set(log_id, track)
    for (
      let to = Math.min(size, track.size + ENTRIES_AT_ONCE);
      track.size < size;
      to = Math.min(size, to + ENTRIES_AT_ONCE)
    ) {
      const rows = await track.ahead.take(to)
      const frontier = to === size ? frontierOf(head) : undefined
      for (let at = 0; at === 0 || at < rows.length; at += MAX_SEGMENT) {
        const part = rows.slice(at, at + MAX_SEGMENT)
        const segment = { log_id, from: track.size + at, leaves: part.map(oneLeaf), frontier }
        yield this.#writer.segment(segment, part.map(oneLine))
      }
      track.size = to
    }
  }
}

/** Makes the bundle of a period; the stream reads ahead only as fast as it is taken. Throws when nothing was signed then. */
export const exportPeriod = async (
  { db, instant, actor }: Ctx,
  keys: NodeKeys,
  options: ExportOptions,
): Promise<{ filename: string; stream: Readable }> => {
  // The export is whole or proves nothing, so whoever reaches only some organs cannot have it.
  if (scopeOf(actor, 'ledger.entry.read') !== 'all')
    throw new Fault('forbidden', '导出涉及全部机构，须有全省范围的权限')
  const period = toPeriod(options, instant)
  const covered = new Date(Date.parse(period.to) + COVER_MS).toISOString()
  const checkpoints = await findCheckpointSpan(db, [period.from, covered])
  if (!checkpoints) throw new Fault('not_found', '该时期没有已签署的检查点')
  const manifest: Manifest = {
    format: 'sanjiang-ledger/1',
    node_id: keys.node_id,
    demo: keys.demo,
    hash_alg: HASHER.alg,
    produced_at: instant,
    period,
    checkpoints,
    anchor: await anchorBefore(db, checkpoints.first_no),
  }
  const { first_no, last_no } = checkpoints
  const filename = `${keys.node_id}-${first_no}-${last_no}.ndjson`
  return { filename, stream: Readable.from(new PeriodExport(db, keys, manifest).pieces(), { objectMode: false }) }
}
