import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

// What every server of ours does, inside and outside alike; hence nothing of the inside is known here.

/** A client that names a content type and sends nothing has sent no body; whether one is needed, the endpoint says. */
export const readEmptyAsNone = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) =>
    text === '' ? done(null) : parse(request, text as string, done),
  )
}

export interface ParserError {
  readonly code?: string
  /** A buffer, whatever its type says. */
  readonly rawPacket?: unknown
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** HEAD is told how long the body would have been. */
  readonly isHead?: boolean
}

/** Time to read why; whoever does not close his half of the connection then is not waited for. */
const LINGER_MS = 1000

/** What never became a request: answered in words and cut, so that nothing is left for a second reader to find in it. */
export const cutWith =
  (answerTo: (error: ParserError) => RawAnswer) =>
  (error: ParserError, socket: Duplex): void => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
    const { status, headers, body, isHead = false } = answerTo(error)
    const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${isHead ? '' : body}`)
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
