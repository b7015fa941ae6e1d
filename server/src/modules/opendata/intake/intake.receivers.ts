import type { IntakeKind } from '@sanjiang/contract/opendata.intake'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import {
  receiveAgreement,
  receiveAppeal,
  receiveApplication,
  receiveKey,
  receiveMend,
} from '../application/application.receive.ts'
import {
  receiveBrokenLink,
  receiveInquiry,
  receiveReopen,
  receiveSupplement,
  receiveSupport,
} from '../inquiry/inquiry.receive.ts'
import type { Submission } from './intake.store.ts'

/**
 * Makes a matter of a submission, in the transaction that marks it handled. Whatever a stranger wrote must come out as a
 * matter or as nothing; what throws is tried again and then laid aside.
 */
export type Receiver = (tx: Tx, ctx: Ctx, submission: Submission) => Promise<void>

/** Who makes what of which kind: one line each. Kinds without a line wait until there is one. */
export const RECEIVERS: Readonly<Partial<Record<IntakeKind, Receiver>>> = {
  application: receiveApplication,
  mend: receiveMend,
  agreement: receiveAgreement,
  rekey: receiveKey,
  appeal: receiveAppeal,
  question: receiveInquiry,
  correction: receiveInquiry,
  wish: receiveInquiry,
  showcase: receiveInquiry,
  support: receiveSupport,
  broken_link: receiveBrokenLink,
  supplement: receiveSupplement,
  reopen: receiveReopen,
}
