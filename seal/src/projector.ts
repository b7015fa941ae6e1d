import type { Hasher } from './hasher.ts'
import type { MaskRule } from './mask.ts'
import { HANDLE_LENGTH, HandleWriter } from './row-handle.ts'
import { type ByteMask, byteMask, MASK_GROWTH } from './row-mask.ts'
import { ByteMemo, fieldText } from './row-memo.ts'
import { countLines } from './row-text.ts'
import { copyWords, passWords } from './row-words.ts'
import { SealError } from './seal-error.ts'

// One pass over a chunk's bytes: a field that stays is copied while its end is looked for, one that goes is stepped over.

const TAB = 9
const LF = 10
const PLUS = 0x2b
const MINUS = 0x2d
const BANG = 0x21
const BACKSLASH = 0x5c
const CAPITAL_N = 0x4e

interface Plan {
  /** By place in the chunk: undefined is not granted. */
  readonly masks: readonly (MaskRule | undefined)[]
  readonly tests: readonly { readonly place: number; readonly test: (text: string | null) => boolean }[]
  readonly key: readonly number[]
  readonly hasher: Hasher
  readonly handleSecret: Uint8Array | undefined
  readonly lends: boolean
}

/** A field that is looked at, not just copied or stepped over. */
interface Watched {
  readonly kept: boolean
  readonly mask: ByteMask | undefined
  readonly test: ByteMemo<boolean> | undefined
  /** Places in the list of key ends, or -1. */
  readonly key: number
}

/** What to do from one field to the next watched one: runs of fields are copied or stepped over together. */
interface Step {
  readonly kind: 'copy' | 'skip' | 'watch'
  readonly fields: number
  readonly watched: Watched | undefined
  /** Ends with the line. */
  readonly last: boolean
}

const misfit = (row: number): SealError => new SealError('malformed', 'body', `第 ${row + 1} 行的字段数与数据块不符`)

const isNull = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 2 && bytes[start] === BACKSLASH && bytes[start + 1] === CAPITAL_N

const memoOf = (tests: readonly ((text: string | null) => boolean)[]): ByteMemo<boolean> | undefined =>
  tests.length === 0
    ? undefined
    : new ByteMemo((bytes, start, end) => {
        const text = fieldText(bytes, start, end)
        // What cannot be read satisfies nothing.
        return text !== undefined && tests.every((test) => test(text))
      })

const stepsOf = (plan: Plan, watchKey: boolean): Step[] => {
  const steps: Step[] = []
  const count = plan.masks.length
  for (let place = 0; place < count; place++) {
    const rule = plan.masks[place]
    const tests = plan.tests.filter((one) => one.place === place).map(({ test }) => test)
    const key = watchKey ? plan.key.indexOf(place) : -1
    const last = place === count - 1
    const isMasked = rule !== undefined && rule !== 'none'
    const kind = isMasked || tests.length > 0 || key !== -1 ? 'watch' : rule === undefined ? 'skip' : 'copy'
    const before = steps.at(-1)
    if (kind !== 'watch' && before?.kind === kind)
      steps[steps.length - 1] = { ...before, fields: before.fields + 1, last }
    else
      steps.push({
        kind,
        fields: 1,
        last,
        watched:
          kind === 'watch'
            ? { kept: rule !== undefined, mask: isMasked ? byteMask(rule) : undefined, test: memoOf(tests), key }
            : undefined,
      })
  }
  return steps
}

export class Projector {
  readonly #plan: Plan
  readonly #rows: readonly Step[]
  readonly #changes: readonly Step[]
  readonly #handle: HandleWriter | undefined
  readonly #isIdentity: boolean
  /** Start and end of each key field of the row at hand. */
  readonly #key: Int32Array
  readonly #keyTests: readonly (ByteMemo<boolean> | undefined)[]
  /** For each field that comes out of a removal: its place in the key, or -1 for NULL. */
  readonly #removed: readonly number[]
  /** By how much a line may come out longer than it came in. */
  readonly #growth: number
  #out: Uint8Array = new Uint8Array(0)
  #outView = new DataView(this.#out.buffer)

  constructor(plan: Plan) {
    this.#plan = plan
    this.#handle = plan.handleSecret && new HandleWriter(plan.hasher, plan.handleSecret)
    this.#rows = stepsOf(plan, this.#handle !== undefined)
    this.#changes = stepsOf(plan, true)
    this.#isIdentity = plan.masks.every((rule) => rule === 'none') && plan.tests.length === 0 && !this.#handle
    this.#key = new Int32Array(2 * plan.key.length)
    this.#keyTests = plan.key.map((place) =>
      memoOf(plan.tests.filter((one) => one.place === place).map(({ test }) => test)),
    )
    this.#removed = plan.masks.flatMap((rule, place) =>
      rule === undefined ? [] : [this.#handle === undefined ? plan.key.indexOf(place) : -1],
    )
    this.#growth = 64 + (MASK_GROWTH + 3) * this.#removed.length
  }

  project(kind: 'rows' | 'changes', body: Uint8Array): { body: Uint8Array; rows: number; dropped: number } {
    if (this.#isIdentity || body.length === 0) return { body, rows: countLines(body), dropped: 0 }
    // Every search for the end of a field stops at the last line end, if there is one.
    if (body[body.length - 1] !== LF) throw new SealError('malformed', 'body', '最后一行没有换行')
    if (this.#out.length < body.length + this.#growth)
      this.#setOut(new Uint8Array(body.length + (body.length >> 3) + 4096))
    return this.#pass(body, kind === 'changes')
  }

  #pass(body: Uint8Array, hasOperations: boolean): { body: Uint8Array; rows: number; dropped: number } {
    const steps = hasOperations ? this.#changes : this.#rows
    const handle = this.#handle
    const size = body.length
    const view = new DataView(body.buffer, body.byteOffset, size)
    const key = this.#key
    let i = 0
    let o = 0
    let rows = 0
    let dropped = 0
    while (i < size) {
      const out = this.#roomFor(o, size - i)
      const lineAt = o
      if (hasOperations) {
        const operation = body[i]
        if (body[i + 1] !== TAB) throw misfit(rows + dropped)
        i += 2
        if (operation !== PLUS) {
          i = this.#locateKey(body, i, rows + dropped)
          if (operation !== BANG && operation !== MINUS) throw new SealError('malformed', 'body', '不认识的变更操作')
          const isTold = operation === BANG || this.#keySatisfies(body)
          if (isTold) o = this.#writeRemoval(body, operation, { out, at: o })
          if (isTold) rows++
          else dropped++
          continue
        }
        out[o++] = PLUS
        out[o++] = TAB
      }
      const handleAt = o
      if (handle !== undefined) o += HANDLE_LENGTH + 1
      let isSatisfied = true
      for (let s = 0; s < steps.length; s++) {
        const { kind, fields, watched, last } = steps[s] as Step
        const start = i
        let byte = 0
        if (kind === 'copy') {
          for (let f = fields; f > 0; f--) {
            const from = i
            i = copyWords(view, i, this.#outView, o)
            o += i - from
            byte = body[i++] as number
            while (byte > LF || byte < TAB) {
              out[o++] = byte
              byte = body[i++] as number
            }
            out[o++] = TAB
            if (byte === LF && (f > 1 || !last)) throw misfit(rows + dropped)
          }
        } else {
          for (let f = fields; f > 0; f--) {
            i = passWords(view, i)
            do byte = body[i++] as number
            while (byte > LF || byte < TAB)
            if (byte === LF && (f > 1 || !last)) throw misfit(rows + dropped)
          }
        }
        if (last && byte !== LF) throw misfit(rows + dropped)
        if (watched === undefined) continue
        const end = i - 1
        if (watched.key !== -1) {
          key[2 * watched.key] = start
          key[2 * watched.key + 1] = end
        }
        if (isSatisfied && watched.test !== undefined) isSatisfied = watched.test.get(body, start, end)
        if (!watched.kept) continue
        if (watched.mask !== undefined && !isNull(body, start, end)) o = watched.mask(body, start, end, out, o)
        else for (let c = start; c < end; c++) out[o++] = body[c] as number
        out[o++] = TAB
      }
      if (isSatisfied) {
        out[o - 1] = LF
        if (handle !== undefined) {
          handle.write(body, key, { out, at: handleAt })
          out[handleAt + HANDLE_LENGTH] = TAB
        }
        rows++
      } else {
        dropped++
        o = lineAt
        if (hasOperations && this.#keySatisfies(body)) {
          o = this.#writeRemoval(body, MINUS, { out, at: o })
          rows++
        }
      }
    }
    return { body: this.#plan.lends ? this.#out.subarray(0, o) : this.#out.slice(0, o), rows, dropped }
  }

  /** The output buffer, made larger when what is left of the body may not fit any more. */
  #roomFor(used: number, left: number): Uint8Array {
    const wanted = used + left + this.#growth
    if (wanted > this.#out.length) {
      const larger = new Uint8Array(wanted + (wanted >> 1))
      larger.set(this.#out.subarray(0, used))
      this.#setOut(larger)
    }
    return this.#out
  }

  #setOut(out: Uint8Array): void {
    this.#out = out
    this.#outView = new DataView(out.buffer)
  }

  /** Notes where the key fields of a line without a row stand; answers where the next line begins. */
  #locateKey(body: Uint8Array, from: number, row: number): number {
    let i = from
    const count = this.#plan.masks.length
    for (let place = 0; place < count; place++) {
      const start = i
      while ((body[i] as number) > LF || (body[i] as number) < TAB) i++
      if ((body[i] === LF) !== (place === count - 1)) throw misfit(row)
      const at = this.#plan.key.indexOf(place)
      if (at !== -1) {
        this.#key[2 * at] = start
        this.#key[2 * at + 1] = i
      }
      i++
    }
    return i
  }

  /** A key that the grant's conditions shut out was never delivered, and its removal is nobody's business. */
  #keySatisfies(body: Uint8Array): boolean {
    return this.#keyTests.every(
      (test, at) => test?.get(body, this.#key[2 * at] as number, this.#key[2 * at + 1] as number) ?? true,
    )
  }

  #writeRemoval(body: Uint8Array, operation: number, { out, at }: { out: Uint8Array; at: number }): number {
    let o = at
    out[o++] = operation
    out[o++] = TAB
    if (this.#handle !== undefined) {
      if (operation === BANG) {
        out[o++] = BACKSLASH
        out[o++] = CAPITAL_N
      } else {
        this.#handle.write(body, this.#key, { out, at: o })
        o += HANDLE_LENGTH
      }
      out[o++] = TAB
    }
    for (const place of this.#removed) {
      if (operation === BANG || place === -1) {
        out[o++] = BACKSLASH
        out[o++] = CAPITAL_N
      } else {
        const end = this.#key[2 * place + 1] as number
        for (let i = this.#key[2 * place] as number; i < end; i++) out[o++] = body[i] as number
      }
      out[o++] = TAB
    }
    out[o - 1] = LF
    return o
  }
}
