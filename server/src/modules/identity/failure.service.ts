import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { afterFailure, PASSWORD_POLICY } from './password.rules.ts'
import { type LockedPerson, updatePerson } from './person.store.ts'

/** Records a fact of the person's own account, before or without a session of his. */
export const recordOwn = (
  tx: Tx,
  ctx: Ctx,
  { type, person, after }: { type: string; person: LockedPerson; after: unknown },
): Promise<string> => {
  const actor: Actor = { ...ctx.actor, kind: 'person', person_id: person.person_id, name: person.name }
  const event = {
    type,
    subject_kind: 'identity.person',
    subject_id: person.person_id,
    organ_id: person.organ_id,
    after,
  }
  return record(tx, { ...ctx, actor }, event)
}

/**
 * A wrong password or code counts; the fifth locks for fifteen minutes and says so. Once locked nothing more is written,
 * so an account gives at most six lines to the access log in fifteen minutes.
 */
export const noteFailure = async (
  tx: Tx,
  ctx: Ctx,
  { person, ip }: { person: LockedPerson; ip: string },
): Promise<'bad_credentials' | 'locked_now'> => {
  const failures = afterFailure(person, ctx.instant)
  await updatePerson(tx, person.person_id, failures)
  const after = { ip, failed_count: person.failed_count + 1 }
  await recordOwn(tx, ctx, { type: 'identity.login.refused', person, after })
  if (failures.locked_until === null) return 'bad_credentials'
  const locked = { ip, minutes: PASSWORD_POLICY.lock_minutes }
  await recordOwn(tx, ctx, { type: 'identity.person.locked', person, after: locked })
  return 'locked_now'
}
