// Offline verification of a bundle against the bare hashes it cannot do without, in turns, by CPU time: nothing waits here.
import { nodeHash, verifyBundle } from '@sanjiang/seal'
import { nodeHasher, nodeSignatureCheck } from '@sanjiang/seal/node'
import { SampleNode } from '@sanjiang/seal/sample'

const CHECKPOINT_EVERY = 1_000
const hasher = nodeHasher('sha256')

export interface VerifyFigures {
  /** Rate of verification ÷ rate of the bare hashes, median of the rounds' pairs; 1 would be no overhead at all. */
  readonly ratio: number
  readonly entries_per_cpu_second: number
  readonly bare_entries_per_cpu_second: number
  readonly entries: number
  readonly bytes: number
}

const cpuSeconds = async (work: () => Promise<void> | void): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Each entry's leaf, one inner node per leaf, and the digest over the file's lines: what the proof consists of. */
const bareHashes = (leaves: readonly Uint8Array[]): void => {
  const pair = hasher.hash(new Uint8Array(0))
  for (const leaf of leaves) {
    hasher.hash(leaf)
    nodeHash(hasher, pair, pair)
  }
  const block = new Uint8Array(32 + 1024 * 32)
  for (let n = 0; n < leaves.length; n += 1024) hasher.hash(block)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Verifies `count` receipts of ordinary size (about 650 bytes) `rounds` times, each beside its bare hashes. */
export const measureVerification = async (count: number, rounds: number): Promise<VerifyFigures> => {
  const node = new SampleNode()
  await node.live({ logs: ['gw-a'], count, every: CHECKPOINT_EVERY })
  const bytes = await node.bytes()
  const leaves = node.rows.map(({ line }) => Buffer.from(`\0${line}`))
  node.rows = []
  const deps = { hasherFor: nodeHasher, checkSignature: nodeSignatureCheck }
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const [verifying, hashing] = [
      await cpuSeconds(async () => {
        const { ok } = await verifyBundle([bytes], node.trust(), deps)
        if (!ok) throw new Error('the sample bundle does not verify')
      }),
      await cpuSeconds(() => bareHashes(leaves)),
    ]
    if (round === 0) continue // the first is compiled while it runs
    ours.push(count / verifying)
    bare.push(count / hashing)
  }
  return {
    ratio: Number(median(ours.map((rate, index) => rate / bare[index]!)).toFixed(2)),
    entries_per_cpu_second: Math.round(median(ours)),
    bare_entries_per_cpu_second: Math.round(median(bare)),
    entries: count,
    bytes: bytes.length,
  }
}
