import { base64, concat, fromBase64, hex, utf8 } from './bytes.ts'
import { canonical } from './canonical.ts'
import {
  byLogId,
  flagField,
  type Head,
  MAX_HEADS,
  readHead,
  readSignature,
  readSignedCheckpoint,
  type Signature,
  type SignedCheckpoint,
  signatureBy,
} from './checkpoint.ts'
import type { HashAlg, Hasher } from './hasher.ts'
import { leafHash } from './merkle.ts'
import { countField, DIGEST_HEX, INSTANT, listField, NAME, recordField, SealError, textField } from './seal-error.ts'
import { type Signer, signedMessage } from './signature.ts'

// A bundle is NDJSON, every line canonical, told apart by its first member:
//   {"manifest":…}                         once, first
//   {"segment":…} and then its entries     what the next checkpoint adds to one log, at most MAX_SEGMENT entries each
//   {"checkpoint":…,"signatures":…}        after the segments it covers
//   {"end":…,"signatures":…}               once, last
// Entries stand before the checkpoint that covers them, so whoever verifies holds one frontier per log and nothing else.

/** The state of a log where the bundle begins. */
export interface AnchorHead extends Head {
  readonly frontier: readonly string[]
}

/** The checkpoint before the bundle's first, whose heads_root authenticates the frontiers the period starts from. */
export interface Anchor extends SignedCheckpoint {
  /** Every log in its heads_root, sorted. */
  readonly heads: readonly AnchorHead[]
}

export interface Manifest {
  readonly format: 'sanjiang-ledger/1'
  readonly node_id: string
  readonly demo: boolean
  readonly hash_alg: HashAlg
  readonly produced_at: string
  /** Inclusive; instants asked for by whoever ordered the export. */
  readonly period: { readonly from: string; readonly to: string }
  readonly checkpoints: { readonly first_no: number; readonly last_no: number }
  /** Null when the bundle begins with checkpoint 1. */
  readonly anchor: Anchor | null
}

/** Stored leaf hashes travel beside the entries: proved by the signed root, they name the very entry that was changed. */
export interface Segment {
  readonly log_id: string
  readonly from: number
  readonly leaves: readonly Uint8Array[]
  /** Frontier after this segment, where the store kept it: lets the verifier go on after a spoilt range. */
  readonly frontier?: readonly string[]
}

export interface SegmentLine {
  readonly log_id: string
  readonly from: number
  readonly count: number
  /** count × 32 bytes. */
  readonly leaves: Uint8Array
  readonly frontier?: readonly string[]
}

export interface BundleCounts {
  readonly lines: number
  readonly segments: number
  readonly entries: number
  readonly checkpoints: number
}

export interface End extends BundleCounts {
  readonly produced_at: string
  /** Over all lines before. */
  readonly digest: string
}

export const MAX_SEGMENT = 8192
const END_KIND = 'sanjiang-bundle-end/1'
const DIGEST_BLOCK = 1024 * 32

/** A digest over any number of lines with one-shot hashes only: leaf hashes are gathered and chained 1,024 at a time. */
export class LinesDigest {
  readonly #hasher: Hasher
  readonly #block = new Uint8Array(32 + DIGEST_BLOCK)
  #filled = 32

  constructor(hasher: Hasher) {
    this.#hasher = hasher
  }

  add(leaf: Uint8Array): void {
    this.#block.set(leaf, this.#filled)
    this.#filled += 32
    if (this.#filled === this.#block.length) this.#fold()
  }

  digest(): string {
    return hex(this.#hasher.hash(this.#block.subarray(0, this.#filled)))
  }

  #fold(): void {
    this.#block.set(this.#hasher.hash(this.#block))
    this.#filled = 32
  }
}

export const endMessage = (end: End): Uint8Array => signedMessage(END_KIND, end)

/** Makes a bundle's bytes piece by piece: the caller streams them, with its own back-pressure, as they come. */
export class BundleWriter {
  readonly #hasher: Hasher
  readonly #digest: LinesDigest
  readonly #counts = { lines: 0, segments: 0, entries: 0, checkpoints: 0 }
  #produced_at = ''

  constructor(hasher: Hasher) {
    this.#hasher = hasher
    this.#digest = new LinesDigest(hasher)
  }

  manifest(manifest: Manifest): Uint8Array {
    this.#produced_at = manifest.produced_at
    return this.#line({ manifest: readManifest({ ...manifest }) })
  }

  /**
   * One log's next entries. `lines` are the entries' canonical bytes as stored and `leaves` their leaf hashes as stored,
   * one each: neither is mended here, so that what was tampered with is exported as it is and found.
   */
  segment(segment: Segment, lines: readonly Uint8Array[]): Uint8Array {
    if (segment.leaves.length !== lines.length || lines.length > MAX_SEGMENT)
      throw new SealError('out_of_range', 'segment', `一段不超过 ${MAX_SEGMENT} 条，且叶与条目一一对应`)
    const { log_id, from, frontier } = segment
    const leaves = base64(concat(...segment.leaves))
    const head = this.#line({ segment: { log_id, from, count: lines.length, leaves, frontier } })
    for (const line of lines) {
      if (line.includes(10)) throw new SealError('malformed', 'segment', '条目不得含换行')
      this.#digest.add(leafHash(this.#hasher, line))
    }
    this.#counts.segments++
    this.#counts.entries += lines.length
    this.#counts.lines += lines.length
    const newline = utf8('\n')
    return concat(head, ...lines.flatMap((line) => [line, newline]))
  }

  checkpoint(signed: SignedCheckpoint): Uint8Array {
    this.#counts.checkpoints++
    return this.#line({ checkpoint: signed.checkpoint, signatures: signed.signatures })
  }

  /** Without a signer — where the exporter does not hold the node's key — produced_at is only a claim. */
  async end(...signers: readonly Signer[]): Promise<Uint8Array> {
    const end: End = { ...this.#counts, produced_at: this.#produced_at, digest: this.#digest.digest() }
    const signatures = await Promise.all(signers.map((signer) => signatureBy(signer, endMessage(end))))
    return this.#line({ end, signatures })
  }

  #line(value: unknown): Uint8Array {
    const bytes = utf8(canonical(value))
    this.#digest.add(leafHash(this.#hasher, bytes))
    this.#counts.lines++
    return concat(bytes, utf8('\n'))
  }
}

const readFrontier = (of: Record<string, unknown>): string[] => {
  const nodes = of.frontier
  const sound =
    Array.isArray(nodes) && nodes.length <= 53 && nodes.every((n) => typeof n === 'string' && DIGEST_HEX.test(n))
  if (!sound) throw new SealError('malformed', 'frontier', 'frontier 应为散列数组')
  return nodes as string[]
}

export const readAnchor = (value: Record<string, unknown>): Anchor => ({
  ...readSignedCheckpoint(value),
  heads: listField(value, 'heads', {
    max: MAX_HEADS,
    read: (item) => ({ ...readHead(item), frontier: readFrontier(item) }),
  }).sort(byLogId),
})

export const readManifest = (value: Record<string, unknown>): Manifest => {
  const period = recordField(value, 'period')
  const checkpoints = recordField(value, 'checkpoints')
  textField(value, 'format', /^sanjiang-ledger\/1$/)
  return {
    format: 'sanjiang-ledger/1',
    node_id: textField(value, 'node_id', NAME),
    demo: flagField(value, 'demo'),
    hash_alg: textField(value, 'hash_alg', /^(sha256|sm3)$/) as HashAlg,
    produced_at: textField(value, 'produced_at', INSTANT),
    period: { from: textField(period, 'from', INSTANT), to: textField(period, 'to', INSTANT) },
    checkpoints: { first_no: countField(checkpoints, 'first_no', 1), last_no: countField(checkpoints, 'last_no', 1) },
    anchor: value.anchor === null ? null : readAnchor(recordField(value, 'anchor')),
  }
}

export const readSegment = (value: Record<string, unknown>): SegmentLine => {
  const count = countField(value, 'count')
  // fromBase64 refuses what is not base64; a pattern over 350 KB of it would cost 6 % of all verifying.
  const leaves = fromBase64(textField(value, 'leaves', /^/))
  if (count > MAX_SEGMENT || leaves.length !== count * 32)
    throw new SealError('malformed', 'leaves', `一段不超过 ${MAX_SEGMENT} 条，且叶数应与 count 相符`)
  const base = { log_id: textField(value, 'log_id', NAME), from: countField(value, 'from'), count, leaves }
  return value.frontier === undefined ? base : { ...base, frontier: readFrontier(value) }
}

export const readEnd = (value: Record<string, unknown>): { end: End; signatures: Signature[] } => {
  const end = recordField(value, 'end')
  return {
    end: {
      lines: countField(end, 'lines'),
      segments: countField(end, 'segments'),
      entries: countField(end, 'entries'),
      checkpoints: countField(end, 'checkpoints'),
      produced_at: textField(end, 'produced_at', INSTANT),
      digest: textField(end, 'digest', DIGEST_HEX),
    },
    signatures: listField(value, 'signatures', { max: 8, read: readSignature }),
  }
}
