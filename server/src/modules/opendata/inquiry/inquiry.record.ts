import { readClock } from '@sanjiang/contract'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { withoutIdentifiers } from '../identifier.rules.ts'
import { inquiryRun, inquiryTitle } from './inquiry.rules.ts'
import { findOffice, lockByNumber } from './inquiry.store.ts'

interface Happened {
  readonly number: string
  readonly verb: string
  /** Said with it: a reason, a note. */
  readonly text?: string
}

/** The fact, with what the inbox needs to know whose turn it is; words of the citizen beside the title stay out of it. */
export const recordInquiry = async (tx: Tx, ctx: Ctx, { number, verb, text }: Happened): Promise<void> => {
  const row = (await lockByNumber(tx, number))!
  const run = inquiryRun(row)
  const organ_id = row.organ_id ?? (await findOffice(tx))
  await record(tx, ctx, {
    type: `opendata.inquiry.${verb}`,
    subject_kind: 'opendata.inquiry',
    subject_id: row.inquiry_id,
    organ_id,
    after: {
      title: withoutIdentifiers(inquiryTitle(row), ctx.today),
      number,
      kind: row.kind,
      state: row.state,
      is_assigned: row.organ_id !== null,
      provider_organ_id: organ_id,
      revision: row.revision,
      round: row.round,
      clock_rule: run.rule_code,
      clock_started_on: run.started_on,
      due_on: readClock(run, ctx.today).due_on,
      ...(text ? { text } : {}),
    },
  })
}
