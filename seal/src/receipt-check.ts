import { hex } from './bytes.ts'
import type { Head } from './checkpoint.ts'
import type { Findings } from './finding.ts'
import type { Receipt } from './trust.ts'

const keyOf = (log_id: string, seq: number): string => `${log_id}/${seq}`

/** Receipts that consumers kept, met with the entries they were given for. */
export class ReceiptCheck {
  met = 0
  readonly #open: Map<string, Receipt>
  /** Logs that some receipt names, with the size at which the bundle leaves them. */
  readonly #sizes = new Map<string, { start: number; size: number; closed: boolean }>()

  constructor(receipts: readonly Receipt[]) {
    this.#open = new Map(receipts.map((receipt) => [keyOf(receipt.log_id, receipt.seq), receipt]))
    for (const { log_id } of receipts) this.#sizes.set(log_id, { start: 0, size: 0, closed: false })
  }

  get isEmpty(): boolean {
    return this.#open.size === 0
  }

  /** Receipts the bundle says nothing about. */
  get outside(): number {
    return this.#open.size
  }

  start(log_id: string, size: number): void {
    if (this.#sizes.has(log_id)) this.#sizes.set(log_id, { start: size, size, closed: false })
  }

  settle({ log_id, size, closed }: Head): void {
    const known = this.#sizes.get(log_id)
    if (known !== undefined) this.#sizes.set(log_id, { ...known, size, closed })
  }

  /** An entry at its place. */
  meet(place: { log_id: string; seq: number; line: number }, leaf: Uint8Array, findings: Findings): void {
    const key = keyOf(place.log_id, place.seq)
    const receipt = this.#open.get(key)
    if (receipt === undefined) return
    this.#open.delete(key)
    this.met++
    const found = hex(leaf)
    if (found === receipt.leaf) return
    const message = `第 ${place.seq} 条与使用方留存的回执不符，被改动`
    findings.add({ kind: 'edit', where: place, expected: receipt.leaf, found, message })
  }

  /** Receipts that should have met their entry: inside a signed size, beyond a closed one, or inside the time covered. */
  leave({ from, to }: { from: string; to: string }, findings: Findings): void {
    for (const [key, { log_id, seq, at }] of this.#open) {
      const log = this.#sizes.get(log_id)
      const inSize = log !== undefined && seq >= log.start && (seq < log.size || log.closed)
      const inTime = at !== undefined && at > from && at < to
      if (!inSize && !inTime) continue
      this.#open.delete(key)
      findings.add({
        kind: 'removal',
        where: { log_id, seq },
        message: `使用方持有第 ${seq} 条的回执，文件中没有这一条`,
      })
    }
  }
}
