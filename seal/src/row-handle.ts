import { concat, utf8 } from './bytes.ts'
import type { Hasher } from './hasher.ts'
import type { MaskRule } from './mask.ts'

export const ROW_HANDLE = 'row_handle'
export const HANDLE_LENGTH = 32

/**
 * Whether a grant's lines begin with a handle: some key item is not given or given masked; or a condition looks beyond the
 * key. In the latter case the removal of a row that the consumer never had would tell it that row's key.
 */
export const needsHandle = (grant: {
  readonly items: readonly { readonly name_en: string; readonly mask_rule: MaskRule }[]
  readonly conditions: readonly { readonly item: string }[]
  readonly key: readonly string[]
}): boolean =>
  !grant.key.every((item) => grant.items.some((one) => one.name_en === item && one.mask_rule === 'none')) ||
  grant.conditions.some(({ item }) => !grant.key.includes(item))

/** Stands for a row's key under one grant: first 32 hex digits of SHA-256(secret ‖ ':' ‖ key line). */
export const rowHandle = (hasher: Hasher, secret: Uint8Array, keyLine: string): string => {
  const digest = hasher.hash(concat(secret, utf8(`:${keyLine}`)))
  let text = ''
  for (let i = 0; i < HANDLE_LENGTH / 2; i++) text += (digest[i] as number).toString(16).padStart(2, '0')
  return text
}

const DIGITS = utf8('0123456789abcdef')

/** Writes handles into lines from the places of their key fields, without making texts of them. */
export class HandleWriter {
  readonly #hasher: Hasher
  readonly #prefix: number
  #message: Uint8Array

  constructor(hasher: Hasher, secret: Uint8Array) {
    this.#hasher = hasher
    this.#prefix = secret.length + 1
    this.#message = new Uint8Array(this.#prefix + 256)
    this.#message.set(secret)
    this.#message[secret.length] = 0x3a
  }

  /** `fields`: start and end of each key field in turn. Writes 32 digits at `at`. */
  write(bytes: Uint8Array, fields: Int32Array, { out, at }: { out: Uint8Array; at: number }): void {
    let length = this.#prefix
    for (let f = 0; f < fields.length; f += 2) {
      const start = fields[f] as number
      const end = fields[f + 1] as number
      this.#reserve(length + end - start + 1)
      if (f > 0) this.#message[length++] = 9
      for (let i = start; i < end; i++) this.#message[length++] = bytes[i] as number
    }
    const digest = this.#hasher.hash(this.#message.subarray(0, length))
    for (let i = 0; i < HANDLE_LENGTH / 2; i++) {
      const byte = digest[i] as number
      out[at + 2 * i] = DIGITS[byte >> 4] as number
      out[at + 2 * i + 1] = DIGITS[byte & 15] as number
    }
  }

  #reserve(length: number): void {
    if (length <= this.#message.length) return
    const larger = new Uint8Array(2 * length)
    larger.set(this.#message)
    this.#message = larger
  }
}
