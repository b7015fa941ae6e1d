import { cutWith, type ParserError } from '#kernel/http.ts'

const WORDS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, '请求头太大'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, '请求没有在规定时间内发完'],
  HPE_INVALID_URL: [400, '地址中有未编码的字符'],
}
const LONGEST_HINT = 1000

interface Line {
  readonly method: string
  readonly target: string
}

const lineOf = ({ rawPacket }: ParserError): Line => {
  const head = Buffer.isBuffer(rawPacket) ? rawPacket.toString('utf8', 0, 8192).split('\r\n', 1)[0]! : ''
  const [, method = '', target = ''] = /^([A-Z]+) (.*) HTTP\/\d/.exec(head) ?? []
  return { method, target }
}

/** As it ought to have been written; nothing else of what was sent is said again. */
const encoded = (target: string): string => encodeURI(target.toWellFormed()).replaceAll('%25', '%')

const detailOf = ({ code = '' }: ParserError, { target }: Line): string => {
  const said = WORDS[code]?.[1] ?? '请求不合 HTTP/1.1'
  if (code !== 'HPE_INVALID_URL' || !target.startsWith('/') || target.length > LONGEST_HINT) return said
  return `${said}，汉字等须写成百分号编码：${encoded(target)}`
}

export interface Refusals {
  readonly headers: Readonly<Record<string, string>>
  /** Told to people: the same page whatever was sent, drawn once. */
  page(): string
  isInterface(request: { url: string }): boolean
}

/** What never became a request meets no hook, hence has the headers of every answer from here. */
export const refuseUnparsed = ({ headers, page, isInterface }: Refusals) => {
  let drawn: string | undefined
  return cutWith((error) => {
    const line = lineOf(error)
    const [status] = WORDS[error.code ?? ''] ?? [400]
    const isData = isInterface({ url: line.target })
    drawn ??= page()
    const problem = { status, code: 'malformed', title: '请求无法解析', detail: detailOf(error, line) }
    const type = isData ? 'application/problem+json; charset=utf-8' : 'text/html; charset=utf-8'
    return {
      status,
      headers: { ...headers, 'content-type': type, 'cache-control': 'no-store' },
      body: isData ? JSON.stringify(problem) : drawn,
      isHead: line.method === 'HEAD',
    }
  })
}
