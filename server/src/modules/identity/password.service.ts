import { hash, verify } from '@node-rs/argon2'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { checkPassword, PASSWORD_POLICY } from './password.rules.ts'
import { insertPassword, listPasswords } from './person.store.ts'

// 19 MiB, two passes: OWASP's figure for Argon2id; about 20 ms of one core. Never inside a transaction.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): Promise<string> => hash(password, COST)

// Verified against when there is no such account, so that both answers cost the same.
const NOBODY = await hashPassword('nobody-has-this-password')

export const passwordMatches = async (stored: string | undefined, password: string): Promise<boolean> => {
  // What is no hash at all matches nothing: an account kept closed that way refuses like any other.
  const isRight = await verify(stored ?? NOBODY, password).catch(() => false)
  return isRight && stored !== undefined
}

export const assertPolicy = (password: string, username: string): void => {
  const fields = checkPassword(password, username)
  if (fields.length > 0) throw new Fault('invalid', '口令不符合规定', { fields })
}

const assertNotReused = async (password: string, history: readonly string[]): Promise<void> => {
  for (const one of history.slice(0, PASSWORD_POLICY.remembered))
    if (await passwordMatches(one, password))
      throw new Fault('invalid', `不能使用最近 ${PASSWORD_POLICY.remembered} 次用过的口令`, {
        fields: [{ field: 'next', rule: 'reuse', message: '最近用过的口令', clause: 'GB/T 22239-2019 身份鉴别' }],
      })
}

/** A password found good and hashed, and the hash it was found to differ from. */
export interface NewPassword {
  readonly hash: string
  readonly replaces: string | undefined
}

/** Holds a new password against the policy and the last ones (newest first), and hashes it. Before any transaction. */
export const preparePassword = async (
  text: string,
  username: string,
  history: readonly string[],
): Promise<NewPassword> => {
  assertPolicy(text, username)
  await assertNotReused(text, history)
  return { hash: await hashPassword(text), replaces: history[0] }
}

/** Puts a prepared password in force; `stale` when another came in between, whose reuse was not looked at. */
export const setPassword = async (tx: Tx, ctx: Ctx, personId: string, prepared: NewPassword): Promise<void> => {
  const [newest] = await listPasswords(tx, personId, 1)
  if (newest !== prepared.replaces) throw new Fault('stale', '口令刚被另行修改，请重试')
  await insertPassword(tx, { person_id: personId, set_at: ctx.instant, hash: prepared.hash })
}
