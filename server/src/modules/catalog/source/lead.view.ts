import { readClock } from '@sanjiang/contract'
import type { Lead } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { type Asked, type LeadFace, leadCan } from './lead.rules.ts'
import { type LeadRow, listAnswerRows } from './lead.store.ts'

type AnswerRow = Awaited<ReturnType<typeof listAnswerRows>>[number]

const clockOf = (row: LeadRow, today: string) =>
  readClock(
    { rule_code: 'lead_answer', started_on: row.proposed_on, stopped_on: row.decided_on ?? row.ended_on },
    today,
  )

export const faceOf = (row: LeadRow, answers: readonly AnswerRow[], today: string): LeadFace => ({
  state: row.state as Lead['state'],
  asked: answers as unknown as readonly Asked[],
  proposed_organ_path: row.proposed_organ_path,
  is_overdue: clockOf(row, today).overdue_days > 0,
})

export const toLead = (ctx: Ctx, row: LeadRow, answers: readonly AnswerRow[]): Lead => ({
  ...(row as unknown as Lead),
  clock: clockOf(row, ctx.today),
  answers: answers as unknown as Lead['answers'],
  can: leadCan(ctx.actor, faceOf(row, answers, ctx.today)),
})

export const toLeads = async (ctx: Ctx, db: Db, rows: readonly LeadRow[]): Promise<Lead[]> => {
  const answers = await listAnswerRows(
    db,
    rows.map(({ lead_id }) => lead_id),
  )
  return rows.map((row) =>
    toLead(
      ctx,
      row,
      answers.filter(({ lead_id }) => lead_id === row.lead_id),
    ),
  )
}
