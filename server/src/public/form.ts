import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { lineIn, proseIn } from '@sanjiang/contract/opendata.words'
import type { FormFault, FormState } from '@sanjiang/contract/site.intake'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SiteFault } from './site.ts'

const FORM_TYPE = 'application/x-www-form-urlencoded'
const HOUR_MS = 3_600_000
/** A page left open longer has to be sent once more. */
const LIFE_HOURS = 12
/** People do not see this field, programs that fill in everything do. */
export const TRAP = 'website'

/** Bodies of forms are read as they are sent by pages; the application's cap on bodies holds for them too. */
export const readForms = (app: FastifyInstance): void => {
  if (app.hasContentTypeParser(FORM_TYPE)) return
  app.addContentTypeParser(FORM_TYPE, { parseAs: 'string' }, (_, body, done) =>
    done(null, new URLSearchParams(body as string)),
  )
}

const macOf = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

/** Bound to a form and an hour, so that it is made for whoever was given the page and for nobody later. */
export const makeToken = (key: string, purpose: string): string => {
  const start = `${Math.floor(Date.now() / HOUR_MS).toString(36)}.${randomBytes(9).toString('base64url')}`
  return `${start}.${macOf(key, `${purpose}|${start}`).slice(0, 22)}`
}

const isSame = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The key a token was made with, of those still kept; `undefined` where it is forged, of another form or too old. */
export const keyOfToken = (keys: readonly string[], token: string, purpose: string): string | undefined => {
  const [hour = '', nonce = '', mac = ''] = token.split('.')
  const age = Math.floor(Date.now() / HOUR_MS) - Number.parseInt(hour, 36)
  if (!/^[a-z0-9]{1,8}$/.test(hour) || !(age >= 0 && age <= LIFE_HOURS)) return undefined
  const text = `${purpose}|${hour}.${nonce}`
  return keys.find((key) => isSame(macOf(key, text).slice(0, 22), mac))
}

const hostOf = (address: string): string => {
  try {
    return new URL(address).host
  } catch {
    return ''
  }
}

/** Forms are sent by our own pages: a browser that says otherwise is believed. */
export const checkOrigin = (request: FastifyRequest, origin: string): void => {
  const { origin: from, 'sec-fetch-site': site } = request.headers
  const isForeign =
    (from !== undefined && ![request.host, hostOf(origin)].includes(hostOf(from))) ||
    (typeof site === 'string' && site !== 'same-origin' && site !== 'none')
  if (isForeign) throw new SiteFault(400, 'foreign_form', { detail: '请从本站的页面提交' })
}

/** One line of what somebody typed. */
export const lineOf = (fields: URLSearchParams, name: string, max: number): string => lineIn(fields.get(name), max)

/** Several lines of what somebody typed. */
export const proseOf = (fields: URLSearchParams, name: string, max: number): string => proseIn(fields.get(name), max)

export const fieldsOf = (request: FastifyRequest): URLSearchParams =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams()

/** What is asked of one field. */
export interface FieldRule {
  readonly title: string
  readonly max: number
  /** At least so many characters; nothing may be left out where it is given. */
  readonly min?: number
  readonly lines?: true
  readonly check?: (value: string) => string | undefined
}

/** Every field of a form, and everything that is wrong with it at once: what was typed is kept. */
export const readFields = <N extends string>(fields: URLSearchParams, rules: Readonly<Record<N, FieldRule>>) => {
  const values = {} as Record<N, string>
  const faults: FormFault[] = []
  for (const [field, rule] of Object.entries(rules) as [N, FieldRule][]) {
    // One more than may be: a text that is too long is told so, not cut in silence.
    const value = (rule.lines ? proseOf : lineOf)(fields, field, rule.max + 1)
    values[field] = value
    const message = faultOf(value, rule)
    if (message) faults.push({ field, message })
  }
  return { values, faults }
}

const faultOf = (value: string, { title, max, min = 0, check }: FieldRule): string | undefined => {
  if (min > 0 && value === '') return `请填写“${title}”`
  if (value.length < min) return `“${title}”至少写 ${min} 个字`
  if (value.length > max) return `“${title}”不超过 ${max} 个字，请缩短`
  return value === '' ? undefined : check?.(value)
}

export const emptyForm = (token: string, values: FormState['values'] = {}): FormState => ({ token, values, faults: [] })

/** `email` and `phone` are asked for on every form and never needed. */
export const CONTACT: Readonly<Record<'email' | 'phone', FieldRule>> = {
  email: {
    title: '电子邮箱',
    max: 200,
    check: (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? undefined : '电子邮箱的写法如 name@example.com'),
  },
  phone: {
    title: '电话',
    max: 30,
    check: (value) => (/^[\d+() -]{7,30}$/.test(value) ? undefined : '电话只写数字、空格、短横'),
  },
}
