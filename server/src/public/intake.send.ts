import { createHash, createHmac } from 'node:crypto'
import { type IntakeKind, lettersOf, readLetters, readNumber } from '@sanjiang/contract/opendata.intake'
import type { Claim } from '@sanjiang/contract/site.apply'
import type { FormFault } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { checkOrigin, fieldsOf, keyOfToken, lineOf, makeToken, TRAP } from './form.ts'
import { dayKeys, type SubmitResult, siteToday, submit } from './intake.store.ts'
import { clientOf } from './rate.rules.ts'
import type { Site } from './site.ts'

/** Tokens say which form they are for: `question:363027001-000001`. */
export const openForm = async ({ pool }: Site, purpose: string): Promise<string> => {
  const [key] = await dayKeys(pool)
  return makeToken(key!, purpose)
}

/** A form that came back: what it holds, and what stands against reading it at all. */
export interface Taken {
  readonly fields: URLSearchParams
  readonly purpose: string
  readonly token: string
  /** `undefined` where the token is none of ours. */
  readonly key: string | undefined
  readonly faults: readonly FormFault[]
}

const STALE = '页面打开得太久，或不是从本站打开的。填写的内容还在，请再提交一次'
const CAUGHT = '这次提交像是程序自动填写的。如果您是本人填写，请再提交一次'

/** A form of one of these purposes. Faults: 400 where it was sent from another site. */
export const takeForm = async (
  { pool, origin }: Site,
  request: FastifyRequest,
  ...purposes: readonly [string, ...string[]]
): Promise<Taken> => {
  checkOrigin(request, origin)
  const fields = fieldsOf(request)
  const token = lineOf(fields, 'token', 100)
  const keys = await dayKeys(pool)
  const purpose = purposes.find((one) => keyOfToken(keys, token, one) !== undefined) ?? purposes[0]
  const key = keyOfToken(keys, token, purpose)
  const faults: FormFault[] = key === undefined ? [{ field: 'form', message: STALE }] : []
  if (lineOf(fields, TRAP, 10) !== '') faults.push({ field: 'form', message: CAUGHT })
  return { fields, purpose, token, key, faults }
}

/** Digest of a code with its number: all that is ever kept of a code. */
export const codeHash = (number: string, code: string): string =>
  createHash('sha256')
    .update(`${number}:${readLetters(code)}`)
    .digest('hex')

const digestOf = (key: string, text: string): Buffer => createHmac('sha256', key).update(text).digest()

export const addressHash = async ({ pool }: Site, request: FastifyRequest): Promise<string> => {
  const [key] = await dayKeys(pool)
  return digestOf(key!, `address|${clientOf(request.ip)}`).toString('hex')
}

/**
 * Drawn from the form's own token and what it says: sent twice by an impatient hand, it is one submission with one number and one
 * code; gone back to and sent with other words, it is another.
 */
export const drawnClaim = (
  { key, purpose, token }: Taken,
  { today, words }: { today: string; words: unknown },
): Claim => {
  const said = JSON.stringify(words)
  const letters = (what: string, count: number): string =>
    lettersOf(digestOf(key!, `${what}|${purpose}|${token}|${said}`), count)
  const code = letters('code', 10)
  return {
    number: `GK${today.replaceAll('-', '')}-${letters('number', 8)}`,
    code: `${code.slice(0, 5)}-${code.slice(5)}`,
  }
}

/** Number and code a form came back with; an empty number where there are none. */
export const claimIn = (fields: URLSearchParams): Claim => ({
  number: readNumber(lineOf(fields, 'number', 40)),
  code: lineOf(fields, 'code', 40),
})

export interface Sending {
  readonly kind: IntakeKind
  readonly dataset_slug?: string | null
  readonly about?: string | null
  readonly body: Readonly<Record<string, unknown>>
  readonly contact?: Readonly<Record<string, string>>
  /** Of the matter it is about, where only its sender may add to it. */
  readonly code_hash?: string
}

export interface Sent extends Claim {
  readonly result: SubmitResult
}

const contactOf = (contact: Sending['contact'] = {}): Readonly<Record<string, string>> | null => {
  const given = Object.entries(contact).filter(([, value]) => value !== '')
  return given.length > 0 ? Object.fromEntries(given) : null
}

export const sendSubmission = async (
  site: Site,
  request: FastifyRequest,
  { taken, ...sending }: Sending & { readonly taken: Taken },
): Promise<Sent> => {
  const { number, code } = drawnClaim(taken, { today: await siteToday(site.pool), words: sending })
  const result = await submit(site.pool, {
    number,
    kind: sending.kind,
    dataset_slug: sending.dataset_slug ?? null,
    about: sending.about ?? null,
    body: sending.body,
    contact: contactOf(sending.contact),
    code_hash: sending.code_hash ?? codeHash(number, code),
    address_hash: await addressHash(site, request),
  })
  return { result, number, code }
}

const REFUSALS: Readonly<Partial<Record<SubmitResult, string>>> = {
  limited: '这个网络地址在一小时内提交得太多，请稍后再试。填写的内容还在',
  full: '来件积压，暂时不能接收，请稍后再试或拨打 12345。填写的内容还在',
  unknown: '编号和查询码对不上，或所说的内容已不在',
}

/** Why nothing was taken, for the form; none where it was. */
export const refusalOf = ({ result }: Sent): readonly FormFault[] => {
  const message = REFUSALS[result]
  return message ? [{ field: 'form', message }] : []
}
