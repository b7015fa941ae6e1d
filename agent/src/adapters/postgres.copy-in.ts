import type { Client, Wire } from './postgres.session.ts'

const COPY_DATA = 0x64
const COPY_DONE = Buffer.from('6300000004', 'hex')

const headOf = (length: number): Buffer => {
  const head = Buffer.allocUnsafe(5)
  head[0] = COPY_DATA
  head.writeUInt32BE(length + 4, 1)
  return head
}

/**
 * A query object as pg's client drives it. The rows follow the statement at once, without waiting to be asked for; should
 * the statement fail, the server passes over them (protocol, COPY operations).
 */
class CopyIn {
  readonly done: Promise<void>
  readonly #text: string
  readonly #body: Buffer
  readonly #settle = Promise.withResolvers<void>()

  constructor(text: string, body: Buffer) {
    this.#text = text
    this.#body = body
    this.done = this.#settle.promise
  }

  submit(connection: Wire): void {
    const { stream } = connection
    stream.cork()
    connection.query(this.#text)
    stream.write(headOf(this.#body.length))
    stream.write(this.#body)
    stream.write(COPY_DONE)
    stream.uncork()
  }

  handleError(error: unknown): void {
    this.#settle.reject(error)
  }

  handleReadyForQuery(): void {
    this.#settle.resolve()
  }

  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handleEmptyQuery(): void {}
  handleRowDescription(): void {}
}

/** Sends one body of lines into `COPY … FROM STDIN`; other statements may stand before and behind it in the text. */
export const copyIn = async (client: Client, text: string, body: Buffer): Promise<void> => {
  const copy = new CopyIn(text, body)
  client.query(copy as unknown as Parameters<Client['query']>[0])
  await copy.done
}
