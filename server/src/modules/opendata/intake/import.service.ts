import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { RECEIVERS } from './intake.receivers.ts'
import { insertIntake, lockUnhandled, markHandled, type Submission } from './intake.store.ts'

/** A submission that reached the office otherwise than by the public side: on paper, by an older system. Told twice it is there once. */
export const importSubmission = (ctx: Ctx, submission: Submission): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    await insertIntake(tx, { ...submission, pulled_at: inner.instant })
    const waiting = await lockUnhandled(tx, submission.number)
    if (!waiting) return
    await RECEIVERS[waiting.kind]?.(tx, inner, waiting)
    await markHandled(tx, submission.number, inner.instant)
  })
