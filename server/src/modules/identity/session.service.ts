import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '@sanjiang/contract'
import type { Session } from '@sanjiang/contract/identity'
import { verifySync } from 'otplib'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { openSecret } from '#kernel/keys.ts'
import { record } from '#kernel/record.ts'
import type { Http, Identified } from '#kernel/serve.ts'
import { lockUntil, PASSWORD_POLICY } from './password.rules.ts'
import { hashPassword, passwordMatches, setPassword } from './password.service.ts'
import { listPasswords, lockPerson, lockPersonByUsername, updatePerson } from './person.store.ts'
import { endedBefore, isLive, pendingOf, scopesOf } from './session.rules.ts'
import * as store from './session.store.ts'
import { assertMayTry } from './throttle.ts'

export const COOKIE = 'sanjiang_session'
const COOKIE_SECONDS = 12 * 3600
const TOUCH_MS = 60_000

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

const toActor = (session: store.SessionRow, instant: string): Actor => ({
  kind: 'person',
  person_id: session.person_id,
  name: session.name,
  organ: { organ_id: session.organ_id, name: session.organ_name, path: session.path },
  roles: session.roles.map(({ role }) => role as Role),
  // Until the password is changed and the second factor enrolled, a session may do nothing but that.
  scopes: pendingOf(session, instant).length > 0 ? new Map() : scopesOf(session.roles),
  session_id: session.session_id,
})

/** Gate 1's question: who is behind this request? Null for nobody; ended sessions are nobody's. */
export const authenticate =
  (house: House) =>
  async ({ cookies }: Pick<Http, 'cookies'>): Promise<Identified | null> => {
    const token = cookies[COOKIE]
    if (!token || token.length > 100) return null
    const session = await store.findSession(house.db, hashToken(token))
    const instant = house.clock.instant()
    if (!session || !isLive(session, instant)) return null
    if (Date.parse(instant) - Date.parse(session.last_seen_at) > TOUCH_MS)
      await store.touchSession(house.db, session.session_id, instant)
    return { actor: toActor(session, instant), csrf: session.csrf }
  }

const toSession = (ctx: Ctx, session: store.SessionRow): Session => {
  const pending = pendingOf(session, ctx.instant)
  return {
    person_id: session.person_id,
    username: session.username,
    name: session.name,
    organ_id: session.organ_id,
    organ_name: session.organ_name,
    roles: session.roles.map(({ role }) => role as Role),
    permissions: pending.length > 0 ? [] : [...scopesOf(session.roles).keys()],
    csrf: session.csrf,
    today: ctx.today,
    demo: ctx.site.demo,
    pending,
  }
}

type Person = NonNullable<Awaited<ReturnType<typeof lockPersonByUsername>>>
type Outcome = 'opened' | 'bad_credentials' | 'second_factor_required' | 'locked'

const isLocked = (person: Person, instant: string): boolean =>
  person.locked_until !== null && person.locked_until > instant

const recordAbout = (tx: Tx, ctx: Ctx, type: string, person: Person, after: unknown) => {
  const actor: Actor = { ...ctx.actor, kind: 'person', person_id: person.person_id, name: person.name }
  return record(
    tx,
    { ...ctx, actor },
    { type, subject_kind: 'identity.person', subject_id: person.person_id, organ_id: person.organ_id, after },
  )
}

/** A failure counts; the fifth locks for fifteen minutes. At most five refusals are written per lock, so nobody fills the log. */
const noteFailure = async (tx: Tx, ctx: Ctx, person: Person, ip: string): Promise<Outcome> => {
  const failed_count = person.failed_count + 1
  const locks = failed_count >= PASSWORD_POLICY.lock_after_failures
  await updatePerson(
    tx,
    person.person_id,
    locks ? { failed_count: 0, locked_until: lockUntil(ctx.instant) } : { failed_count },
  )
  await recordAbout(tx, ctx, 'identity.login.refused', person, { ip, failed_count })
  if (locks) await recordAbout(tx, ctx, 'identity.person.locked', person, { ip, minutes: PASSWORD_POLICY.lock_minutes })
  return 'bad_credentials'
}

/** The time step of a right, unused code; null otherwise. A code is good once (RFC 6238 §5.2). */
export const totpStep = (
  ctx: Ctx,
  person: Pick<Person, 'sealed_totp' | 'totp_last_step'>,
  code: string,
): number | null => {
  if (!person.sealed_totp || !/^\d{6}$/.test(code)) return null
  const secret = openSecret(ctx.site.dataDir, person.sealed_totp)
  const result = verifySync({ secret, token: code, epochTolerance: 30, afterTimeStep: person.totp_last_step })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly totp?: string
}

const judge = async (
  tx: Tx,
  ctx: Ctx,
  given: Credentials,
  http: Http,
): Promise<{ outcome: Outcome; person?: Person }> => {
  const person = await lockPersonByUsername(tx, given.username)
  const stored =
    person && person.state === 'active' ? (await listPasswords(tx, person.person_id, 1))[0]?.hash : undefined
  const isRight = await passwordMatches(stored, given.password)
  if (!person || stored === undefined) return { outcome: 'bad_credentials' }
  if (isLocked(person, ctx.instant)) return { outcome: 'locked' }
  if (!isRight) return { outcome: await noteFailure(tx, ctx, person, http.ip) }
  if (person.totp_confirmed_at !== null) {
    if (!given.totp) return { outcome: 'second_factor_required' }
    const step = totpStep(ctx, person, given.totp)
    if (step === null) return { outcome: await noteFailure(tx, ctx, person, http.ip) }
    await updatePerson(tx, person.person_id, { totp_last_step: step })
  }
  return { outcome: 'opened', person }
}

/**
 * Logs in: password, then the second factor where one is enrolled. The same answer and the same work for an unknown
 * account as for a wrong password. The failure is committed before it is answered.
 */
export const openSession = async (ctx: Ctx, given: Credentials, http: Http): Promise<Session> => {
  assertMayTry(http.ip)
  const token = randomBytes(32).toString('base64url')
  const session_id = newId()
  const { outcome } = await inTx(ctx, async (tx) => {
    const { outcome, person } = await judge(tx, ctx, given, http)
    if (!person) return { outcome }
    await updatePerson(tx, person.person_id, { failed_count: 0, locked_until: null })
    await store.insertSession(tx, {
      session_id,
      token_hash: hashToken(token),
      csrf: randomBytes(24).toString('base64url'),
      person_id: person.person_id,
      opened_at: ctx.instant,
      last_seen_at: ctx.instant,
      ip: http.ip,
      user_agent: http.userAgent,
    })
    await recordAbout(tx, ctx, 'identity.session.opened', person, { ip: http.ip, session_id })
    return { outcome }
  })
  if (outcome !== 'opened') throw new Fault(outcome)
  http.setCookie(COOKIE, token, COOKIE_SECONDS)
  const session = await store.findSession(ctx.db, hashToken(token))
  return toSession(ctx, session!)
}

export const getSession = async (ctx: Ctx, http: Http): Promise<Session> => {
  const session = await store.findSession(ctx.db, hashToken(http.cookies[COOKIE] ?? ''))
  if (!session) throw new Fault('unauthenticated')
  return toSession(ctx, session)
}

const close = (ctx: Ctx, sessionId: string) =>
  inTx(ctx, async (tx) => {
    const removed = await store.removeSession(tx, ctx.actor.person_id!, sessionId)
    if (removed.numDeletedRows === 0n) throw new Fault('not_found')
    await record(tx, ctx, {
      type: 'identity.session.closed',
      subject_kind: 'identity.person',
      subject_id: ctx.actor.person_id!,
      after: { session_id: sessionId },
    })
    return { done: true as const }
  })

export const closeSession = async (ctx: Ctx, http: Http) => {
  const done = await close(ctx, ctx.actor.session_id!)
  http.clearCookie(COOKIE)
  return done
}

export const closeOtherSession = close

export const listSessions = async (ctx: Ctx) => {
  const rows = await store.listSessionRows(ctx.db, ctx.actor.person_id!)
  return rows.map((row) => ({ ...row, is_current: row.session_id === ctx.actor.session_id }))
}

/** Changes one's own password; every other session of the person ends. A wrong current password counts towards the lock. */
export const changePassword = async (ctx: Ctx, { current, next }: { current: string; next: string }, http: Http) => {
  const hash = await hashPassword(next)
  const outcome = await inTx(ctx, async (tx): Promise<Outcome> => {
    const person = await lockPerson(tx, ctx.actor.person_id!)
    const stored = (await listPasswords(tx, ctx.actor.person_id!, 1))[0]?.hash
    if (!person || isLocked(person, ctx.instant)) return 'locked'
    if (!(await passwordMatches(stored, current))) return noteFailure(tx, ctx, person, http.ip)
    await setPassword(tx, ctx, person, { text: next, hash })
    await updatePerson(tx, person.person_id, { must_change_password: false })
    await store.removeSessions(tx, person.person_id, ctx.actor.session_id)
    await recordAbout(tx, ctx, 'identity.person.password_changed', person, {})
    return 'opened'
  })
  if (outcome !== 'opened') throw new Fault(outcome, outcome === 'bad_credentials' ? '现用口令不正确' : undefined)
  return { done: true as const }
}

export const sweepSessions = (ctx: Ctx): Promise<void> =>
  inTx(ctx, async (tx) => void (await store.removeEnded(tx, endedBefore(ctx.instant))))
