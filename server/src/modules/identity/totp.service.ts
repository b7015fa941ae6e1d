import { generateSecret, generateURI, verifySync } from 'otplib'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { openSecret, sealSecret } from '#kernel/keys.ts'
import { record } from '#kernel/record.ts'
import type { Http } from '#kernel/serve.ts'
import { type LockedPerson, lockPerson, updatePerson } from './person.store.ts'
import { renewToken, setToken } from './session.service.ts'

/** The time step of a right, unused code; null otherwise. A code is good once (RFC 6238 §5.2). */
export const totpStep = (
  ctx: Ctx,
  { sealed_totp, totp_last_step }: Pick<LockedPerson, 'sealed_totp' | 'totp_last_step'>,
  code: string,
): number | null => {
  if (!sealed_totp || !/^\d{6}$/.test(code)) return null
  const secret = openSecret(ctx.site.dataDir, sealed_totp)
  const result = verifySync({ secret, token: code, epochTolerance: 30, afterTimeStep: totp_last_step })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}

/** Begins enrolment of the second factor: a new secret, not in force until a code confirms it. */
export const beginTotp = (ctx: Ctx) =>
  inTx(ctx, async (tx) => {
    const person = await lockPerson(tx, ctx.actor.person_id!)
    if (!person) throw new Fault('not_found')
    if (person.totp_confirmed_at !== null) throw new Fault('wrong_state', '动态码已绑定；遗失请由安全管理员重置')
    const secret = generateSecret()
    await updatePerson(tx, person.person_id, { sealed_totp: sealSecret(ctx.site.dataDir, secret), totp_last_step: 0 })
    return { secret, uri: generateURI({ issuer: '三江', label: person.username, secret }) }
  })

/** Puts the second factor in force; the session goes on under a new token, now with its permissions. */
export const confirmTotp = async (ctx: Ctx, code: string, http: Http) => {
  const token = await inTx(ctx, async (tx) => {
    const person = await lockPerson(tx, ctx.actor.person_id!)
    if (!person?.sealed_totp || person.totp_confirmed_at !== null) throw new Fault('wrong_state', '没有待确认的动态码')
    const step = totpStep(ctx, person, code)
    if (step === null) throw invalid('code', 'totp', '动态码不正确或已过时')
    await updatePerson(tx, person.person_id, { totp_confirmed_at: ctx.instant, totp_last_step: step })
    await record(tx, ctx, {
      type: 'identity.person.totp_enrolled',
      subject_kind: 'identity.person',
      subject_id: person.person_id,
    })
    return renewToken(tx, ctx)
  })
  setToken(http, token)
  return { done: true as const }
}
