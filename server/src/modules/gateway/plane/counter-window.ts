// 2 KiB a session. With 1,024 a client that makes 4,000 calls a second lost those held up for a quarter of one.
export const WINDOW = 16_384

/**
 * Which counters a session has used: anything above the highest is new; below it, a window tolerates calls that
 * overtook each other; older ones are refused. No store of nonces, no growth.
 */
export class CounterWindow {
  #highest = 0
  readonly #seen = new Uint32Array(WINDOW / 32)

  /** True the first time a counter is shown, false ever after. */
  accept(counter: number): boolean {
    if (!Number.isSafeInteger(counter) || counter < 1) return false
    if (counter > this.#highest) this.#slideTo(counter)
    else if (counter <= this.#highest - WINDOW) return false
    const slot = counter % WINDOW
    const bit = 1 << (slot & 31)
    if ((this.#seen[slot >> 5]! & bit) !== 0) return false
    this.#seen[slot >> 5]! |= bit
    return true
  }

  #slideTo(counter: number): void {
    if (counter - this.#highest >= WINDOW) this.#seen.fill(0)
    else
      for (let one = this.#highest + 1; one <= counter; one += 1) {
        const slot = one % WINDOW
        this.#seen[slot >> 5]! &= ~(1 << (slot & 31))
      }
    this.#highest = counter
  }
}
