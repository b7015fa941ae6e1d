import { createHmac } from 'node:crypto'
import { codes } from '@sanjiang/contract'
import type { CorrectionDraft } from '@sanjiang/contract/sharing'
import { invalid } from '#kernel/fault.ts'
import { nodeKey, sealSecret } from '#kernel/keys.ts'

type Kind = CorrectionDraft['record_key_kind']

/** What lists may show of a key: ends of long ones, nothing of short ones (domain §5.4). */
export const maskKey = (kind: Kind, key: string): string => {
  if (kind === 'citizen_id') return `${key.slice(0, 6)}********${key.slice(-4)}`
  if (kind === 'credit_code') return key
  return key.length < 6 ? '****' : `${key[0]}****${key.at(-1)}`
}

/** Refuses keys whose check digit is wrong: a typing error here would send the provider looking for someone else. */
const assertKey = (kind: Kind, key: string, today: string): void => {
  if (kind === 'other') return
  const parsed = kind === 'citizen_id' ? codes.parseCitizenId(key, today) : codes.parseCreditCode(key)
  if (!parsed.ok) throw invalid('record_key', parsed.reason, parsed.message)
}

export interface KeptKey {
  readonly record_key_kind: Kind
  readonly record_key_masked: string
  /** HMAC under a key outside the database, so that the same record is recognised and a leaked table names nobody. */
  readonly record_key_hash: string
  readonly record_key_sealed: string
}

/** How a record key is kept: masked, hashed, sealed — never as it is. */
export const keepKey = (
  { record_key_kind: kind, record_key }: Pick<CorrectionDraft, 'record_key_kind' | 'record_key'>,
  { dataDir, today }: { dataDir: string; today: string },
): KeptKey => {
  const key = record_key.trim()
  assertKey(kind, key, today)
  const hash = createHmac('sha256', nodeKey(dataDir, 'subjects')).update(`${kind}\0${key}`).digest('base64url')
  return {
    record_key_kind: kind,
    record_key_masked: maskKey(kind, key),
    record_key_hash: hash,
    record_key_sealed: sealSecret(dataDir, key),
  }
}
