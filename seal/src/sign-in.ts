import { SealError } from './seal-error.ts'

/** What an application signs with its private key to open a session; the nonce comes from the gateway, once. */
export interface SignInClaim {
  readonly client_id: string
  readonly key_id: string
  readonly nonce: string
  /** Seconds since 1970. */
  readonly created: number
}

const WORD = /^[A-Za-z0-9._:+/=-]{1,128}$/

/** The text that is signed, one field a line; the first line keeps it from passing for any other signed thing. */
export const signInText = ({ client_id, key_id, nonce, created }: SignInClaim): string => {
  for (const [field, value] of Object.entries({ client_id, key_id, nonce }))
    if (!WORD.test(value)) throw new SealError('malformed', field, `${field} 应为 1–128 位字母、数字与符号，不含换行`)
  if (!Number.isSafeInteger(created) || created < 0) throw new SealError('malformed', 'created', 'created 应为秒数')
  return ['sanjiang-sign-in/1', client_id, key_id, nonce, String(created)].join('\n')
}
