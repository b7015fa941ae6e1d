import type { Role } from '@sanjiang/contract'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { sealSecret } from '#kernel/keys.ts'
import { assertPolicy, hashPassword } from './password.service.ts'
import { insertPassword, insertPerson, insertRole, updatePerson } from './person.store.ts'

/** An account as a seed lists it: its password stays, and a second factor may come with it. */
export interface ImportedPerson {
  readonly username: string
  readonly name: string
  readonly organ_id: string
  readonly password: string
  /** It must be changed at first login. */
  readonly is_temporary?: boolean
  readonly roles: readonly { readonly role: Role; readonly organ_id: string }[]
  /** Base32 secret of an enrolled second factor. */
  readonly totp_secret?: string
}

// Hundreds of demo accounts share a published password; hashing it once for all of them keeps loading short.
const hashEach = async (people: readonly ImportedPerson[]): Promise<Map<string, string>> => {
  const hashes = new Map<string, string>()
  for (const { password, username } of people) {
    assertPolicy(password, username)
    if (!hashes.has(password)) hashes.set(password, await hashPassword(password))
  }
  return hashes
}

/** Opens accounts in one transaction; returns username → person_id. For seeds: accounts of real people are opened one by one. */
export const importPeople = async (ctx: Ctx, people: readonly ImportedPerson[]): Promise<Map<string, string>> => {
  const hashes = await hashEach(people)
  const ids = new Map<string, string>()
  await inTx(ctx, async (tx) => {
    for (const { username, name, organ_id, password, roles, totp_secret, is_temporary = false } of people) {
      const person_id = newId()
      ids.set(username, person_id)
      const account = {
        person_id,
        username,
        name,
        organ_id,
        must_change_password: is_temporary,
        created_at: ctx.instant,
      }
      await insertPerson(tx, account)
      await insertPassword(tx, { person_id, set_at: ctx.instant, hash: hashes.get(password)! })
      for (const one of roles) await insertRole(tx, { ...one, person_id, granted_at: ctx.instant })
      if (totp_secret)
        await updatePerson(tx, person_id, {
          sealed_totp: sealSecret(ctx.site.dataDir, totp_secret),
          totp_confirmed_at: ctx.instant,
        })
    }
  })
  return ids
}
