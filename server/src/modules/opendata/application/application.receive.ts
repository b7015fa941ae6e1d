import { formFaults, readAnswers, readForm } from '@sanjiang/contract/opendata'
import { proseIn } from '@sanjiang/contract/opendata.words'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import type { Receiver } from '../intake/intake.receivers.ts'
import type { Submission } from '../intake/intake.store.ts'
import { putReply } from '../intake/reply.store.ts'
import { closeAccess, insertAccess } from './access.store.ts'
import { factOf, move } from './application.service.ts'
import * as store from './application.store.ts'
import { tellApplicant } from './application.view.ts'
import { closeIfOver } from './closing.service.ts'
import { promiseFor } from './promise.service.ts'

const CITIZEN = { by_id: null, by_name: '申请人' }

/** The dataset was withdrawn, or is everybody's by now, between the form and here: there is nothing to decide, and this is said. */
const turnAway = (tx: Tx, { number, code_hash, received_on }: Submission): Promise<void> =>
  putReply(tx, {
    ...{ number, kind: 'application', code_hash, thread: null },
    standing: {
      ...{
        state: 'void',
        state_title: '没有立案',
        title: '有条件开放申请',
        organ_name: null,
        received_on,
        clock: null,
      },
      ...{ answer: '这个数据集现在不接受申请，或所填内容不完整。', answered_on: received_on, timeline: [], can: [] },
    },
  })

/** An application as it was sent becomes a matter; one that breaks the form's own rules was not sent by our form. */
export const receiveApplication: Receiver = async (tx, ctx, submission) => {
  const form = readForm({ ...submission.body, ...submission.contact })
  const dataset = await store.lockOpenDataset(tx, submission.dataset_slug ?? '')
  if (!dataset || formFaults(form).length > 0) return turnAway(tx, submission)
  const application_id = newId()
  const { number, code_hash, received_on } = submission
  const promised = await promiseFor({ db: tx }, dataset, received_on)
  const { name, credit_code, contact_name, phone, email, kind, security, promise_version, ...rest } = form
  await store.insertApplication(tx, {
    ...{ application_id, number, code_hash, state: 'received', received_on, revision: 1, promise_version },
    ...{
      resource_id: dataset.resource_id,
      slug: submission.dataset_slug!,
      code: dataset.code,
      organ_id: dataset.organ_id,
    },
    ...{ dataset_title: dataset.content.title, open_condition: dataset.content.open_condition },
    ...{ promise_days: promised.days, promise_source: promised.source, applicant_kind: kind, security: [...security] },
    ...rest,
  })
  await store.insertApplicant(tx, { application_id, name, credit_code, contact_name, phone, email })
  const step = {
    application_id,
    verb: 'received',
    happened_on: received_on,
    happened_at: submission.submitted_at,
    text: '',
  }
  await store.insertStep(tx, { ...step, ...CITIZEN })
  const row = (await store.lockApplication(tx, 'all', application_id))!
  await tellApplicant(tx, row)
  await record(tx, ctx, factOf(row, 'received', received_on))
}

/** The matter a citizen's further word is about; `undefined` where it does not stand where that word has meaning. */
const matterOf = async (tx: Tx, { about, code_hash }: Submission, state: string) => {
  const row = about ? await store.lockNumbered(tx, about, code_hash) : undefined
  return row?.state === state ? row : undefined
}

export const receiveMend: Receiver = async (tx, ctx, submission) => {
  const row = await matterOf(tx, submission, 'incomplete')
  if (!row) return
  const answers = readAnswers(submission.body)
  await store.updateApplicant(tx, row.application_id, { answers: JSON.stringify(answers) })
  await move(tx, ctx, row, { verb: 'mended', to: 'received', isCitizen: true, on: submission.received_on })
}

export const receiveAppeal: Receiver = async (tx, ctx, submission) => {
  const row = await matterOf(tx, submission, 'refused')
  const text = proseIn(submission.body.text, 2000)
  if (!row || text === '') return
  await store.updateApplicant(tx, row.application_id, { appeal_text: text })
  const appeal = { verb: 'appealed', to: 'appealed', isCitizen: true, on: submission.received_on } as const
  await closeIfOver(tx, ctx, await move(tx, ctx, row, appeal))
}

const HASH = /^[0-9a-f]{64}$/

const openAccess = async (tx: Tx, ctx: Ctx, row: store.ApplicationRow, key_hash: string): Promise<void> => {
  const { application_id, resource_id } = row
  const { ends_on, daily_requests, daily_bytes } = (await store.findAgreement(tx, application_id))!
  const access = { access_id: newId(), application_id, resource_id, key_hash, ends_on, daily_requests, daily_bytes }
  await insertAccess(tx, { ...access, opened_at: ctx.instant, closed_at: null, sent_at: null })
}

/** Number, code and the digest of the very text that was shown: that is the signature. The key is known here by its hash alone. */
export const receiveAgreement: Receiver = async (tx, ctx, submission) => {
  const row = await matterOf(tx, submission, 'agreement')
  const { digest, key_hash } = submission.body as Record<string, string>
  if (!row || !HASH.test(key_hash ?? '')) return
  const agreement = await store.findAgreement(tx, row.application_id)
  if (!agreement || agreement.digest !== digest || agreement.signed_at !== null) return
  await store.signAgreement(tx, row.application_id, submission.submitted_at)
  await openAccess(tx, ctx, row, key_hash!)
  await move(tx, ctx, row, { verb: 'confirmed', to: 'active', isCitizen: true, on: submission.received_on })
}

/** A key that was lost or seen by others gives way to another; the term stays what it was. */
export const receiveKey: Receiver = async (tx, ctx, submission) => {
  const row = await matterOf(tx, submission, 'active')
  const { key_hash } = submission.body as Record<string, string>
  if (!row || !HASH.test(key_hash ?? '') || row.ends_on! < ctx.today) return
  await closeAccess(tx, row.application_id, ctx.instant)
  await openAccess(tx, ctx, row, key_hash!)
  await move(tx, ctx, row, { verb: 'rekeyed', to: 'active', isCitizen: true, on: submission.received_on })
}
