import { generateKeyPairSync } from 'node:crypto'
import { nodeEd25519Signer, nodeHasher } from '../node/index.ts'
import {
  BundleWriter,
  base64,
  byLogId,
  type Checkpoint,
  checkpointHash,
  type Entry,
  entryText,
  Frontier,
  type HashAlg,
  type Hasher,
  type Head,
  headsRoot,
  hex,
  leafHash,
  MAX_SEGMENT,
  type NamedKey,
  NO_CHECKPOINT,
  type SignedCheckpoint,
  type Signer,
  signCheckpoint,
  type Trust,
  type TrustKey,
  utf8,
} from '../src/index.ts'

export type SampleSigner = Signer & { public_key: Uint8Array }

export const newSigner = (): SampleSigner => {
  const { privateKey } = generateKeyPairSync('ed25519')
  return nodeEd25519Signer(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string)
}

export const namedKey = ({ key_id, alg, public_key }: SampleSigner): NamedKey => ({
  key_id,
  alg,
  public_key: base64(public_key),
})

/** A row of the entry table as the node's database holds it: everything here a superuser may change. */
export interface EntryRow {
  log_id: string
  seq: number
  line: string
  leaf: Uint8Array
}

interface CheckpointRow {
  signed: SignedCheckpoint
  /** Frontier of each changed log at this checkpoint. */
  frontiers: Map<string, readonly string[]>
}

interface OpenLog {
  frontier: Frontier
  closed: boolean
  sealed: Head | undefined
}

export interface ExportOrder {
  from_no?: number
  to_no?: number
  produced_at?: string
  period?: { from: string; to: string }
  /** Export without the node's signature on the end line. */
  unsigned?: boolean
}

/**
 * A node in memory with a "database" of rows that tests tamper with as its superuser would, and an export that reads
 * whatever is there. It seals as the server does; only the storage is simpler.
 */
export class SampleNode {
  rows: EntryRow[] = []
  checkpoints: CheckpointRow[] = []
  signer: SampleSigner
  readonly first: SampleSigner
  readonly node_id: string
  readonly demo: boolean
  readonly hasher: Hasher
  /** Whether the export carries stored frontiers, which let a verifier go on after a spoilt range. */
  withFrontiers = false
  /** Of the entries appended from now on. */
  kind = 'call'
  #logs = new Map<string, OpenLog>()

  constructor({ node_id = 'qinghai', demo = false, alg = 'sha256' as HashAlg, signer = newSigner() } = {}) {
    this.node_id = node_id
    this.demo = demo
    this.hasher = nodeHasher(alg)
    this.signer = signer
    this.first = signer
  }

  #log(log_id: string): OpenLog {
    const known = this.#logs.get(log_id) ?? { frontier: new Frontier(this.hasher), closed: false, sealed: undefined }
    this.#logs.set(log_id, known)
    return known
  }

  append(log_id: string, at: string, body: Record<string, unknown>): Entry {
    const log = this.#log(log_id)
    const entry: Entry = { v: 1, log_id, seq: log.frontier.size, at, kind: this.kind, body }
    const line = entryText(entry)
    const leaf = leafHash(this.hasher, utf8(line))
    log.frontier.append(leaf)
    this.rows.push({ log_id, seq: entry.seq, line, leaf })
    return entry
  }

  close(log_id: string): void {
    this.#log(log_id).closed = true
  }

  /** Signs the state of all logs, as the worker does every second. */
  async seal(at: string, { next_key }: { next_key?: NamedKey } = {}): Promise<SignedCheckpoint> {
    const last = this.checkpoints.at(-1)?.signed.checkpoint
    const open = [...this.#logs].map(([log_id, log]) => ({ log, head: this.#head(log_id, log) }))
    const changed = open.filter(({ log, head }) => log.sealed?.size !== head.size || log.sealed.closed !== head.closed)
    const checkpoint: Checkpoint = {
      v: 1,
      node_id: this.node_id,
      demo: this.demo,
      hash_alg: this.hasher.alg,
      no: (last?.no ?? 0) + 1,
      at,
      prev: last === undefined ? NO_CHECKPOINT : checkpointHash(this.hasher, last),
      ...(next_key === undefined ? {} : { next_key }),
      heads: changed.map(({ head }) => head).sort(byLogId),
      heads_root: headsRoot(
        this.hasher,
        open.map(({ head }) => head),
      ),
    }
    const signed = await signCheckpoint(this.signer, checkpoint)
    const frontiers = new Map(changed.map(({ log, head }) => [head.log_id, log.frontier.state().nodes]))
    this.checkpoints.push({ signed, frontiers })
    for (const { log, head } of open) {
      log.sealed = head
      if (head.closed) this.#logs.delete(head.log_id)
    }
    return signed
  }

  #head(log_id: string, { frontier, closed }: OpenLog): Head {
    return { log_id, size: frontier.size, root: hex(frontier.root()), closed }
  }

  /** `count` entries to each of `logs`, sealed every `every` entries, one second apart. Returns the last instant. */
  async live({
    logs = ['gw-a', 'gw-b'],
    count = 40,
    every = 10,
    from = '2026-03-02T01:00:00.000Z',
  } = {}): Promise<string> {
    let at = from
    for (let i = 0; i < count; i++) {
      for (const log_id of logs) this.append(log_id, at, sampleBody(i))
      if ((i + 1) % every !== 0) continue
      at = later(at, 1000)
      await this.seal(at)
    }
    return at
  }

  trust(more: Partial<Trust> = {}): Trust {
    const key: TrustKey = { ...namedKey(this.first), role: 'node' }
    return { node_id: this.node_id, keys: [key], ...more }
  }

  /** The row of an entry, for tampering. */
  row(log_id: string, seq: number): EntryRow {
    const row = this.rows.find((candidate) => candidate.log_id === log_id && candidate.seq === seq)
    if (row === undefined) throw new Error(`no row ${log_id}/${seq}`)
    return row
  }

  /** Stores changed text with the leaf hash that fits it, as a careful forger does. */
  rewrite(row: EntryRow, line: string): void {
    row.line = line
    row.leaf = leafHash(this.hasher, utf8(line))
  }

  #stateBefore(no: number): Map<string, { head: Head; frontier: readonly string[] }> {
    const state = new Map<string, { head: Head; frontier: readonly string[] }>()
    for (const { signed, frontiers } of this.checkpoints) {
      if (signed.checkpoint.no >= no) break
      for (const [log_id, { head }] of state) if (head.closed) state.delete(log_id)
      for (const head of signed.checkpoint.heads)
        state.set(head.log_id, { head, frontier: frontiers.get(head.log_id) ?? [] })
    }
    return state
  }

  /** The pieces of an export, in order. */
  async *export(order: ExportOrder = {}): AsyncGenerator<Uint8Array> {
    const writer = new BundleWriter(this.hasher)
    const chosen = this.checkpoints.filter(({ signed: { checkpoint } }) => {
      return checkpoint.no >= (order.from_no ?? 1) && checkpoint.no <= (order.to_no ?? Number.MAX_SAFE_INTEGER)
    })
    const first = chosen[0]?.signed.checkpoint as Checkpoint
    const last = chosen.at(-1)?.signed.checkpoint as Checkpoint
    const state = this.#stateBefore(first.no)
    const before = this.checkpoints.find(({ signed }) => signed.checkpoint.no === first.no - 1)
    const heads = [...state.values()].map(({ head, frontier }) => ({ ...head, frontier })).sort(byLogId)
    yield writer.manifest({
      format: 'sanjiang-ledger/1',
      node_id: this.node_id,
      demo: this.demo,
      hash_alg: this.hasher.alg,
      produced_at: order.produced_at ?? later(last.at, 60_000),
      period: order.period ?? { from: first.at, to: last.at },
      checkpoints: { first_no: first.no, last_no: last.no },
      anchor: before === undefined ? null : { ...before.signed, heads },
    })
    const sizes = new Map([...state].map(([log_id, { head }]) => [log_id, head.size]))
    for (const { signed, frontiers } of chosen) {
      for (const head of signed.checkpoint.heads) {
        yield* this.#segments(writer, { head, from: sizes.get(head.log_id) ?? 0, frontier: frontiers.get(head.log_id) })
        sizes.set(head.log_id, head.size)
      }
      yield writer.checkpoint(signed)
    }
    yield await writer.end(...(order.unsigned ? [] : [this.signer]))
  }

  *#segments(
    writer: BundleWriter,
    { head, from, frontier }: { head: Head; from: number; frontier: readonly string[] | undefined },
  ): Generator<Uint8Array> {
    const rows = this.rows
      .filter(({ log_id, seq }) => log_id === head.log_id && seq >= from && seq < head.size)
      .sort((a, b) => a.seq - b.seq)
    for (let at = 0; at < rows.length; at += MAX_SEGMENT) {
      const part = rows.slice(at, at + MAX_SEGMENT)
      const leaves = part.map(({ leaf }) => leaf)
      const segment = { log_id: head.log_id, from: (part[0] as EntryRow).seq, leaves }
      const lines = part.map(({ line }) => utf8(line))
      yield writer.segment(this.withFrontiers && frontier !== undefined ? { ...segment, frontier } : segment, lines)
    }
  }

  async bytes(order: ExportOrder = {}): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const part of this.export(order)) parts.push(part)
    return new Uint8Array(Buffer.concat(parts))
  }
}

export const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

/** The receipt of a governed call, of ordinary size: about 600 bytes as a line. */
export const sampleBody = (i: number): Record<string, unknown> => ({
  answer_digest: hex(new Uint8Array(32).fill(i % 251)),
  bytes: 2048 + (i % 97),
  case_no: `630103-2026-${String(i).padStart(8, '0')}`,
  client_id: '019a2b5c-7e11-7c3a-9d0e-3f1b6a8c5d21',
  consumer_organ_id: '019a2b5c-0001-7000-8000-000000000012',
  grant_id: '019a2b5c-7e11-7c3a-9d0e-3f1b6a8c5d22',
  grant_version: 3,
  items: ['xm', 'gmsfhm', 'csrq', 'hjdz', 'hyzk', 'fwcs', 'mz', 'xb', 'whcd'],
  officer: '019a2b5c-0002-7000-8000-000000000034',
  outcome: 'answered',
  purpose: '行政审批',
  resource_code: '302015001/000007',
  subjects: [`k1:${'A'.repeat(42)}${i % 10}`],
})
