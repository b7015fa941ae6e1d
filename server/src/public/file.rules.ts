import { BYTE_ORDER_MARK } from '@sanjiang/contract/site.file'
import { codingWeight } from './accept.ts'
import { httpDate, namesTag } from './answer.ts'
import type { StoredFile } from './file.store.ts'

/** A file in the form it is sent in: as it is, with a byte order mark before it, or packed. */
export interface Variant {
  /** How its parts are kept. */
  readonly format: string
  readonly before: Buffer
  /** All of it, with what stands before. */
  readonly bytes: number
  readonly sha256: string
  readonly isPacked: boolean
}

/** First and last byte, both sent. */
export interface Range {
  readonly from: number
  readonly to: number
}

type Headers = Readonly<Record<string, string | string[] | undefined>>
const NOTHING = Buffer.alloc(0)
const BOM = Buffer.from(BYTE_ORDER_MARK)

const textIn = (headers: Headers, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** A range is always one of the file as it is, never of packed bytes: whoever goes on with a download has plain ones. */
export const variantOf = (file: StoredFile, headers: Headers, isMarked: boolean): Variant => {
  const plain = { format: file.format, before: NOTHING, bytes: file.bytes, sha256: file.sha256, isPacked: false }
  if (isMarked && file.bom_sha256)
    return { ...plain, before: BOM, bytes: file.bytes + BOM.length, sha256: file.bom_sha256 }
  const isAsked = headers.range === undefined && codingWeight(textIn(headers, 'accept-encoding'), 'gzip', 'x-gzip') > 0
  if (!isAsked || file.packed_bytes === null || file.packed_sha256 === null) return plain
  return {
    ...plain,
    format: `${file.format}-gzip`,
    bytes: file.packed_bytes,
    sha256: file.packed_sha256,
    isPacked: true,
  }
}

export const tagOf = ({ sha256 }: Variant): string => `"${sha256}"`

const secondsOf = (date: string): number => Math.floor(Date.parse(date) / 1000)
const asked = (date: string): number => httpDate(date) / 1000

/** Strong comparison, or the date the file was made: else the range is of something else (RFC 9110, 13.1.5). */
const isSame = (condition: string, tag: string, made: string): boolean =>
  condition === '' || condition === tag || (!condition.includes('"') && asked(condition) === secondsOf(made))

const boundsOf = ([, first = '', last = '']: RegExpExecArray, bytes: number): Range | null => {
  if (first === '') {
    const count = Math.min(Number(last), bytes)
    return count > 0 ? { from: bytes - count, to: bytes - 1 } : null
  }
  const to = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  return Number(first) < bytes ? { from: Number(first), to } : null
}

/**
 * The one range asked for; `whole` where none is, where there are several or it cannot be read, or where the file is no longer
 * the one it was asked of; `null` where it lies outside.
 */
export const rangeOf = (headers: Headers, { variant, made_at }: { variant: Variant; made_at: string }) => {
  const found = /^bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})$/i.exec(textIn(headers, 'range').trim())
  if (!found || (found[1] === '' && found[2] === '')) return 'whole'
  if (found[1] !== '' && found[2] !== '' && Number(found[2]) < Number(found[1])) return 'whole'
  if (!isSame(textIn(headers, 'if-range').trim(), tagOf(variant), made_at)) return 'whole'
  return boundsOf(found, variant.bytes)
}

/** Strong comparison: what was told weakly is never the same bytes (RFC 9110, 13.1.1). */
const isOneOf = (list: string, tag: string): boolean =>
  list.split(',').some((one) => one.trim() === tag || one.trim() === '*')

const WHEN = ['if-match', 'if-unmodified-since', 'if-none-match', 'if-modified-since'] as const

/** 304 where the reader has it, 412 where it wants another one, 200 where it is to be sent. */
export const conditionOf = (headers: Headers, { variant, made_at }: { variant: Variant; made_at: string }) => {
  const tag = tagOf(variant)
  const [match, until, noneMatch, since] = WHEN.map((one) => textIn(headers, one))
  if (match ? !isOneOf(match, tag) : until && secondsOf(made_at) > asked(until)) return 412
  if (noneMatch) return namesTag(noneMatch, tag) ? 304 : 200
  return since && secondsOf(made_at) <= asked(since) ? 304 : 200
}

const star = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

/** The dataset's Chinese name for who can take it, its code for who cannot (RFC 6266, RFC 8187). */
export const dispositionOf = (plain: string, spoken: string, ending: string): string => {
  const safe = spoken.replace(/[\p{Cc}\p{Cs}\\/:*?"<>|]/gu, ' ').trim()
  return `attachment; filename="${plain.replace(/[^\w.-]/g, '-')}.${ending}"; filename*=UTF-8''${star(`${safe}.${ending}`)}`
}

export const digestText = (sha256: string): string => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
