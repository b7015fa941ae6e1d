import type { BundleCounts } from './bundle.ts'
import { BundleCheck } from './bundle-check.ts'
import type { Finding } from './finding.ts'
import type { HashAlg, Hasher } from './hasher.ts'
import { LineSplitter } from './lines.ts'
import { SealError } from './seal-error.ts'
import type { SignatureCheck } from './signature.ts'
import type { SeenCheckpoint, Trust, TrustKey } from './trust.ts'

export interface VerifyDeps {
  hasherFor(alg: HashAlg): Hasher
  readonly checkSignature: SignatureCheck
  /** Tolerated between clocks of processes, milliseconds; 60,000 unless told. */
  readonly skew_ms?: number
  /** `current`: must not be older than what was last seen. `past` is for whoever asked for an older period. */
  readonly presented_as?: 'current' | 'past'
  /** What was asked for; a bundle of another period is an old one passed off as it. */
  readonly period?: { readonly from: string; readonly to: string }
}

export interface Report {
  /** No fault was found. */
  readonly ok: boolean
  readonly node_id: string
  readonly demo: boolean
  readonly produced_at: string
  readonly counts: BundleCounts & { readonly logs: number; readonly bytes: number }
  readonly checkpoints: { readonly first_no: number; readonly last_no: number }
  /** Last authentic checkpoint of the bundle. */
  readonly last?: SeenCheckpoint
  /** Highest checkpoint with the witnesses required; 0 when none is. */
  readonly witnessed_no: number
  /** Receipts that met their entry, and those this bundle says nothing about. */
  readonly receipts: { readonly met: number; readonly outside: number }
  /** Keys believed after the bundle: as in the trust, and those handed over to inside it. */
  readonly keys: readonly TrustKey[]
  readonly findings: readonly Finding[]
  /** Findings beyond the cap, only counted. */
  readonly untold: number
}

/**
 * Verifies a bundle as its bytes stream in, holding one frontier per log whatever the size. Never throws for what the
 * bundle holds: everything wrong is a finding with its place. `chunks` may be cut anywhere.
 */
export const verifyBundle = async (
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  trust: Trust,
  deps: VerifyDeps,
): Promise<Report> => {
  const splitter = new LineSplitter()
  const check = new BundleCheck(trust, deps)
  try {
    for await (const chunk of chunks) {
      check.bytes += chunk.length
      for (const line of splitter.feed(chunk)) {
        const settling = check.take(line)
        if (settling !== undefined) await settling
      }
    }
    for (const line of splitter.rest()) await check.take(line)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    check.stopped(error)
  }
  return check.finish()
}

/** The trust to keep after a bundle: unchanged when it had faults, else with the checkpoint now seen and keys handed over. */
export const updatedTrust = (trust: Trust, report: Report): Trust => {
  const { last } = report
  if (!report.ok || last === undefined) return trust
  const newer = trust.last_seen === undefined || last.no > trust.last_seen.no
  return newer ? { ...trust, keys: report.keys, last_seen: last } : trust
}
