import { unescapeField } from '@sanjiang/seal'
import type { TargetTable } from './adapter.ts'
import { copyIn } from './postgres.copy-in.ts'
import { type Client, id, literal } from './postgres.session.ts'

const STAGE = 'pg_temp.sanjiang_stage'
// No item's English name has a space in it.
const OP = '"row op"'
const NO = '"row no"'

const TRUNCATION = Buffer.from('!')
const LF = 0x0a

/** A body of changes cut behind each truncation, which is a line of its own kind. */
const splitAtTruncations = (body: Buffer): readonly { readonly part: Buffer; readonly isTruncation: boolean }[] => {
  const parts: { part: Buffer; isTruncation: boolean }[] = []
  let from = 0
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(LF, at) + 1
    if (body[at] === TRUNCATION[0]) {
      if (at > from) parts.push({ part: body.subarray(from, at), isTruncation: false })
      parts.push({ part: body.subarray(at, end), isTruncation: true })
      from = end
    }
    // From here on only a line that begins with it matters.
    const next = body.indexOf('\n!', end - 1)
    at = next === -1 ? body.length : next + 1
  }
  if (from < body.length) parts.push({ part: body.subarray(from), isTruncation: false })
  return parts
}

/** Below this a statement more is not worth what it may save. */
const LARGE_BYTES = 64 * 1024
/** Rows looked for before a body is taken to be new. */
const SAMPLES = 5
/** Bodies that go the sure way after one that was not new. */
const WARY_BODIES = 16

/** Lines at even distances, the first and the last among them, without their LF. */
const samplesOf = (body: Buffer): string[] =>
  Array.from({ length: SAMPLES }, (_, at) => {
    const near = Math.floor(((body.length - 1) * at) / (SAMPLES - 1))
    const start = near === 0 ? 0 : body.lastIndexOf(LF, near - 1) + 1
    return body.toString('utf8', start, body.indexOf(LF, start))
  })

/** Lines of changes that are all `+`, without their operation. */
const withoutOperation = (body: Buffer): Buffer => {
  const out = Buffer.allocUnsafe(body.length)
  let size = 0
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(LF, at) + 1
    size += body.copy(out, size, at + 2, end)
    at = end
  }
  return out.subarray(0, size)
}

const hasDeletes = (body: Buffer): boolean => body[0] === 0x2d || body.includes('\n-')

/** "ON CONFLICT DO UPDATE command cannot affect row a second time". */
const isTwice = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '21000'

/** The temporary table through which rows and changes go into a target as sets. */
export class Stage {
  /** Whether the target is known to have its key; false again after a rollback. */
  isKeyed = false
  readonly columns: string
  readonly #client: Client
  readonly #name: string
  readonly #key: readonly { readonly name: string; readonly place: number }[]
  readonly #last: string
  readonly #delete: string
  readonly #upsert: string
  readonly #merge: (shadow: string) => string
  #isMade = false
  #wary = 0

  constructor(client: Client, table: TargetTable, name: string) {
    const names = table.columns.map((column) => id(column.name))
    const key = table.key.map(id)
    const rest = names.filter((column) => !key.includes(column))
    const same = (a: string, b: string): string => key.map((column) => `${a}.${column} = ${b}.${column}`).join(' and ')
    const row = (of: string): string => `(${rest.map((column) => `${of}.${column}`).join(', ')})`
    const set = (of: string): string => rest.map((column) => `${column} = ${of}.${column}`).join(', ')
    this.#client = client
    this.#name = name
    this.#key = table.key.map((one) => ({ name: id(one), place: table.columns.findIndex((it) => it.name === one) }))
    this.columns = names.join(', ')
    // The last line of a key wins.
    this.#last = `delete from ${STAGE} s using (select ${key.join(', ')}, max(${NO}) as last from ${STAGE}
      group by ${key.join(', ')} having count(*) > 1) d where ${same('s', 'd')} and s.${NO} < d.last`
    this.#delete = `delete from ${name} t using ${STAGE} s where s.${OP} = '-' and ${same('t', 's')}`
    const conflict =
      rest.length === 0
        ? 'do nothing'
        : `do update set ${set('excluded')} where ${row('t')} is distinct from ${row('excluded')}`
    this.#upsert = `insert into ${name} as t (${this.columns}) select ${this.columns} from ${STAGE} where ${OP} = '+'
      on conflict (${key.join(', ')}) ${conflict}`
    // Rows that are as they should be are not written again.
    const update = (shadow: string): string =>
      rest.length === 0
        ? ''
        : `update ${name} t set ${set('s')} from ${shadow} s where ${same('t', 's')} and ${row('t')} is distinct from ${row('s')};`
    this.#merge = (shadow) => `delete from ${name} t where not exists (select from ${shadow} s where ${same('s', 't')});
      ${update(shadow)}
      insert into ${name} (${this.columns}) select ${this.columns} from ${shadow} s
       where not exists (select from ${name} t where ${same('s', 't')})`
  }

  /** Made outside the load's transaction, once for the connection. */
  async prepare(): Promise<void> {
    if (this.#isMade) return
    await this.#client.query(
      `create temp table sanjiang_stage on commit delete rows as select '+'::"char" as ${OP}, ${this.columns} from ${this.#name} with no data;
       alter table ${STAGE} alter ${OP} set default '+', add ${NO} bigint generated always as identity (cache 1000)`,
    )
    this.#isMade = true
  }

  async upsert(body: Buffer): Promise<void> {
    if (await this.#isCopied(body, (lines) => lines)) return
    await this.#optimistic(`copy ${STAGE} (${this.columns}) from stdin`, body)
  }

  /** Whether none of some of these rows is there. */
  async #isNew(lines: readonly string[]): Promise<boolean> {
    const rows = lines.map((line) => {
      const fields = line.split('\t')
      return this.#key.map(({ name, place }) => `${name} = ${literal(unescapeField(fields[place] ?? '') ?? '')}`)
    })
    const where = rows.map((one) => `(${one.join(' and ')})`).join(' or ')
    const { rows: found } = await this.#client.query<{ is_new: boolean }>(
      `select not exists (select from ${this.#name} where ${where}) as is_new`,
    )
    return found[0]?.is_new ?? false
  }

  /**
   * Rows that are not there yet are copied straight in, at a third of what stage and upsert cost (measured: 1.0 instead of 2.9
   * CPU-seconds for 300,000). Whether they are is guessed from a few; where that was wrong the server says so and nothing is done.
   */
  async #isCopied(body: Buffer, plain: (body: Buffer) => Buffer): Promise<boolean> {
    if (body.length < LARGE_BYTES || this.#wary-- > 0) return false
    this.#wary = 0
    await this.#client.query('savepoint sanjiang_new')
    try {
      const lines = plain(body)
      if (!(await this.#isNew(samplesOf(lines)))) return false
      await copyIn(this.#client, `copy ${this.#name} (${this.columns}) from stdin`, lines)
      return true
    } catch {
      this.#wary = WARY_BODIES
      await this.#client.query('rollback to savepoint sanjiang_new')
      return false
    } finally {
      await this.#client.query('release savepoint sanjiang_new')
    }
  }

  /** Keys seldom come twice in one body: looking for them each time cost a fifth of it all, so the server says when they do. */
  async #optimistic(copy: string, body: Buffer): Promise<void> {
    try {
      await copyIn(
        this.#client,
        `truncate ${STAGE}; ${copy}; savepoint sanjiang_once; ${this.#upsert}; release savepoint sanjiang_once`,
        body,
      )
    } catch (error) {
      if (!isTwice(error)) throw error
      await this.#client.query(
        `rollback to savepoint sanjiang_once; release savepoint sanjiang_once; ${this.#last}; ${this.#upsert}`,
      )
    }
  }

  async change(body: Buffer): Promise<void> {
    for (const { part, isTruncation } of splitAtTruncations(body)) {
      // Not TRUNCATE: readers of the target go on seeing its rows until the commit, and no further right is needed.
      if (isTruncation) await this.#client.query(`delete from ${this.#name}`)
      else await this.#apply(part)
    }
  }

  async #apply(part: Buffer): Promise<void> {
    const copy = `copy ${STAGE} (${OP}, ${this.columns}) from stdin`
    if (!hasDeletes(part)) {
      if (!(await this.#isCopied(part, withoutOperation))) await this.#optimistic(copy, part)
      return
    }
    await copyIn(this.#client, `truncate ${STAGE}; ${copy}; ${this.#last}; ${this.#delete}; ${this.#upsert}`, part)
  }

  async merge(shadow: string): Promise<void> {
    await this.#client.query(this.#merge(shadow))
  }
}
