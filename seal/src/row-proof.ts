import { fromHex, utf8 } from './bytes.ts'
import { type Checkpoint, checkpointHash, type SignedCheckpoint } from './checkpoint.ts'
import { type Entry, parseEntry } from './entry.ts'
import { type Finding, Findings, type Place } from './finding.ts'
import type { HashAlg, Hasher } from './hasher.ts'
import { leafHash } from './merkle.ts'
import { verifyInclusion } from './proof.ts'
import { outcomeOf, type RowOutcome, type RowQuestion, type RowVerdict, readFacts, verdictOf } from './row-answer.ts'
import { verifyRowProof } from './row-leaves.ts'
import { type ProvedDelivery, readRowProof, type SealedEntry } from './row-proof-file.ts'
import { SealError } from './seal-error.ts'
import { allSeen, type Trust, verifyCheckpoint } from './trust.ts'
import type { VerifyDeps } from './verify.ts'

export interface JudgedDelivery {
  readonly log_id: string
  readonly log_seq: number
  readonly at: string
  readonly generation: number
  /** The chunk's place in the feed's log. */
  readonly seq: number
  readonly rows: number
  readonly outcome: RowOutcome
}

export interface RowReport {
  /** No fault was found: the answer below is proved as far as `deliveries` go. */
  readonly ok: boolean
  readonly node_id: string
  readonly demo: boolean
  readonly produced_at: string
  readonly question: RowQuestion | undefined
  readonly verdict: RowVerdict
  readonly deliveries: readonly JudgedDelivery[]
  readonly findings: readonly Finding[]
}

type Deps = Pick<VerifyDeps, 'hasherFor' | 'checkSignature'>

/** A checkpoint whose signature holds. */
interface Believed {
  readonly checkpoint: Checkpoint
  readonly hasher: Hasher
}

/** The verifier of one proof file: what it believes so far and what it found. */
class RowCheck {
  readonly findings = new Findings()
  readonly #trust: Trust
  readonly #deps: Deps
  readonly #believed = new Map<number, Believed>()

  constructor(trust: Trust, deps: Deps) {
    this.#trust = trust
    this.#deps = deps
  }

  async believe({ checkpoint, signatures }: SignedCheckpoint): Promise<void> {
    const where = { checkpoint_no: checkpoint.no }
    const judged = await verifyCheckpoint({ checkpoint, signatures }, this.#trust.keys, this.#deps.checkSignature)
    if (checkpoint.node_id !== this.#trust.node_id)
      return this.#fault('forged', where, `检查点出自节点 ${checkpoint.node_id}，所信的是 ${this.#trust.node_id}`)
    if (!judged.some(({ role, state }) => role === 'node' && state === 'valid'))
      return this.#fault('forged', where, `检查点 ${checkpoint.no} 上没有所信公钥的有效签名`)
    const hasher = this.#deps.hasherFor(checkpoint.hash_alg as HashAlg)
    const seen = allSeen(this.#trust).find(({ no }) => no === checkpoint.no)
    if (seen && seen.hash !== checkpointHash(hasher, checkpoint))
      return this.#fault('fork', where, `检查点 ${checkpoint.no} 与留存的不同：历史分叉`)
    this.#believed.set(checkpoint.no, { checkpoint, hasher })
  }

  /** The entry, once it is shown to stand in the log that a believed checkpoint signs; else undefined, and a finding. */
  entry({ entry: text, checkpoint_no, size, path }: SealedEntry): Entry | undefined {
    const entry = this.#read(text)
    if (entry === undefined) return undefined
    const where = { log_id: entry.log_id, seq: entry.seq, checkpoint_no }
    const believed = this.#believed.get(checkpoint_no)
    const head = believed?.checkpoint.heads.find(({ log_id }) => log_id === entry.log_id)
    if (believed === undefined || head === undefined || head.size !== size) {
      this.#fault('forged', where, `没有可信的检查点写明此日志有 ${size} 条`)
      return undefined
    }
    const stands = verifyInclusion(believed.hasher, {
      leaf: leafHash(believed.hasher, utf8(text)),
      index: entry.seq,
      size,
      proof: path.map(fromHex),
      root: fromHex(head.root),
    })
    if (stands) return entry
    this.#fault('edit', where, '由回执原文与路径算不出签署的树根：回执或路径被改动')
    return undefined
  }

  delivery(question: RowQuestion, delivery: ProvedDelivery): JudgedDelivery | undefined {
    const entry = this.entry(delivery)
    if (entry === undefined) return undefined
    const where = { log_id: entry.log_id, seq: entry.seq }
    const facts = readFacts(entry, question)
    if (typeof facts === 'string') {
      this.#fault('swap', where, facts)
      return undefined
    }
    const withheld = delivery.withheld && this.entry(delivery.withheld)
    const isWithheld = withheld?.kind === 'chunk_withheld' && withheld.body.voids === entry.seq
    if (delivery.withheld && !(isWithheld && withheld.body.voids_log_id === entry.log_id))
      this.#fault('swap', where, '所附的扣下记录不是这一块的')
    const { proof } = delivery
    if (proof && !(facts.leaves && verifyRowProof(this.#deps.hasherFor('sha256'), facts.leaves, proof))) {
      this.#fault('edit', where, '行证明与回执所载的叶根、次序承诺不符：行、盐、叶或路径被改动')
      return undefined
    }
    const outcome = outcomeOf(question, { facts, proof, isWithheld })
    if (outcome === undefined) {
      this.#fault('swap', where, '行证明不是所问的行或键的')
      return undefined
    }
    const { generation, seq, rows } = facts
    return { log_id: entry.log_id, log_seq: entry.seq, at: entry.at, generation, seq, rows, outcome }
  }

  #read(text: string): Entry | undefined {
    try {
      return parseEntry(text)
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      this.#fault('malformed', {}, `回执原文：${error.message}`)
      return undefined
    }
  }

  #fault(kind: Finding['kind'], where: Place, message: string): undefined {
    this.findings.add({ kind, where, message })
    return undefined
  }
}

const nothing = (trust: Trust, error: SealError): RowReport => ({
  ok: false,
  node_id: trust.node_id,
  demo: false,
  produced_at: '',
  question: undefined,
  verdict: 'unproven',
  deliveries: [],
  findings: [{ kind: 'malformed', severity: 'fault', where: {}, message: `${error.field} ${error.message}`.trim() }],
})

const read = (text: string, trust: Trust): ReturnType<typeof readRowProof> | RowReport => {
  try {
    return readRowProof(text)
  } catch (error) {
    if (error instanceof SealError) return nothing(trust, error)
    throw error
  }
}

/**
 * Verifies a proof of a row (ADR 0004) with nothing but the file and the trust. Never throws for what the file holds. What
 * it cannot see is whether the file names every delivery of the period: that is asked of an export of the ledger.
 */
export const verifyRowFile = async (text: string, trust: Trust, deps: Deps): Promise<RowReport> => {
  const file = read(text, trust)
  if ('verdict' in file) return file
  const check = new RowCheck(trust, deps)
  for (const checkpoint of file.checkpoints) await check.believe(checkpoint)
  const judged = file.deliveries.map((delivery) => check.delivery(file.question, delivery))
  const deliveries = judged.filter((one) => one !== undefined)
  const places = new Set(deliveries.map(({ log_id, log_seq }) => `${log_id} ${log_seq}`))
  if (places.size < deliveries.length)
    check.findings.add({ kind: 'insertion', where: {}, message: '同一张回执出现了两次' })
  return {
    ok: check.findings.faults === 0,
    node_id: file.node_id,
    demo: file.demo,
    produced_at: file.produced_at,
    question: file.question,
    verdict: verdictOf(deliveries.map(({ outcome }) => outcome)),
    deliveries,
    findings: check.findings.list,
  }
}
