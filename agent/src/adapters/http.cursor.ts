import { createHash } from 'node:crypto'
import type { DataType } from '@sanjiang/seal'
import { AdapterFault } from './adapter.ts'
import type { HttpConfig, HttpRelation } from './http.config.ts'

// A position is the highest cursor value seen, a stamp that ascends, and a digest of the lines in the window below that value:
// when value and digest are as they were, nothing was written since.

export interface Cursor {
  /** The highest value, as text that ascends; empty before the first row. */
  readonly top: string
  readonly stamp: string
  readonly digest: string
}

const WIDTH = 20
const STAMP = 16

export const readPosition = (position: string): Cursor => {
  const found = /^(.*)#(\d{16})-([0-9a-f]*)$/.exec(position)
  if (found === null && position !== '') throw new AdapterFault('stream_lost', '看不懂上次增量读到哪里,需要重新全量')
  const [, top = '', stamp = '0'.repeat(STAMP), digest = ''] = found ?? []
  return { top, stamp, digest }
}

export const writePosition = ({ top, digest }: Pick<Cursor, 'top' | 'digest'>, before: Cursor | null): string => {
  const stamp = Math.max(Date.now(), Number(before?.stamp ?? 0) + 1)
  const highest = before !== null && before.top > top ? before.top : top
  return highest === '' && digest === '' ? '' : `${highest}#${String(stamp).padStart(STAMP, '0')}-${digest}`
}

const NUMERIC = new Set<DataType>(['I', 'N', 'Y', 'B', 'F'])
const DAY_MS = 86_400_000
/** Beijing's clock as an instant is written in a line. */
const wallTime = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().replace('T', ' ').slice(0, 19)

/** A canonical value as text that ascends as the values do; null where it counts for nothing. */
export const ascending = (type: DataType, field: string | null): string | null => {
  if (field === null) return null
  if (NUMERIC.has(type)) {
    if (field.startsWith('-')) return '0'.repeat(WIDTH)
    const [whole = '', fraction] = field.split('.')
    if (whole.length > WIDTH) return null
    return whole.padStart(WIDTH, '0') + (fraction === undefined ? '' : `.${fraction}`)
  }
  // A date of 9999 would hide every row written after it.
  const isTime = type === 'D' || type === 'T'
  return isTime && field > wallTime(Date.now() + 2 * DAY_MS) ? null : field
}

/** Where reading begins so that rows of equal value and late commits are seen again: as text that ascends. */
export const windowStart = (type: DataType, top: string, config: HttpConfig): string => {
  if (top === '' || type === 'D') return top
  if (type === 'T') {
    const ms = Date.parse(`${top.slice(0, 19).replace(' ', 'T')}+08:00`)
    return Number.isNaN(ms) ? top : wallTime(ms - config.lag_seconds * 1000)
  }
  if (!NUMERIC.has(type)) return top
  const whole = BigInt(top.slice(0, WIDTH)) - BigInt(Math.ceil(config.lag_numbers))
  return (whole < 0n ? 0n : whole).toString().padStart(WIDTH, '0')
}

/** That start as the service wants to be asked. */
export const sinceText = (type: DataType, start: string, relation: HttpRelation): string | null => {
  if (start === '' || relation.since === null) return null
  const { format } = relation.since
  if (NUMERIC.has(type)) return start.replace(/^0+(?=\d)/, '')
  const iso = `${start.slice(0, 10)}T${start.slice(11, 19) || '00:00:00'}+08:00`
  if (format === 'iso') return iso
  if (format === 'text') return start
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) return start
  return String(format === 'epoch_ms' ? ms : Math.floor(ms / 1000))
}

/** Digest of lines one after the other; empty for none. */
export class LinesDigest {
  readonly #hash = createHash('sha256')
  #isEmpty = true

  add(line: Buffer): void {
    this.#hash.update(line)
    this.#isEmpty = false
  }

  end(): string {
    return this.#isEmpty ? '' : this.#hash.digest('hex').slice(0, 16)
  }
}
