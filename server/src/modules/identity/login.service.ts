import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Session } from '@sanjiang/contract/identity'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import type { Http } from '#kernel/serve.ts'
import { noteFailure, recordOwn } from './failure.service.ts'
import { isLocked } from './password.rules.ts'
import { passwordMatches } from './password.service.ts'
import { findAccount, type LockedPerson, listPasswords, lockPerson, updatePerson } from './person.store.ts'
import { COOKIE, hashToken, newToken, readSession, setToken } from './session.service.ts'
import { insertSession, removeByToken } from './session.store.ts'
import { noteStranger } from './stranger.service.ts'
import { assertMayTry, inTurn } from './throttle.ts'
import { totpStep } from './totp.service.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly totp?: string
}

type Refusal = 'bad_credentials' | 'second_factor_required' | 'locked'
interface Verdict {
  readonly person?: LockedPerson
  readonly refusal?: Refusal
}

/** What was found before the transaction: Argon2 runs there, as long for nobody's account as for a real one. */
interface Looked {
  readonly account: Awaited<ReturnType<typeof findAccount>>
  readonly isRight: boolean
}

const lookUp = async (ctx: Ctx, { username, password }: Credentials): Promise<Looked> => {
  const account = await findAccount(ctx.db, username)
  return { account, isRight: await passwordMatches(account?.hash, password) }
}

const lockAccount = async (tx: Tx, { account, isRight }: Looked) => {
  const person = account && (await lockPerson(tx, account.person_id))
  if (person?.state !== 'active') return undefined
  const [hash] = await listPasswords(tx, person.person_id, 1)
  return { person, isRight: isRight && hash === account!.hash }
}

// The account is locked from here to the end: of many guesses at once, five are judged and the others find it locked.
const judge = async (tx: Tx, ctx: Ctx, looked: Looked, given: Credentials & { ip: string }): Promise<Verdict> => {
  const found = await lockAccount(tx, looked)
  if (!found) return { refusal: await noteStranger(tx, ctx, given.username) }
  const { person, isRight } = found
  const { ip } = given
  const fail = async (): Promise<Verdict> => {
    await noteFailure(tx, ctx, { person, ip })
    return { refusal: 'bad_credentials' }
  }
  if (isLocked(person, ctx.instant)) return { refusal: 'locked' }
  if (!isRight) return fail()
  if (person.totp_confirmed_at === null) return { person }
  if (!given.totp) return { refusal: 'second_factor_required' }
  const step = totpStep(ctx, person, given.totp)
  if (step === null) return fail()
  await updatePerson(tx, person.person_id, { totp_last_step: step })
  return { person }
}

// A token is made here and never taken from the caller, and the session his cookie may still hold ends: a planted
// cookie opens nothing (session fixation).
const open = async (tx: Tx, ctx: Ctx, { person, token, http }: { person: LockedPerson; token: string; http: Http }) => {
  const session_id = newId()
  await updatePerson(tx, person.person_id, { failed_count: 0, locked_until: null })
  await removeByToken(tx, hashToken(http.cookies[COOKIE] ?? ''))
  await insertSession(tx, {
    session_id,
    token_hash: hashToken(token),
    csrf: randomBytes(24).toString('base64url'),
    person_id: person.person_id,
    opened_at: ctx.instant,
    last_seen_at: ctx.instant,
    ip: http.ip,
    user_agent: http.userAgent,
  })
  await recordOwn(tx, ctx, { type: 'identity.session.opened', person, after: { ip: http.ip, session_id } })
}

// A refused login takes at least this long, so that the statements behind an answer do not show in its time.
const REFUSAL_MS = 200

/**
 * Logs in: password, then the second factor where one is enrolled. An unknown account gets the same answers for the
 * same work as a known one. The failure is committed before it is answered.
 */
export const openSession = async (ctx: Ctx, given: Credentials, http: Http): Promise<Session> => {
  assertMayTry(http.ip)
  const floor = pause(REFUSAL_MS)
  const looked = await inTurn(() => lookUp(ctx, given))
  const token = newToken()
  const refusal = await inTx(ctx, async (tx) => {
    const { person, refusal } = await judge(tx, ctx, looked, { ...given, ip: http.ip })
    if (person) await open(tx, ctx, { person, token, http })
    return refusal
  })
  if (refusal) {
    await floor
    throw new Fault(refusal)
  }
  setToken(http, token)
  return readSession(ctx, token)
}
