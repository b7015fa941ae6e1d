import type { IntakeKind } from '@sanjiang/contract/opendata.intake'
import type pg from 'pg'
import { businessDateOf } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { RECEIVERS, type Receiver } from './intake.receivers.ts'
import { insertIntake, listUnhandled, lockUnhandled, markFailed, markHandled, type Submission } from './intake.store.ts'

const BATCH = 100

const WAITING = `
select number, kind, dataset_slug, about, body, contact, code_hash, submitted_at
from intake.submission where pulled_at is null order by submission_no limit ${BATCH}`

// Once it is inside, what it says and who can be called has no business in the outer zone any more.
const TAKEN = `update intake.submission set pulled_at = now(), body = '{}', contact = null where number = $1 and pulled_at is null`

type Waiting = Omit<Submission, 'received_on' | 'submitted_at'> & { readonly submitted_at: Date }

/** Fetches what citizens sent, oldest first, each settled inside before it is emptied outside: cut off anywhere, nothing is lost or doubled. */
export const pullSubmissions = async (ctx: Ctx, client: pg.Client): Promise<number> => {
  const { rows } = await client.query<Waiting>(WAITING)
  for (const row of rows) {
    const submitted_at = row.submitted_at.toISOString()
    const submission = { ...row, submitted_at, received_on: businessDateOf(ctx, submitted_at) }
    await inTx(ctx, (tx) => insertIntake(tx, { ...submission, pulled_at: ctx.instant }))
    await client.query(TAKEN, [row.number])
  }
  return rows.length
}

const handleOne = (ctx: Ctx, number: string, receivers: typeof RECEIVERS): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    const submission = await lockUnhandled(tx, number)
    const receive: Receiver | undefined = submission && receivers[submission.kind]
    if (!submission || !receive) return
    await receive(tx, inner, submission)
    await markHandled(tx, number, inner.instant)
  })

/** Makes matters of what was fetched; one that fails is tried five times and does not hold up those behind it. */
export const handleSubmissions = async (ctx: Ctx, receivers = RECEIVERS): Promise<number> => {
  const kinds = Object.keys(receivers) as IntakeKind[]
  const waiting = kinds.length > 0 ? await listUnhandled(ctx.db, kinds) : []
  for (const { number } of waiting)
    await handleOne(ctx, number, receivers).catch(async (error: Error) => {
      ctx.log.error({ err: error, number }, 'submission not handled')
      await inTx(ctx, (tx) => markFailed(tx, number, error.message))
    })
  return waiting.length
}
