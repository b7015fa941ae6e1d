import { type Paged, type Permission, ROLES, type Role, roleSpec } from '@sanjiang/contract'
import type { Person } from '@sanjiang/contract/identity'
import { type Ctx, hasPermission, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { getStandingOrgan } from './organ.service.ts'
import { PASSWORD_POLICY } from './password.rules.ts'
import { preparePassword, setPassword } from './password.service.ts'
import * as store from './person.store.ts'
import { removeSessions } from './session.store.ts'

const toPerson = (ctx: Ctx, row: store.PersonRow): Person => {
  const can: string[] = []
  if (row.person_id === ctx.actor.person_id) return { ...row, can } as Person
  if (hasPermission(ctx.actor, 'identity.person.edit')) can.push(row.state === 'active' ? 'suspend' : 'resume', 'move')
  if (hasPermission(ctx.actor, 'identity.person.unlock')) can.push('unlock')
  if (hasPermission(ctx.actor, 'identity.role.assign')) can.push('assign_role')
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

const recordPerson = (
  tx: Tx,
  ctx: Ctx,
  change: { verb: string; person_id: string; before?: unknown; after?: unknown },
) =>
  record(tx, ctx, {
    type: `identity.person.${change.verb}`,
    subject_kind: 'identity.person',
    subject_id: change.person_id,
    before: change.before,
    after: change.after,
  })

const recordRole = (tx: Tx, ctx: Ctx, change: { verb: string; person_id: string; role: Office }) =>
  record(tx, ctx, {
    type: `identity.role.${change.verb}`,
    subject_kind: 'identity.person',
    subject_id: change.person_id,
    after: change.role,
  })

// Nobody is the judge of his own account (三权分立, domain §5.6).
const assertOther = (ctx: Ctx, personId: string, message: string): void => {
  if (personId === ctx.actor.person_id) throw new Fault('separation_of_duties', message)
}

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
export const createPerson = async (ctx: Ctx, { password, ...account }: NewAccount): Promise<Person> => {
  const prepared = await preparePassword(password, account.username, [])
  return inTx(ctx, async (tx, inner) => {
    await getReachedOrgan(tx, ctx, { organ_id: account.organ_id, permission: 'identity.person.edit' })
    const person_id = newId()
    await store.insertPerson(tx, { ...account, person_id, must_change_password: true, created_at: ctx.instant })
    await setPassword(tx, ctx, person_id, prepared)
    const { username, organ_id } = account
    await recordPerson(tx, ctx, { verb: 'created', person_id, after: { username, organ_id } })
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
    assertOther(ctx, personId, '不能停用自己的账号')
    const person = await lock(tx, ctx, { id: personId, permission: 'identity.person.edit' })
    if (person.state !== 'active') throw new Fault('wrong_state')
    await store.updatePerson(tx, personId, { state: 'suspended' })
    await removeSessions(tx, personId)
    await recordPerson(tx, ctx, { verb: 'suspended', person_id: personId })
    return read(inner, personId)
  })

export const resumePerson = (ctx: Ctx, personId: string): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    const person = await lock(tx, ctx, { id: personId, permission: 'identity.person.edit' })
    if (person.state !== 'suspended') throw new Fault('wrong_state')
    await store.updatePerson(tx, personId, { state: 'active' })
    await recordPerson(tx, ctx, { verb: 'resumed', person_id: personId })
    return read(inner, personId)
  })

/** Moves a person to another organ. What he was entitled to where he was stays there: his roles and sessions end. */
export const movePerson = (ctx: Ctx, personId: string, organ_id: string): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    assertOther(ctx, personId, '不能调动自己的账号')
    const person = await lock(tx, ctx, { id: personId, permission: 'identity.person.edit' })
    if (person.organ_id === organ_id) throw new Fault('wrong_state', '已在这一机构')
    await getReachedOrgan(tx, ctx, { organ_id, permission: 'identity.person.edit' })
    const roles = await store.removeRoles(tx, personId)
    await store.updatePerson(tx, personId, { organ_id })
    await removeSessions(tx, personId)
    const before = { organ_id: person.organ_id, roles }
    await recordPerson(tx, ctx, { verb: 'moved', person_id: personId, before, after: { organ_id, roles: [] } })
    return read(inner, personId)
  })

export interface Unlocking {
  readonly password?: string
  readonly reset_totp?: boolean
}

const prepareReset = async (ctx: Ctx, personId: string, password: string | undefined) => {
  const person = await store.findPerson(ctx.db, scopeOf(ctx.actor, 'identity.person.unlock'), personId)
  if (!person) throw new Fault('not_found')
  if (password === undefined) return undefined
  const history = await store.listPasswords(ctx.db, personId, PASSWORD_POLICY.remembered)
  return preparePassword(password, person.username, history)
}

/** Lifts a lock; a new password is temporary, a reset second factor must be enrolled again. Sessions end. */
export const unlockPerson = async (ctx: Ctx, personId: string, asked: Unlocking): Promise<Person> => {
  assertOther(ctx, personId, '不能解锁或重置自己的账号')
  const prepared = await prepareReset(ctx, personId, asked.password)
  return inTx(ctx, async (tx, inner) => {
    await lock(tx, ctx, { id: personId, permission: 'identity.person.unlock' })
    if (prepared) await setPassword(tx, ctx, personId, prepared)
    await store.updatePerson(tx, personId, {
      failed_count: 0,
      locked_until: null,
      ...(prepared ? { must_change_password: true } : {}),
      ...(asked.reset_totp ? { sealed_totp: null, totp_confirmed_at: null } : {}),
    })
    if (prepared || asked.reset_totp) await removeSessions(tx, personId)
    const after = { password: prepared !== undefined, totp: asked.reset_totp === true }
    await recordPerson(tx, ctx, { verb: 'unlocked', person_id: personId, after })
    return read(inner, personId)
  })
}

// The three administrators watch each other, so one person holds at most one of the offices (三权分立, domain §5.6).
const assertCompatible = (role: Role, held: readonly string[]): void => {
  const clash = held.find((one) => roleSpec(role).excludes?.includes(one))
  if (clash)
    throw new Fault('separation_of_duties', `${ROLES[role].title}与${ROLES[clash as Role].title}不能由同一人担任`)
}

interface Office {
  readonly role: Role
  readonly organ_id: string
}

/** Gives a person a role in an organ. The person's row is locked, so two grants cannot slip past the exclusion. */
export const assignRole = (ctx: Ctx, personId: string, office: Office): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    assertOther(ctx, personId, '不能给自己授予角色')
    await lock(tx, ctx, { id: personId, permission: 'identity.role.assign' })
    await getReachedOrgan(tx, ctx, { organ_id: office.organ_id, permission: 'identity.role.assign' })
    const held = await store.listRoles(tx, personId)
    assertCompatible(
      office.role,
      held.map((one) => one.role),
    )
    await store.insertRole(tx, { ...office, person_id: personId, granted_at: ctx.instant })
    await recordRole(tx, ctx, { verb: 'granted', person_id: personId, role: office })
    return read(inner, personId)
  })

export const withdrawRole = (ctx: Ctx, personId: string, office: Office): Promise<Person> =>
  inTx(ctx, async (tx, inner) => {
    assertOther(ctx, personId, '不能收回自己的角色')
    await lock(tx, ctx, { id: personId, permission: 'identity.role.assign' })
    const removed = await store.removeRole(tx, { ...office, person_id: personId })
    if (removed.numDeletedRows === 0n) throw new Fault('not_found', '没有这一角色')
    await recordRole(tx, ctx, { verb: 'withdrawn', person_id: personId, role: office })
    return read(inner, personId)
  })
