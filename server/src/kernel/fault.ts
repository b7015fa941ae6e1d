import { ERRORS, type ErrorCode, type FieldFault, type Problem } from '@sanjiang/contract'

interface FaultMore {
  readonly fields?: readonly FieldFault[]
  readonly cause?: unknown
}

/** The one way to refuse: a code of the contract's table, what happened here, and the fields at fault. */
export class Fault extends Error {
  readonly code: ErrorCode
  readonly fields?: readonly FieldFault[]
  constructor(code: ErrorCode, detail?: string, more: FaultMore = {}) {
    super(detail ?? ERRORS[code].title, { cause: more.cause })
    this.name = 'Fault'
    this.code = code
    this.fields = more.fields
  }
}

/** One field, one rule, one sentence: `422 invalid`. */
export const invalid = (field: string, rule: string, message: string, clause?: string): Fault =>
  new Fault('invalid', message, { fields: [{ field, rule, message, clause }] })

interface ConstraintFault {
  readonly code: ErrorCode
  readonly detail: string
  readonly field?: string
}

const constraints = new Map<string, ConstraintFault>()

/** Beside a store: what a violated constraint means to its user. Named, never parsed from message text. */
export const onConstraint = (meanings: Record<string, ConstraintFault>): void => {
  for (const [name, meaning] of Object.entries(meanings)) constraints.set(name, meaning)
}

const fromConstraint = (thrown: { constraint?: string }): Fault | undefined => {
  const meaning = thrown.constraint ? constraints.get(thrown.constraint) : undefined
  if (!meaning) return undefined
  const { code, detail, field } = meaning
  return new Fault(code, detail, {
    cause: thrown,
    fields: field ? [{ field, rule: thrown.constraint!, message: detail }] : undefined,
  })
}

const FASTIFY: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed',
  FST_ERR_BAD_URL: 'malformed',
  FST_ERR_BAD_TRACE_ID: 'malformed',
}

const FASTIFY_DETAIL: Record<string, string> = {
  FST_ERR_CTP_INVALID_JSON_BODY: '请求正文不是有效的 JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: '请求正文的长度与 Content-Length 不符',
  FST_ERR_BAD_URL: '地址中的百分号编码无法解析',
}

// 57P* and 08*: the server is going away or gone; 53300: no connection left.
const isDatabaseAway = (code: string): boolean => /^(57P|08|53300|ECONN|EPIPE)/.test(code)

// A value that no schema could judge, such as one inside a cursor, is not of the kind the database expects there.
const UNREADABLE = new Set(['22P02', '22007', '22008', '22003'])

/** Anything thrown becomes a Fault, once, here. What nobody foresaw is `internal`; its text never leaves. */
export const toFault = (thrown: unknown): Fault => {
  if (thrown instanceof Fault) return thrown
  const error = thrown as { code?: string; constraint?: string; statusCode?: number; message?: string }
  const named = fromConstraint(error)
  if (named) return named
  const code = String(error.code ?? '')
  if (FASTIFY[code]) return new Fault(FASTIFY[code], FASTIFY_DETAIL[code], { cause: thrown })
  if (code === '22P05' || code === '22021') return new Fault('malformed', '文本含有不能存储的字符', { cause: thrown })
  if (UNREADABLE.has(code)) return new Fault('malformed', '含有无法识别的日期、数字或标识', { cause: thrown })
  if (isDatabaseAway(code) || error.message === 'Connection terminated unexpectedly')
    return new Fault('unavailable', '数据库暂不可用', { cause: thrown })
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return new Fault('malformed', undefined, { cause: thrown })
  return new Fault('internal', undefined, { cause: thrown })
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** RFC 9457 body. Details of 5xx stay in the log under the same trace. */
export const toProblem = (fault: Fault, trace: string): Problem => {
  const { status, title, party } = ERRORS[fault.code]
  const detail = fault.code === 'internal' ? undefined : fault.message
  return {
    type: `/docs/errors#${fault.code}`,
    code: fault.code,
    status,
    title,
    party,
    detail,
    fields: fault.fields,
    trace,
  }
}
