import { type Paged, type Permission, ROLES, type Role, roleSpec } from '@sanjiang/contract'
import type { Person } from '@sanjiang/contract/identity'
import { type Ctx, hasPermission, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { getStandingOrgan } from './organ.service.ts'
import { assertPolicy, hashPassword, setPassword } from './password.service.ts'
import * as store from './person.store.ts'
import { removeSessions } from './session.store.ts'

const toPerson = (ctx: Ctx, row: store.PersonRow): Person => {
  const can: string[] = []
  if (hasPermission(ctx.actor, 'identity.person.edit')) can.push(row.state === 'active' ? 'suspend' : 'resume')
  if (hasPermission(ctx.actor, 'identity.person.unlock')) can.push('unlock')
  if (hasPermission(ctx.actor, 'identity.role.assign') && row.person_id !== ctx.actor.person_id) can.push('assign_role')
  return { ...row, can } as Person
}

const read = async (ctx: Ctx, personId: string): Promise<Person> => {
  const row = await store.findPerson(ctx.db, 'all', personId)
  if (!row) throw new Fault('not_found')
  return toPerson(ctx, row)
}

interface ListQuery {
  readonly after?: string
  readonly limit?: number
  readonly organ_id?: string
  readonly q?: string
}

export const listPersons = async (ctx: Ctx, { after, limit = 20, organ_id, q }: ListQuery): Promise<Paged<Person>> => {
  const scope = scopeOf(ctx.actor, 'identity.person.read')
  const rows = await store.listPersonRows(ctx.db, { scope, organId: organ_id, text: q, after, limit })
  return toPage(
    rows.map((row) => toPerson(ctx, row)),
    limit,
    (row) => [row.person_id],
  )
}

const recordPerson = (tx: Tx, ctx: Ctx, type: string, personId: string, after?: unknown) =>
  record(tx, ctx, { type, subject_kind: 'identity.person', subject_id: personId, after })

// An organ that stands today and lies within the reach of the permission.
const getReachedOrgan = async (tx: Tx, ctx: Ctx, asked: { organ_id: string; permission: Permission }) => {
  const organ = await getStandingOrgan(tx, asked.organ_id, ctx.today)
  if (!reaches(scopeOf(ctx.actor, asked.permission), organ.path))
    throw invalid('organ_id', 'reach', '机构不在管理范围内')
}

interface NewAccount {
  readonly username: string
  readonly name: string
  readonly organ_id: string
  readonly password: string
}

/** Opens an account with no role at all; its first password must be changed at first login (T16.1). */
export const createPerson = async (ctx: Ctx, account: NewAccount, { isTemporary = true } = {}): Promise<Person> => {
  assertPolicy(account.password, account.username)
  const hash = await hashPassword(account.password)
  return inTx(ctx, async (tx, inner) => {
    await getReachedOrgan(tx, ctx, { organ_id: account.organ_id, permission: 'identity.person.edit' })
    const { password, ...person } = account
    const person_id = newId()
    await store.insertPerson(tx, { ...person, person_id, must_change_password: isTemporary, created_at: ctx.instant })
    await setPassword(tx, ctx, { person_id, username: person.username }, { text: password, hash })
    await recordPerson(tx, ctx, 'identity.person.created', person_id, {
      username: person.username,
      organ_id: person.organ_id,
    })
    return read(inner, person_id)
  })
}

const lock = async (tx: Tx, ctx: Ctx, { id, permission }: { id: string; permission: Permission }) => {
  const seen = await store.findPerson(tx, scopeOf(ctx.actor, permission), id)
  const person = seen && (await store.lockPerson(tx, id))
  if (!person) throw new Fault('not_found')
  return person
}

export const suspendPerson = (ctx: Ctx, personId: string): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    const person = await lock(tx, ctx, { id: personId, permission: 'identity.person.edit' })
    if (person.state !== 'active') throw new Fault('wrong_state')
    await store.updatePerson(tx, personId, { state: 'suspended' })
    await removeSessions(tx, personId)
    await recordPerson(tx, ctx, 'identity.person.suspended', personId)
    return read(inner, personId)
  })

export const resumePerson = (ctx: Ctx, personId: string): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    const person = await lock(tx, ctx, { id: personId, permission: 'identity.person.edit' })
    if (person.state !== 'suspended') throw new Fault('wrong_state')
    await store.updatePerson(tx, personId, { state: 'active' })
    await recordPerson(tx, ctx, 'identity.person.resumed', personId)
    return read(inner, personId)
  })

export interface Unlocking {
  readonly password?: string
  readonly reset_totp?: boolean
}

/** Lifts a lock; a new password is temporary, a reset second factor must be enrolled again. Sessions end. */
export const unlockPerson = async (
  ctx: Ctx,
  personId: string,
  { password, reset_totp }: Unlocking,
): Promise<Person> => {
  const hash = password ? await hashPassword(password) : ''
  return inTx(ctx, async (tx, inner) => {
    const person = await lock(tx, ctx, { id: personId, permission: 'identity.person.unlock' })
    await store.updatePerson(tx, personId, { failed_count: 0, locked_until: null })
    if (password) {
      await setPassword(tx, ctx, person, { text: password, hash })
      await store.updatePerson(tx, personId, { must_change_password: true })
    }
    if (reset_totp) await store.updatePerson(tx, personId, { sealed_totp: null, totp_confirmed_at: null })
    if (password || reset_totp) await removeSessions(tx, personId)
    await recordPerson(tx, ctx, 'identity.person.unlocked', personId, {
      password: Boolean(password),
      totp: reset_totp === true,
    })
    return read(inner, personId)
  })
}

// The three administrators watch each other, so one person holds at most one of the offices (三权分立, domain §5.6).
const assertCompatible = (role: Role, held: readonly string[]): void => {
  const clash = held.find((one) => roleSpec(role).excludes?.includes(one))
  if (clash)
    throw new Fault('separation_of_duties', `${ROLES[role].title}与${ROLES[clash as Role].title}不能由同一人担任`)
}

/** Gives a person a role in an organ. The person's row is locked, so two grants cannot slip past the exclusion. */
export const assignRole = (
  ctx: Ctx,
  personId: string,
  { role, organ_id }: { role: Role; organ_id: string },
): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    if (personId === ctx.actor.person_id) throw new Fault('separation_of_duties', '不能给自己授予角色')
    await lock(tx, ctx, { id: personId, permission: 'identity.role.assign' })
    await getReachedOrgan(tx, ctx, { organ_id, permission: 'identity.role.assign' })
    const held = await store.listRoles(tx, personId)
    assertCompatible(
      role,
      held.map((one) => one.role),
    )
    await store.insertRole(tx, { person_id: personId, role, organ_id, granted_at: ctx.instant })
    await recordPerson(tx, ctx, 'identity.role.granted', personId, { role, organ_id })
    return read(inner, personId)
  })

export const withdrawRole = (
  ctx: Ctx,
  personId: string,
  { role, organ_id }: { role: Role; organ_id: string },
): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    if (personId === ctx.actor.person_id) throw new Fault('separation_of_duties', '不能收回自己的角色')
    await lock(tx, ctx, { id: personId, permission: 'identity.role.assign' })
    const removed = await store.removeRole(tx, personId, role, organ_id)
    if (removed.numDeletedRows === 0n) throw new Fault('not_found', '没有这一角色')
    await recordPerson(tx, ctx, 'identity.role.withdrawn', personId, { role, organ_id })
    return read(inner, personId)
  })
