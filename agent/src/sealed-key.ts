import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

const MARK = '~sealed.1~'
const MAX_SEALED = 2000

/**
 * A key line that only this agent can read again. The nonce comes from the text itself, so a row rejected twice is told
 * under one name; equal nonces then only ever meet equal texts.
 */
export const sealKey = (secret: Buffer, keyLine: string): string => {
  const nonce = createHmac('sha256', secret).update(keyLine).digest().subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce)
  const sealed = Buffer.concat([nonce, cipher.update(keyLine, 'utf8'), cipher.final(), cipher.getAuthTag()])
  const text = MARK + sealed.toString('base64')
  return text.length <= MAX_SEALED ? text : ''
}

/** The key line of a sealed one; what is not sealed by this agent stands for itself. */
export const openKey = (secret: Buffer, text: string): string => {
  if (!text.startsWith(MARK)) return text
  const bytes = Buffer.from(text.slice(MARK.length), 'base64')
  try {
    const opener = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, 12))
    opener.setAuthTag(bytes.subarray(-16))
    return Buffer.concat([opener.update(bytes.subarray(12, -16)), opener.final()]).toString('utf8')
  } catch {
    return text
  }
}
