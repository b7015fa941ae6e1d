import type { Refusal } from '#kernel/serve.ts'

const WINDOW_MS = 60_000
const MAX_KEYS = 10_000

interface Held {
  readonly refusal: Refusal
  readonly since: number
  repeats: number
}

export interface Folded {
  readonly refusal: Refusal
  readonly repeats: number
}

const keyOf = ({ actor, code, permission, path, ip }: Refusal): string =>
  JSON.stringify([actor.person_id, code, permission, path, ip])

/**
 * Folds a person's identical refusals: the first of a minute is told at once, the others as one number when the minute
 * is over. A page that asks again and again leaves two lines a minute, not hundreds.
 */
export class RefusalFold {
  readonly #held = new Map<string, Held>()

  /** Whether to tell this one now. */
  offer(refusal: Refusal, now: number): boolean {
    const key = keyOf(refusal)
    const held = this.#held.get(key)
    if (held) {
      held.repeats += 1
      return false
    }
    // Full of other refusals: then nothing is folded, and what bounds the log is each person's allowance.
    if (this.#held.size < MAX_KEYS) this.#held.set(key, { refusal, since: now, repeats: 0 })
    return true
  }

  /** Takes out what is over; of it, what was repeated. `Infinity` takes out everything. */
  takeDue(now: number): Folded[] {
    const due: Folded[] = []
    for (const [key, { refusal, since, repeats }] of this.#held) {
      if (now - since < WINDOW_MS) continue
      this.#held.delete(key)
      if (repeats > 0) due.push({ refusal, repeats })
    }
    return due
  }
}
