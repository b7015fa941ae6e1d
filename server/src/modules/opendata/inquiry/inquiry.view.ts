import { readClock } from '@sanjiang/contract'
import type { Inquiry, InquiryDetail } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { withoutIdentifiers } from '../identifier.rules.ts'
import { inquiryCan, inquiryRun } from './inquiry.rules.ts'
import { findInquiry, type InquiryRow, listAnswers } from './inquiry.store.ts'

export const readScope = (ctx: Ctx) => scopeOf(ctx.actor, 'opendata.inquiry.read')

export const verbsOf = (ctx: Ctx, row: InquiryRow): string[] =>
  inquiryCan(row, {
    person_id: ctx.actor.person_id,
    is_handler: row.organ_path !== null && reaches(scopeOf(ctx.actor, 'opendata.inquiry.answer'), row.organ_path),
    is_office: reaches(scopeOf(ctx.actor, 'opendata.inquiry.assign'), row.organ_path ?? '/'),
  })

export const toInquiry = (ctx: Ctx, row: InquiryRow): Inquiry => ({
  inquiry_id: row.inquiry_id,
  number: row.number,
  kind: row.kind,
  state: row.state,
  title: row.title,
  dataset_slug: row.dataset_slug,
  dataset_title: row.dataset_title,
  organ_id: row.organ_id,
  organ_name: row.organ_name,
  visibility: row.visibility,
  round: row.round,
  received_on: row.received_on,
  clock: readClock(inquiryRun(row), ctx.today),
  support_count: row.support_count,
  outcome: row.outcome,
  is_refusal_proposed: row.state === 'waiting' && row.refusal_by !== null,
})

/** Who deals with it may reach its sender; others who may read it are told that they cannot. */
const mayReach = (can: readonly string[]): boolean => can.includes('moderate')

export const readInquiry = async (ctx: Ctx, id: string): Promise<InquiryDetail> => {
  const row = await findInquiry(ctx.db, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  const can = verbsOf(ctx, row)
  return {
    ...toInquiry(ctx, row),
    text: row.text,
    detail: row.detail,
    contact: mayReach(can) ? row.contact : null,
    identifiers: row.identifiers,
    submitted_at: row.submitted_at,
    supplements: row.supplements,
    published_title: row.published_title,
    published_text: row.published_text,
    moderated_on: row.moderated_on,
    moderated_by_name: row.moderated_by_name,
    suggested_title: withoutIdentifiers(row.title, ctx.today),
    suggested_text: withoutIdentifiers(row.text, ctx.today),
    refusal_reason: row.refusal_reason,
    refusal_text: row.refusal_text,
    refusal_by_name: row.refusal_by_name,
    answers: await listAnswers(ctx.db, id),
    timeline: row.timeline,
    can,
  }
}
