import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import type { Http } from '#kernel/serve.ts'
import { noteFailure, recordOwn } from './failure.service.ts'
import { isLocked, PASSWORD_POLICY } from './password.rules.ts'
import { passwordMatches, preparePassword, setPassword } from './password.service.ts'
import { findPerson, listPasswords, lockPerson, updatePerson } from './person.store.ts'
import { renewToken, setToken } from './session.service.ts'
import { removeSession, removeSessions } from './session.store.ts'

interface Change {
  readonly current: string
  readonly next: string
}

const lockSelf = async (tx: Tx, ctx: Ctx) => {
  const person = await lockPerson(tx, ctx.actor.person_id!)
  if (!person) throw new Fault('unauthenticated')
  return person
}

// Whoever guesses at the present password holds somebody's open session: the guess that locks the account ends it too.
const refuseWrong = async (ctx: Ctx, ip: string): Promise<never> => {
  const outcome = await inTx(ctx, async (tx) => {
    const person = await lockSelf(tx, ctx)
    if (isLocked(person, ctx.instant)) return 'locked'
    const counted = await noteFailure(tx, ctx, { person, ip })
    if (counted === 'locked_now') await removeSession(tx, person.person_id, ctx.actor.session_id!)
    return counted
  })
  if (outcome === 'bad_credentials') throw invalid('current', 'current', '现用口令不正确')
  throw new Fault('locked')
}

/** Changes one's own password: every other session of the person ends, and this one goes on under a new token. */
export const changePassword = async (ctx: Ctx, { current, next }: Change, http: Http) => {
  const history = await listPasswords(ctx.db, ctx.actor.person_id!, PASSWORD_POLICY.remembered)
  if (!(await passwordMatches(history[0], current))) return refuseWrong(ctx, http.ip)
  const person = await findPerson(ctx.db, 'all', ctx.actor.person_id!)
  const prepared = await preparePassword(next, person!.username, history)
  const token = await inTx(ctx, async (tx) => {
    const person = await lockSelf(tx, ctx)
    if (isLocked(person, ctx.instant)) throw new Fault('locked')
    await setPassword(tx, ctx, person.person_id, prepared)
    await updatePerson(tx, person.person_id, { must_change_password: false, failed_count: 0 })
    await removeSessions(tx, person.person_id, ctx.actor.session_id)
    await recordOwn(tx, ctx, { type: 'identity.person.password_changed', person, after: {} })
    return renewToken(tx, ctx)
  })
  setToken(http, token)
  return { done: true as const }
}
