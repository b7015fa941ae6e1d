import type { InquiryKind } from '@sanjiang/contract/opendata'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { identifiersIn } from '../identifier.rules.ts'
import type { Receiver } from '../intake/intake.receivers.ts'
import { recordInquiry } from './inquiry.record.ts'
import { KINDS, readBody, textOfSupplement, withStep, wordsOf } from './inquiry.rules.ts'
import { findOpened, type InquiryRow, insertInquiry, lockByNumber, toJson, updateInquiry } from './inquiry.store.ts'
import { tellInquiry } from './inquiry.tell.ts'

const kindOf = (kind: string): InquiryKind => KINDS.find((one) => one === kind)!

/** A question or a correction goes to who provides the dataset at once; what is about none waits for the office. */
export const receiveInquiry: Receiver = async (tx, ctx, submission) => {
  const kind = kindOf(submission.kind)
  const read = readBody(kind, submission.body)
  const dataset = submission.dataset_slug === null ? undefined : await findOpened(tx, submission.dataset_slug)
  const inquiry_id = newId()
  const { received_on } = submission
  await insertInquiry(tx, {
    inquiry_id,
    number: submission.number,
    kind,
    state: 'waiting',
    organ_id: dataset?.organ_id ?? null,
    dataset_slug: dataset ? submission.dataset_slug : null,
    dataset_title: dataset?.title ?? null,
    title: read.title,
    text: read.text,
    detail: toJson(read.detail),
    identifiers: toJson(identifiersIn(wordsOf(read), ctx.today).map(({ title, shown }) => ({ title, shown }))),
    timeline: toJson([
      { on: received_on, title: '已收到', text: '' },
      ...(dataset ? [{ on: received_on, title: '已转提供部门办理', text: '' }] : []),
    ]),
    visibility: 'pending',
    round: 1,
    received_on,
    clock_started_on: received_on,
    revision: 1,
  })
  await recordInquiry(tx, ctx, { number: submission.number, verb: 'received' })
  await tellInquiry(tx, ctx, submission.number)
}

/** One more who wants the same: it counts, and nothing else. */
export const receiveSupport: Receiver = async (tx, ctx, { about }) => {
  if (about !== null) await tellInquiry(tx, ctx, about)
}

/** Somebody found an application's link broken: the checker looks at it next. */
export const receiveBrokenLink: Receiver = async (tx, ctx, { about }) => {
  const row = about === null ? undefined : await lockByNumber(tx, about)
  if (row?.kind !== 'showcase') return
  await updateInquiry(tx, row.inquiry_id, { detail: toJson({ ...row.detail, checked_on: '' }) })
  await tellInquiry(tx, ctx, row.number)
}

/** Only who holds the matter's code adds to it; the outer zone's word for that is not taken. */
const owned = async (tx: Tx, about: string | null, codeHash: string): Promise<InquiryRow | undefined> => {
  const row = about === null ? undefined : await lockByNumber(tx, about)
  return row?.code_hash === codeHash ? row : undefined
}

/** What was written later, with what in it points at a person. */
const withWords = (row: InquiryRow, { on, text, today }: { on: string; text: string; today: string }) => ({
  supplements: toJson([...row.supplements, { on, text }]),
  identifiers: toJson([
    ...row.identifiers,
    ...identifiersIn(text, today).map(({ title, shown }) => ({ title, shown })),
  ]),
})

const MAX_SUPPLEMENTS = 20

export const receiveSupplement: Receiver = async (tx, ctx, { about, code_hash, body, received_on }) => {
  const row = await owned(tx, about, code_hash)
  const text = textOfSupplement(body)
  if (!row || text === '' || row.state !== 'waiting' || row.supplements.length >= MAX_SUPPLEMENTS) return
  await updateInquiry(tx, row.inquiry_id, {
    ...withWords(row, { on: received_on, text, today: ctx.today }),
    timeline: toJson(withStep(row.timeline, { on: received_on, title: '来件人补充了说明', text: '' })),
  })
  await recordInquiry(tx, ctx, { number: row.number, verb: 'supplemented' })
  await tellInquiry(tx, ctx, row.number)
}

/** The answer did not do: once, with a clock of its own. */
export const receiveReopen: Receiver = async (tx, ctx, { about, code_hash, body, received_on }) => {
  const row = await owned(tx, about, code_hash)
  if (row?.state !== 'answered' || row.round !== 1 || row.kind === 'showcase') return
  await updateInquiry(tx, row.inquiry_id, {
    state: 'waiting',
    round: 2,
    closed_on: null,
    clock_started_on: received_on,
    ...withWords(row, { on: received_on, text: textOfSupplement(body), today: ctx.today }),
    timeline: toJson(withStep(row.timeline, { on: received_on, title: '来件人认为没有解决，重新办理', text: '' })),
  })
  await recordInquiry(tx, ctx, { number: row.number, verb: 'reopened' })
  await tellInquiry(tx, ctx, row.number)
}
