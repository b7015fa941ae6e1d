import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { readLetters } from '@sanjiang/contract/opendata.intake'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

const keyOf = (number: string, code: string): Buffer =>
  Buffer.from(hkdfSync('sha256', readLetters(code), number, 'sanjiang application draft', 32))

/** What somebody has filled in so far, readable with his code alone: not by whoever reads the table. */
export const sealDraft = (number: string, code: string, draft: object): Buffer => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyOf(number, code), iv)
  const body = Buffer.concat([cipher.update(JSON.stringify(draft), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body])
}

/** Throws where the code is another or the bytes were changed. */
export const openDraft = (number: string, code: string, sealed: Buffer): Record<string, unknown> => {
  const decipher = createDecipheriv(ALGORITHM, keyOf(number, code), sealed.subarray(0, IV_BYTES))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  const body = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
  return JSON.parse(body.toString('utf8')) as Record<string, unknown>
}
