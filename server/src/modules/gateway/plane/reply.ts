import type { IncomingMessage, ServerResponse } from 'node:http'
import { ERRORS } from '@sanjiang/contract'
import { PLANE } from '@sanjiang/contract/gateway'
import { Fault, PROBLEM_TYPE, toFault, toProblem } from '#kernel/fault.ts'
import type { Answered } from './call.ts'

export interface Reply {
  readonly status: number
  /** Names and values in turn, as `writeHead` takes them without making an object. */
  readonly headers: string[]
  readonly body: Uint8Array | string
}

const JSON_TYPE = 'application/json; charset=utf-8'

export const jsonReply = (value: unknown, status = 200): Reply => ({
  status,
  headers: ['content-type', JSON_TYPE],
  body: JSON.stringify(value),
})

export const textReply = (type: string, body: string): Reply => ({ status: 200, headers: ['content-type', type], body })

export const answerReply = ({ bytes, type, receipt, grant }: Answered): Reply => ({
  status: 200,
  headers: [
    'content-type',
    type,
    PLANE.headers.receipt,
    `${receipt.log_id}/${receipt.seq}`,
    PLANE.headers.leaf,
    receipt.leaf,
    PLANE.headers.grant,
    `${grant.grant_id}/${grant.version}`,
  ],
  body: bytes,
})

/** Anything thrown, as the plane says it: whatever hangs on the database is the ledger's absence, and nothing left. */
export const toPlaneFault = (thrown: unknown): Fault => {
  const fault = toFault(thrown)
  return fault.code === 'unavailable' ? new Fault('ledger_unavailable', undefined, { cause: thrown }) : fault
}

export const problemReply = (fault: Fault, trace: string): Reply => ({
  status: ERRORS[fault.code].status,
  headers: ['content-type', PROBLEM_TYPE],
  body: JSON.stringify(toProblem(fault, trace)),
})

/** Unread bodies up to this are read and thrown away, so that the connection can go on; longer ones end it. */
const DISCARD_BYTES = 8_388_608

const ONE_WRITE_BYTES = 65_536

const mayGoOn = (request: IncomingMessage): boolean =>
  request.complete ||
  (request.headers['transfer-encoding'] === undefined &&
    Number(request.headers['content-length'] ?? 0) <= DISCARD_BYTES)

export const sendReply = ({ request, response, trace, isLast }: Exchange, { status, headers, body }: Reply): void => {
  if (response.destroyed) return
  headers.push(
    'content-length',
    String(Buffer.byteLength(body)),
    PLANE.headers.trace,
    trace,
    'cache-control',
    'no-store',
    'x-content-type-options',
    'nosniff',
  )
  if (isLast || !mayGoOn(request)) headers.push('connection', 'close')
  else if (!request.complete) request.resume()
  response.writeHead(status, headers)
  // Bytes as a latin1 string leave in one write together with the head; as a buffer they would be a second part.
  if (typeof body === 'string') response.end(body)
  else if (body.length > ONE_WRITE_BYTES) response.end(body)
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
}

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly trace: string
  /** The process is stopping: the connection is not to be used again. */
  readonly isLast: boolean
}
