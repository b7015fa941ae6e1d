import { base64url, utf8 } from './bytes.ts'
import { canonical } from './canonical.ts'
import type { Mac } from './hmac.ts'
import { INSTANT, isRecord, NAME, SealError } from './seal-error.ts'

/**
 * One fact in a log. `seq` is the leaf's index in the log's tree, from 0. `kind` is a word such as `call`, `call_opened`,
 * `call_closed`, `access`, `admin`, `grant`; `body` is whatever that kind records, persons only as `subjectHash`.
 */
export interface Entry {
  readonly v: 1
  readonly log_id: string
  readonly seq: number
  /** UTC with milliseconds. */
  readonly at: string
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
}

const KIND = /^[a-z][a-z0-9_.]{0,63}$/

const fault = (field: string, rule: string): SealError => new SealError('malformed', field, `${field} ${rule}`)

/** Everything of an entry but its body. */
export type EntryFrame = Omit<Entry, 'v' | 'body'>

/**
 * The canonical text of an entry, which is its leaf and its line in a bundle. Only the body needs the general writer:
 * the other members' forms are checked, cannot need escaping, and stand in sorted order here.
 */
export const entryText = (entry: Entry): string => {
  if (entry.v !== 1) throw fault('v', '应为 1')
  if (!NAME.test(entry.log_id)) throw fault('log_id', '应为 1–128 位字母、数字与 ._:-')
  if (!Number.isSafeInteger(entry.seq) || entry.seq < 0) throw fault('seq', '应为从 0 起的整数')
  if (!INSTANT.test(entry.at)) throw fault('at', '应为带毫秒的 UTC 时刻')
  if (!KIND.test(entry.kind)) throw fault('kind', '应为小写英文词')
  if (!isRecord(entry.body)) throw fault('body', '应为对象')
  return framedText(entry, bodyText(entry.body))
}

/** The entry's text from its frame and the canonical text of its body as stored; checks nothing, so that an export shows what is there. */
export const framedText = ({ at, kind, log_id, seq }: EntryFrame, body: string): string =>
  `{"at":"${at}","body":${body},"kind":"${kind}","log_id":"${log_id}","seq":${seq},"v":1}`

const bodyText = (body: Entry['body']): string => {
  try {
    return canonical(body)
  } catch (error) {
    throw error instanceof SealError ? error.within('body') : error
  }
}

export const entryBytes = (entry: Entry): Uint8Array => utf8(entryText(entry))

/** Reads one line's text; throws SealError when it is not an entry. Extra members are refused: they would be unread. */
export const parseEntry = (text: string): Entry => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SealError('malformed', '', '不是 JSON')
  }
  if (!isEntry(value)) throw new SealError('malformed', '', '不是台账条目')
  return value
}

/** Shape only, cheap: the tree proves the bytes, this makes sure they say what an entry must say. */
const isEntry = (value: unknown): value is Entry => {
  if (!isRecord(value)) return false
  const { at, seq } = value
  return (
    value.v === 1 &&
    typeof seq === 'number' &&
    Number.isSafeInteger(seq) &&
    seq >= 0 &&
    typeof at === 'string' &&
    INSTANT.test(at) &&
    typeof value.log_id === 'string' &&
    typeof value.kind === 'string' &&
    isRecord(value.body)
  )
}

/** Full-width forms, spaces and a lower-case x must not make two persons of one. */
const normalId = (id: string): string =>
  /^[0-9A-Z]+$/.test(id) ? id : id.normalize('NFKC').replace(/\s+/g, '').toUpperCase()

/**
 * A person or firm as the ledger knows it: `k<version>:` + base64url HMAC of kind and number, so that a leaked ledger
 * exposes nobody while the holder of the key can still answer 谁查了我. Throws on an empty number or a bad version.
 */
export const subjectHash = (mac: Mac, key_version: number, subject: { kind: string; id: string }): string => {
  if (!Number.isSafeInteger(key_version) || key_version < 1) throw fault('key_version', '应为从 1 起的整数')
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(subject.kind)) throw fault('kind', '应为小写英文词')
  const id = normalId(subject.id)
  if (id === '' || id.length > 128) throw fault('id', '应为 1–128 个字符')
  return `k${key_version}:${base64url(mac(utf8(`${subject.kind}\0${id}`)))}`
}
