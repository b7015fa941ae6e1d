import type { Duplex } from 'node:stream'
import { ERRORS, type ErrorCode } from '@sanjiang/contract'
import { Fault, PROBLEM_TYPE, toProblem } from './fault.ts'

const PARSER: Readonly<Record<string, readonly [code: ErrorCode, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['too_large', '请求头太大'],
  ERR_HTTP_REQUEST_TIMEOUT: ['malformed', '请求没有在规定时间内发完'],
  HPE_INVALID_URL: ['malformed', '地址中有未编码的字符：汉字等须写成百分号编码（UTF-8）'],
}

/** What never became a request: answered in words and cut, so that nothing is left for a second reader to find in it. */
export const refuseUnparsed = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const fault = new Fault(...(PARSER[error.code ?? ''] ?? (['malformed', '请求不合 HTTP/1.1'] as const)))
  const body = JSON.stringify(toProblem(fault, 'none'))
  const { status } = ERRORS[fault.code]
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
