import { ERRORS, type ErrorCode } from '@sanjiang/contract'
import { Fault, PROBLEM_TYPE, toProblem } from './fault.ts'
import { cutWith } from './http.ts'

const PARSER: Readonly<Record<string, readonly [code: ErrorCode, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['too_large', '请求头太大'],
  ERR_HTTP_REQUEST_TIMEOUT: ['malformed', '请求没有在规定时间内发完'],
  HPE_INVALID_URL: ['malformed', '地址中有未编码的字符：汉字等须写成百分号编码（UTF-8）'],
}

/** As every other refusal of ours. */
export const refuseUnparsed = cutWith(({ code = '' }) => {
  const fault = new Fault(...(PARSER[code] ?? (['malformed', '请求不合 HTTP/1.1'] as const)))
  return {
    status: ERRORS[fault.code].status,
    headers: { 'content-type': PROBLEM_TYPE },
    body: JSON.stringify(toProblem(fault, 'none')),
  }
})
