import { applyMask, type BadRow, compileRules, keyLineOf, type MaskRule, unescapeField } from '@sanjiang/seal'
import type { Unreadable } from './adapters/adapter.ts'
import { keyPlacesOf, type Place, rulesOf } from './feed.plan.ts'
import { type Twin, Uniques } from './feed.unique.ts'
import { sealKey } from './sealed-key.ts'

/** A row kept out, as the centre is told of it. */
export interface RejectRow {
  readonly row_key: string
  readonly sealed_key: string
  readonly item: string
  readonly rule: string
  readonly reason: string
}

export interface Passed {
  readonly body: Buffer
  readonly rows: number
  readonly rejects: readonly RejectRow[]
}

/** What leaves the department passes here: the good rows go on, the bad ones are named with item, rule and reason. */
export class Border {
  readonly #check: ReturnType<typeof compileRules>
  readonly #checkAhead: ReturnType<typeof compileRules>
  readonly #places: readonly Place[]
  readonly #keyPlaces: readonly number[]
  readonly #secret: Buffer
  #unreadable: RejectRow[] = []
  #uniques: Uniques | null = null

  constructor(places: readonly Place[], secret: Buffer) {
    this.#check = compileRules(rulesOf(places))
    this.#checkAhead = compileRules(rulesOf(places))
    this.#places = places
    this.#keyPlaces = keyPlacesOf({ columns: places })
    this.#secret = secret
  }

  /** For the adapter: a row that has no canonical line at all. */
  readonly unreadable = ({ key, item, reason }: Unreadable): void => {
    this.#unreadable.push({ ...this.#named(key), item, rule: 'format', reason: reason.slice(0, 500) })
  }

  /** From now on, for one pass over the source: its key, unless the source sees to that itself, and the items declared unique. */
  watchUniques({ hasOwnKey }: { hasOwnKey: boolean }): void {
    const items = this.#places.flatMap(({ item, wanted }, place) => (wanted.is_unique ? [{ item, place }] : []))
    const uniques = new Uniques(hasOwnKey || this.#keyPlaces.length === 0 ? null : this.#keyPlaces, items)
    this.#uniques = uniques.isIdle ? null : uniques
  }

  #named(keyLine: string): Pick<RejectRow, 'row_key' | 'sealed_key'> {
    const fields = keyLine.split('\t').map((field, index) => {
      const place = this.#places[this.#keyPlaces[index] ?? -1]
      return applyMask((place?.wanted.mask_rule ?? 'full') as MaskRule, readable(field))
    })
    return { row_key: fields.join(' ').slice(0, 200), sealed_key: sealKey(this.#secret, keyLine) }
  }

  #rejected(body: Buffer, bad: BadRow, hasOperation: boolean): RejectRow {
    const line = body.toString('utf8', bad.start + (hasOperation ? 2 : 0), bad.end)
    return { ...this.#named(keyLineOf(line, this.#keyPlaces)), item: bad.item, rule: bad.rule, reason: bad.reason }
  }

  #twin(body: Buffer, { start, end, item }: Twin, skip: number): RejectRow {
    const named = this.#named(keyLineOf(body.toString('utf8', start + skip, end), this.#keyPlaces))
    if (item !== null) return { ...named, item, rule: 'unique', reason: '应唯一的取值与本次读取中的另一行重复' }
    const first = this.#places[this.#keyPlaces[0] as number]?.item ?? ''
    return { ...named, item: first, rule: 'unique', reason: '键与本次读取中的另一行相同，只送出先读到的一行' }
  }

  pass(kind: 'rows' | 'changes', body: Buffer): Passed {
    const { body: checked, rows, bad } = this.#check(kind, body)
    const rejects = [...this.#unreadable, ...bad.map((one) => this.#rejected(body, one, kind === 'changes'))]
    this.#unreadable = []
    const good = Buffer.from(checked.buffer, checked.byteOffset, checked.length)
    const skip = kind === 'changes' ? 2 : 0
    const twins = this.#uniques?.twins(good, skip) ?? []
    if (twins.length === 0) return { body: good, rows, rejects }
    const told = [...rejects, ...twins.map((twin) => this.#twin(good, twin, skip))]
    return { body: without(good, twins), rows: rows - twins.length, rejects: told }
  }

  /** Whether a row will pass, asked before what belongs to it leaves. */
  wouldPass(line: string): boolean {
    return this.#checkAhead('rows', Buffer.from(`${line}\n`)).bad.length === 0
  }

  /** The key line of the last row of a body of whole lines. */
  lastKey(body: Buffer): string | null {
    if (body.length === 0) return null
    const start = body.lastIndexOf(10, body.length - 2) + 1
    return keyLineOf(body.toString('utf8', start, body.length - 1), this.#keyPlaces)
  }
}

const without = (body: Buffer, gone: readonly { start: number; end: number }[]): Buffer => {
  const kept = gone.map(({ start }, at) => body.subarray(at === 0 ? 0 : (gone[at - 1]?.end ?? 0) + 1, start))
  return Buffer.concat([...kept, body.subarray((gone.at(-1)?.end ?? -1) + 1)])
}

const readable = (field: string): string => {
  try {
    return unescapeField(field) ?? ''
  } catch {
    return field
  }
}
