import { createHmac } from 'node:crypto'
import { type Announcement, PULL, WEBHOOK } from '@sanjiang/contract/exchange.pull'

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 6 * 3_600_000

/** Before the next try after so many: 5 s, 20 s, 80 s … 6 h, each half to one and a half times that, so that a host that comes back is not met by all at once. */
export const waitAfter = (tries: number, random = Math.random()): number =>
  Math.round(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (tries - 1)) * (0.5 + random))

interface News {
  readonly subscription_id: string
  readonly resource_code: string
  readonly head: number
  readonly generation: number
  readonly created_at: string
}

/** The same news is always the same bytes, however often it is sent. */
export const announcementOf = ({ created_at, ...news }: News, exchangeUrl: string): string => {
  const { subscription_id, resource_code, head, generation } = news
  const announcement: Announcement = {
    type: WEBHOOK.type,
    timestamp: created_at,
    data: { subscription_id, resource_code, head, generation, pull: exchangeUrl + PULL.next(subscription_id) },
  }
  return JSON.stringify(announcement)
}

interface Letter {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** One signature a secret, as Standard Webhooks writes them: HMAC-SHA256 over `id.timestamp.body`. */
export const signaturesOf = ({ id, timestamp, body }: Letter, secrets: readonly string[]): string =>
  secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(WEBHOOK.secret_prefix.length), 'base64')
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
    })
    .join(' ')

export interface Verdict {
  /** `gone`: the receiver wants no more (410). */
  readonly outcome: 'sent' | 'failed' | 'gone'
  readonly status: number | null
  readonly detail: string | null
}

export const verdictOf = (status: number): Verdict => {
  if (status >= 200 && status < 300) return { outcome: 'sent', status, detail: null }
  if (status === 410) return { outcome: 'gone', status, detail: '对方答复不再接收（HTTP 410）' }
  if (status >= 300 && status < 400)
    return { outcome: 'failed', status, detail: `对方返回重定向（HTTP ${status}），不跟随` }
  return { outcome: 'failed', status, detail: `对方返回 HTTP ${status}` }
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'TimeoutError'])

export const verdictOnError = (error: NodeJS.ErrnoException): Verdict => {
  const code = error.code ?? error.name
  const isLate = TIMEOUTS.has(String(code)) || error.name === 'TimeoutError'
  const detail =
    code === 'EGRESS_REFUSED'
      ? '通知地址不在允许的网段内'
      : isLate
        ? `${WEBHOOK.timeout_ms / 1000} 秒内没有应答`
        : `无法连接（${code}）`
  return { outcome: 'failed', status: null, detail }
}
