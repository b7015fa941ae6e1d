import { TargetRefused } from './adapter.ts'
import { copyIn } from './postgres.copy-in.ts'
import { asFault, type Client } from './postgres.session.ts'

interface Refusal {
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly constraint?: string
  readonly column?: string
}

// Data exceptions, integrity constraints and what a trigger raises: a row's own fault, not the connection's.
const isOfRow = (error: unknown): error is Refusal =>
  error instanceof Error && 'code' in error && /^(22|23|P0)/.test(String(error.code))

const reasonOf = ({ constraint, column, message, detail }: Refusal): string =>
  [constraint ?? column, detail ?? message].filter(Boolean).join(':')

/** For a refusal of a whole set, where the database's own words are all that is known of the row. */
export const refusalOf = (error: unknown): unknown =>
  isOfRow(error) ? new TargetRefused(error.detail ?? '', reasonOf(error), error) : asFault(error)

const LF = 0x0a

/** The body cut at the line end nearest to its middle; null when it is one line. */
const halves = (body: Buffer): readonly [Buffer, Buffer] | null => {
  const middle = body.indexOf(LF, body.length >> 1)
  const at = middle === -1 || middle === body.length - 1 ? body.lastIndexOf(LF, (body.length >> 1) - 1) : middle
  return at <= -1 || at === body.length - 1 ? null : [body.subarray(0, at + 1), body.subarray(at + 1)]
}

/** A `COPY … FROM STDIN`, or more than that. */
type Apply = string | ((body: Buffer) => Promise<void>)

/** Applies bodies whole, or finds the one line that the target refuses and leaves the transaction as it was before. */
export class Refusals {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** A copy carries its savepoint in its own message, so that the server need not wait for us between the three. */
  async #run(body: Buffer, apply: Apply): Promise<void> {
    if (typeof apply === 'string')
      return copyIn(this.#client, `savepoint sanjiang_part; ${apply}; release savepoint sanjiang_part`, body)
    await this.#client.query('savepoint sanjiang_part')
    await apply(body)
    await this.#client.query('release savepoint sanjiang_part')
  }

  /** Whether the body went in; what it did is undone when not. */
  async #attempt(body: Buffer, apply: Apply): Promise<Refusal | null> {
    try {
      await this.#run(body, apply)
      return null
    } catch (error) {
      if (!isOfRow(error)) throw asFault(error)
      await this.#client.query('rollback to savepoint sanjiang_part; release savepoint sanjiang_part')
      return error
    }
  }

  /** Half by half: what is before the line found stays applied meanwhile, as order matters to changes. */
  async #bisect(body: Buffer, apply: Apply): Promise<TargetRefused | null> {
    let rest = body
    for (let parts = halves(rest); parts !== null; parts = halves(rest)) {
      const refusal = await this.#attempt(parts[0], apply)
      rest = refusal === null ? parts[1] : parts[0]
    }
    const refusal = await this.#attempt(rest, apply)
    return refusal && new TargetRefused(rest.toString('utf8', 0, rest.length - 1), reasonOf(refusal), refusal)
  }

  async guard(body: Buffer, apply: Apply): Promise<void> {
    const refusal = await this.#attempt(body, apply)
    if (refusal === null) return
    await this.#client.query('savepoint sanjiang_search')
    const found = await this.#bisect(body, apply)
    await this.#client.query('rollback to savepoint sanjiang_search; release savepoint sanjiang_search')
    throw found ?? refusal
  }
}
