import { fromUtf8, utf8 } from './bytes.ts'

const HEAD = utf8('{"at":"')
const AFTER_AT = utf8('","body":{')
const TAIL = utf8(',"v":1}')
const AT = 1 + HEAD.length
const AT_LENGTH = 24

const standsAt = (bytes: Uint8Array, at: number, wanted: Uint8Array): boolean => {
  if (at < 0) return false
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false
  return true
}

/**
 * Reads log, number and instant off an entry's canonical bytes where the canonical form puts them, at either end.
 * JSON.parse of a 650-byte receipt costs three times its hash; this a tenth. It serves only entries whose hash is the
 * one stored for that place; anything else is parsed. `prefixed` is the line behind its 0x00 byte.
 */
export class EntryFrame {
  readonly #before: Uint8Array

  constructor(log_id: string) {
    this.#before = utf8(`,"log_id":"${log_id}","seq":`)
  }

  /** True when the entry says it is this number of this log. */
  holds(prefixed: Uint8Array, seq: number): boolean {
    let at = prefixed.length - TAIL.length
    if (!standsAt(prefixed, at, TAIL)) return false
    let rest = seq
    do {
      at--
      if (prefixed[at] !== 48 + (rest % 10)) return false
      rest = Math.floor(rest / 10)
    } while (rest > 0)
    if (!standsAt(prefixed, at - this.#before.length, this.#before)) return false
    return standsAt(prefixed, 1, HEAD) && standsAt(prefixed, AT + AT_LENGTH, AFTER_AT)
  }
}

/** An instant kept as its 24 characters' bytes, comparable with those inside a line without making text of them. */
export class InstantMark {
  readonly #bytes = new Uint8Array(AT_LENGTH)

  get text(): string {
    return this.#bytes[0] === 0 ? '' : fromUtf8(this.#bytes)
  }

  set text(at: string) {
    this.#bytes.fill(0)
    this.#bytes.set(utf8(at))
  }

  /** Negative when the line's instant is earlier than this, positive when later. */
  compare(prefixed: Uint8Array): number {
    for (let i = 0; i < AT_LENGTH; i++) {
      const difference = (prefixed[AT + i] as number) - (this.#bytes[i] as number)
      if (difference !== 0) return difference
    }
    return 0
  }

  take(prefixed: Uint8Array): void {
    for (let i = 0; i < AT_LENGTH; i++) this.#bytes[i] = prefixed[AT + i] as number
  }
}
