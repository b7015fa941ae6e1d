import { hash, verify } from '@node-rs/argon2'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { checkPassword, PASSWORD_POLICY } from './password.rules.ts'
import { insertPassword, listPasswords } from './person.store.ts'

// 19 MiB, two passes: OWASP's figure for Argon2id; about 20 ms of one core.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): Promise<string> => hash(password, COST)

// Verified against when there is no such account, so that both answers cost the same.
const NOBODY = await hashPassword('nobody-has-this-password')

export const passwordMatches = (stored: string | undefined, password: string): Promise<boolean> =>
  verify(stored ?? NOBODY, password).then((ok) => ok && stored !== undefined)

const assertNotReused = async (db: Db, personId: string, password: string): Promise<void> => {
  const recent = await listPasswords(db, personId, PASSWORD_POLICY.remembered)
  for (const one of recent)
    if (await verify(one.hash, password))
      throw new Fault('invalid', `不能使用最近 ${PASSWORD_POLICY.remembered} 次用过的口令`, {
        fields: [{ field: 'next', rule: 'reuse', message: '最近用过的口令' }],
      })
}

export interface PasswordOwner {
  readonly person_id: string
  readonly username: string
}

export const assertPolicy = (password: string, username: string): void => {
  const fields = checkPassword(password, username)
  if (fields.length > 0) throw new Fault('invalid', '口令不符合规定', { fields })
}

/** Sets a password under the policy; the hash is made by the caller beforehand, outside the transaction. */
export const setPassword = async (
  tx: Tx,
  ctx: Ctx,
  owner: PasswordOwner,
  password: { text: string; hash: string },
): Promise<void> => {
  assertPolicy(password.text, owner.username)
  await assertNotReused(tx, owner.person_id, password.text)
  await insertPassword(tx, { person_id: owner.person_id, set_at: ctx.instant, hash: password.hash })
}
