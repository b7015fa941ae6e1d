import { AdapterFault, type Unreadable } from './adapter.ts'
import type { WriteField } from './field-bytes.ts'
import type { LineField, LinePlan } from './postgres.line.ts'
import { instantAt, lsnAt } from './postgres.lsn.ts'
import { slowField, writerOf } from './postgres.value.ts'

// pgoutput, protocol version 1: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
// Read at the bytes: objects per message or column would cost more than the rows.

/** A row whose stored value the log left out: to be read again by its key, and its line put in at that place. */
export interface Hole {
  readonly at: number
  readonly key: string
}

export interface Decoded {
  readonly body: Buffer
  readonly rows: number
  readonly position: string
  readonly tx_end: boolean
  readonly committed_at: string
  readonly holes: readonly Hole[]
}

const TAB = 0x09
const LF = 0x0a
const NULL_KIND = 0x6e
const UNCHANGED = 0x75
const TEXT_KIND = 0x74
const PLUS = 0x2b

/** Where the columns of a tuple lie in a message. */
class Tuple {
  readonly kinds: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array

  constructor(columns: number) {
    this.kinds = new Uint8Array(columns)
    this.starts = new Int32Array(columns)
    this.ends = new Int32Array(columns)
  }

  /** Reads the tuple that begins at `at`; returns where it ends. */
  read(message: Buffer, at: number): number {
    const count = message.readUInt16BE(at)
    let next = at + 2
    for (let i = 0; i < count; i++) {
      const kind = message[next++] as number
      this.kinds[i] = kind
      if (kind !== TEXT_KIND) continue
      const length = message.readInt32BE(next)
      this.starts[i] = next + 4
      next += 4 + length
      this.ends[i] = next
    }
    return next
  }
}

interface Shape {
  readonly oid: number
  /** Places of the items' columns in a tuple. */
  readonly places: readonly number[]
  readonly now: Tuple
  readonly old: Tuple
}

/** Turns the messages of one relation into lines, cut into bodies. */
export class PgOutput {
  readonly ready: Decoded[] = []
  /** Behind the last transaction seen. */
  position: string
  readonly #plan: LinePlan
  readonly #limit: number
  readonly #tell: (row: Unreadable) => void
  readonly #writers: readonly WriteField[]
  readonly #isKey: readonly boolean[]
  #shape: Shape | null = null
  #isOpen = false
  #commit = ''
  #committedAt = ''
  #out: Buffer
  #at = 0
  #rows = 0
  #holes: Hole[] = []

  constructor(plan: LinePlan, options: { chunk_bytes: number; position: string; tell: (row: Unreadable) => void }) {
    this.#plan = plan
    this.#limit = options.chunk_bytes
    this.#tell = options.tell
    this.#writers = plan.fields.map(writerOf)
    this.#isKey = plan.fields.map(({ bound }) => bound.is_key)
    this.position = options.position
    this.#out = Buffer.allocUnsafe(this.#limit)
  }

  /** Whether everything read so far is whole transactions. */
  get isAtRest(): boolean {
    return !this.#isOpen
  }

  /** Nothing of ours came before that place. */
  rest(position: string): void {
    if (!this.#isOpen && position > this.position && this.#at === 0 && this.#holes.length === 0)
      this.position = position
  }

  /** Closes the body being written, if there is anything in it. */
  cut(): void {
    if (this.#at === 0 && this.#holes.length === 0) return
    this.ready.push({
      body: this.#out.subarray(0, this.#at),
      rows: this.#rows,
      position: this.#isOpen ? this.#commit : this.position,
      tx_end: !this.#isOpen,
      committed_at: this.#committedAt,
      holes: this.#holes,
    })
    this.#out = Buffer.allocUnsafe(this.#limit)
    this.#at = 0
    this.#rows = 0
    this.#holes = []
  }

  take(message: Buffer): void {
    switch (message[0]) {
      case 0x49:
        this.#insert(message)
        break
      case 0x55:
        this.#update(message)
        break
      case 0x44:
        this.#delete(message)
        break
      case 0x42:
        this.#isOpen = true
        if (this.#at === 0) this.#committedAt = instantAt(message, 9)
        this.#commit = lsnAt(message, 1)
        break
      case 0x43:
        this.#isOpen = false
        this.position = lsnAt(message, 10)
        break
      case 0x52:
        this.#relation(message)
        break
      case 0x54:
        this.#truncate(message)
        break
      default:
    }
  }

  #relation(message: Buffer): void {
    let at = 5
    const text = (): string => {
      const end = message.indexOf(0, at)
      const found = message.toString('utf8', at, end)
      at = end + 1
      return found
    }
    const { relation, fields } = this.#plan
    const [schema, table] = [text(), text()]
    if (schema !== relation.schema || table !== relation.table) return
    const count = message.readUInt16BE(at + 1)
    at += 3
    const names: string[] = []
    const identity = new Set<string>()
    for (let i = 0; i < count; i++) {
      const flags = message[at++]
      const name = text()
      names.push(name)
      if (flags === 1) identity.add(name)
      at += 8
    }
    this.#checkShape(names, identity)
    this.#shape = {
      oid: message.readUInt32BE(1),
      places: fields.map(({ column }) => names.indexOf(column.name)),
      now: new Tuple(count),
      old: new Tuple(count),
    }
  }

  #checkShape(names: readonly string[], identity: ReadonlySet<string>): void {
    const { fields, key, relation } = this.#plan
    const gone = fields.find(({ column }) => !names.includes(column.name))
    if (gone) throw new AdapterFault('misconfigured', `表“${relation.name}”的字段“${gone.column.name}”已不存在或未发布`)
    const blind = key.find(({ field }) => !identity.has(field.column.name))
    if (blind)
      throw new AdapterFault(
        'misconfigured',
        `变更日志中没有主键项“${blind.field.column.name}”的旧值:请数据库管理员执行 ALTER TABLE "${relation.schema}"."${relation.table}" REPLICA IDENTITY FULL;`,
      )
  }

  /** The relation's shape when the message is about it. */
  #of(message: Buffer): Shape | null {
    const shape = this.#shape
    return shape !== null && shape.oid === message.readUInt32BE(1) ? shape : null
  }

  #insert(message: Buffer): void {
    const shape = this.#of(message)
    if (shape === null) return
    shape.now.read(message, 6)
    this.#row(message, shape, false)
  }

  #update(message: Buffer): void {
    const shape = this.#of(message)
    if (shape === null) return
    let at = 5
    const hasOld = message[at] !== 0x4e
    if (hasOld) at = shape.old.read(message, at + 1)
    shape.now.read(message, at + 1)
    if (hasOld && this.#isMoved(message, shape)) this.#gone(message, shape, shape.old)
    this.#row(message, shape, hasOld && message[5] === 0x4f)
  }

  #delete(message: Buffer): void {
    const shape = this.#of(message)
    if (shape === null) return
    shape.old.read(message, 6)
    this.#gone(message, shape, shape.old)
  }

  #truncate(message: Buffer): void {
    const count = message.readUInt32BE(1)
    for (let i = 0; i < count; i++) {
      if (message.readUInt32BE(6 + 4 * i) !== this.#shape?.oid) continue
      this.#write(`!${'\t\\N'.repeat(this.#plan.fields.length)}\n`)
    }
  }

  /** Whether the key of the row as it is differs from the one it had. */
  #isMoved(message: Buffer, { now, old, places }: Shape): boolean {
    return places.some((place, i) => {
      if (!this.#isKey[i] || now.kinds[place] === UNCHANGED) return false
      const [a, b] = [now, old].map((tuple) =>
        tuple.kinds[place] === TEXT_KIND ? message.subarray(tuple.starts[place], tuple.ends[place]) : null,
      )
      return a && b ? !a.equals(b) : a !== b
    })
  }

  /** Room for a line of at most so many bytes. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return
    this.cut()
    if (bytes > this.#out.length) this.#out = Buffer.allocUnsafe(bytes)
  }

  #write(line: string): void {
    this.#reserve(Buffer.byteLength(line))
    this.#at += this.#out.write(line, this.#at)
    this.#rows += 1
  }

  #row(message: Buffer, shape: Shape, isOldWhole: boolean): void {
    const { now, old, places } = shape
    if (isOldWhole) this.#fillFromOld(now, old)
    this.#reserve(2 * message.length + 3 * places.length + 4)
    const out = this.#out
    let at = this.#at
    out[at++] = PLUS
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number
      out[at++] = TAB
      const kind = now.kinds[place]
      if (kind === TEXT_KIND) {
        at = (this.#writers[i] as WriteField)(message, now.starts[place] as number, now.ends[place] as number, out, at)
        if (at === -1) {
          this.#slowRow(message, shape)
          return
        }
      } else if (kind === NULL_KIND) {
        out[at++] = 0x5c
        out[at++] = 0x4e
      } else {
        this.#slowRow(message, shape)
        return
      }
    }
    out[at++] = LF
    this.#at = at
    this.#rows += 1
  }

  /** With REPLICA IDENTITY FULL the old row has what the new one leaves out. */
  #fillFromOld(now: Tuple, old: Tuple): void {
    for (let i = 0; i < now.kinds.length; i++) {
      if (now.kinds[i] !== UNCHANGED) continue
      now.kinds[i] = old.kinds[i] as number
      now.starts[i] = old.starts[i] as number
      now.ends[i] = old.ends[i] as number
    }
  }

  /** The field of a line, or why there is none. */
  #field(message: Buffer, tuple: Tuple, field: LineField, place: number): string | { readonly reason: string } {
    if (tuple.kinds[place] !== TEXT_KIND) return '\\N'
    return slowField(field, message.toString('utf8', tuple.starts[place], tuple.ends[place]))
  }

  #slowRow(message: Buffer, { now, places }: Shape): void {
    const written: string[] = []
    for (const [i, field] of this.#plan.fields.entries()) {
      const found = this.#field(message, now, field, places[i] as number)
      if (typeof found !== 'string') {
        this.#unreadable(message, { tuple: now, places, field, reason: found.reason })
        return
      }
      written.push(found)
    }
    if (places.some((place) => now.kinds[place] === UNCHANGED)) {
      if (this.#holes.length >= 5000) this.cut()
      this.#holes.push({ at: this.#at, key: this.#plan.key_places.map((place) => written[place]).join('\t') })
    } else this.#write(`+\t${written.join('\t')}\n`)
  }

  /** A row without a canonical line is as good as absent: what the consumer had of it goes. */
  #unreadable(
    message: Buffer,
    { tuple, places, field, reason }: { tuple: Tuple; places: readonly number[]; field: LineField; reason: string },
  ): void {
    const key = this.#keyFields(message, tuple, places)
    this.#tell({ key: key?.filter((one) => one !== null).join('\t') ?? '', item: field.bound.item, reason })
    if (key !== null) this.#writeGone(key)
  }

  /** The key's fields at their places, null elsewhere; or null when the key itself cannot be written. */
  #keyFields(message: Buffer, tuple: Tuple, places: readonly number[]): (string | null)[] | null {
    const fields: (string | null)[] = []
    for (const [i, field] of this.#plan.fields.entries()) {
      const found = this.#isKey[i] ? this.#field(message, tuple, field, places[i] as number) : null
      if (found !== null && typeof found !== 'string') return null
      fields.push(found)
    }
    return fields
  }

  #writeGone(fields: readonly (string | null)[]): void {
    this.#write(`-\t${fields.map((field) => field ?? '\\N').join('\t')}\n`)
  }

  #gone(message: Buffer, { places }: Shape, tuple: Tuple): void {
    const key = this.#keyFields(message, tuple, places)
    if (key !== null) this.#writeGone(key)
  }
}
