import { nodeHasher } from '../node/index.ts'
import {
  bodyOf,
  type Entry,
  hex,
  inclusionProof,
  makeRowLeaves,
  type ProvedDelivery,
  proveAbsence,
  proveKey,
  provePresence,
  type RowProof,
  type RowProofFile,
  readerOf,
  removalLine,
} from '../src/index.ts'
import { later, SampleNode } from './sample-node.ts'

const hasher = nodeHasher('sha256')
export const AT = '2026-03-02T01:00:00.000Z'
const LOG = 'ex-a'
export const QUESTION = {
  subscription_id: '019a2b5c-7e11-7c3a-9d0e-3f1b6a8c5d21',
  grant_id: '019a2b5c-7e11-7c3a-9d0e-3f1b6a8c5d22',
  resource_code: '302015001/000007',
  from: AT,
  to: later(AT, 3_600_000),
}
const ITEMS = ['citizen_id', 'name']

interface Chunk {
  readonly kind: 'rows' | 'changes'
  readonly lines: readonly string[]
  readonly salt?: Uint8Array
}

const keep = ({ kind, lines, salt = new Uint8Array(32).fill(lines.length + 1) }: Chunk) => ({
  ...makeRowLeaves(hasher, { kind, key: [0], salt, body: bodyOf(lines) }),
  salt,
})
type Kept = ReturnType<typeof keep>

/** A node that delivered these chunks in turn, and its proof of what was asked, as the platform would write it. */
export class Deliverer {
  readonly node = new SampleNode()
  readonly chunks: { readonly entry: Entry; readonly kept: Kept; readonly kind: Chunk['kind'] }[] = []

  async deliver(...chunks: readonly Chunk[]): Promise<this> {
    this.node.kind = 'chunk_delivered'
    for (const [at, chunk] of chunks.entries()) {
      const kept = keep(chunk)
      const { leaves: _, salt: __, ...sealed } = kept
      const body = {
        subscription_id: QUESTION.subscription_id,
        grant_id: QUESTION.grant_id,
        resource_code: QUESTION.resource_code,
        generation: 1,
        seq: at,
        rows: kept.rows,
        row_leaves: { ...sealed, items: ITEMS, key: [0], kind: chunk.kind },
      }
      this.chunks.push({ entry: this.node.append(LOG, later(AT, at), body), kept, kind: chunk.kind })
    }
    await this.node.seal(later(AT, 1000))
    return this
  }

  proof(asked: { key: string; line?: string }): RowProofFile {
    const leaves = this.node.rows.map(({ leaf }) => leaf)
    const read = readerOf(hasher, leaves)
    const deliveries = this.chunks.map(({ kept, kind }, seq): ProvedDelivery => {
      const removed = removalLine({ items: ITEMS, key: [0] }, asked.key)
      const line = asked.line !== undefined && (kind === 'changes' ? `+\t${asked.line}` : asked.line)
      const shape = { kind, key: [0] }
      const proof =
        (line ? provePresence(hasher, kept, { ...shape, line }) : undefined) ??
        proveAbsence(hasher, kept, asked.key) ??
        proveKey(hasher, kept, { ...shape, key_line: asked.key, ...(kind === 'changes' && { except: removed }) }) ??
        provePresence(hasher, kept, { ...shape, line: removed })
      return {
        entry: this.node.row(LOG, seq).line,
        checkpoint_no: 1,
        size: leaves.length,
        path: inclusionProof({ hasher, read }, seq, leaves.length).map(hex),
        proof: proof as RowProof,
      }
    })
    return {
      format: 'sanjiang-row-proof/1',
      node_id: this.node.node_id,
      demo: false,
      produced_at: later(AT, 5000),
      question: { ...QUESTION, ...asked },
      checkpoints: this.node.checkpoints.map(({ signed }) => signed),
      deliveries,
    }
  }
}
