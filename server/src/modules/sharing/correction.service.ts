import { type Paged, readClock } from '@sanjiang/contract'
import type { Correction, CorrectionDetail, CorrectionDraft } from '@sanjiang/contract/sharing'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import {
  type CorrectionRow,
  insertCorrection,
  listCorrectionRows,
  lockCorrection,
  updateCorrection,
} from './correction.store.ts'
import { correctionRun, correctionTitle, readCorrection, toCorrection } from './correction.view.ts'
import { hasReceived } from './grant.store.ts'
import { markCorrection } from './mark.service.ts'
import { keepKey } from './record-key.rules.ts'
import type { Side } from './request.store.ts'
import { findResource, listItems } from './resource.store.ts'

/**
 * A user department reports a doubtful or wrong value; business goes on meanwhile (国发〔2016〕51号 第十五条, domain R12).
 * Faults: `no_grant` when the organ never received the item, `conflict` when the same record is being verified.
 */
export const raiseCorrection = (ctx: Ctx, draft: CorrectionDraft): Promise<CorrectionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const { organ } = inner.actor
    if (!organ || !reaches(scopeOf(inner.actor, 'sharing.correction.raise'), organ.path)) throw new Fault('forbidden')
    const resource = await findResource(tx, draft.resource_id)
    if (!resource) throw invalid('resource_id', 'published', '没有这个已发布的资源')
    const item = (await listItems(tx, draft.resource_id)).find(({ item_id }) => item_id === draft.item_id)
    if (!item) throw invalid('item_id', 'unknown_item', `“${resource.name}”没有这个信息项`)
    if (!(await hasReceived(tx, organ.organ_id, item.item_id)))
      throw new Fault('no_grant', `本机构没有获得过“${item.name}”的授权，无从纠错`)
    const correction_id = newId()
    await insertCorrection(tx, {
      ...keepKey(draft, { dataDir: inner.site.dataDir, today: inner.today }),
      correction_id,
      state: 'raised',
      resource_id: resource.resource_id,
      resource_code: resource.code,
      resource_name: resource.name,
      item_id: item.item_id,
      item_name: item.name,
      provider_organ_id: resource.provider_organ_id,
      consumer_organ_id: organ.organ_id,
      wrong_value: draft.wrong_value,
      suggested_value: draft.suggested_value ?? '',
      evidence: draft.evidence.trim(),
      business_continued: draft.business_continued ?? true,
      raised_on: inner.today,
      raised_at: inner.instant,
      raised_by: inner.actor.person_id,
      raised_by_name: inner.actor.name,
      result: null,
      answer_text: null,
      answered_on: null,
      answered_at: null,
      answered_by: null,
      answered_by_name: null,
    })
    const clock = readClock({ rule_code: 'correction_verify', started_on: inner.today, stopped_on: null }, inner.today)
    await record(tx, inner, {
      type: 'sharing.correction.raised',
      subject_kind: 'sharing.correction',
      subject_id: correction_id,
      organ_id: resource.provider_organ_id,
      after: {
        title: correctionTitle({ resource_name: resource.name, item_name: item.name }),
        resource_id: resource.resource_id,
        provider_organ_id: resource.provider_organ_id,
        consumer_organ_id: organ.organ_id,
        due_on: clock.due_on,
        clock_rule: clock.rule_code,
        clock_started_on: clock.started_on,
      },
    })
    return readCorrection(inner, correction_id)
  })

interface Answer {
  readonly result: NonNullable<Correction['result']>
  readonly text: string
}

const lockOpen = async (tx: Tx, ctx: Ctx, id: string): Promise<CorrectionRow> => {
  const row = await lockCorrection(tx, scopeOf(ctx.actor, 'sharing.request.read'), id)
  if (!row) throw new Fault('not_found')
  if (!reaches(scopeOf(ctx.actor, 'sharing.correction.answer'), row.provider_path)) throw new Fault('forbidden')
  if (ctx.actor.organ?.organ_id === row.consumer_organ_id || ctx.actor.person_id === row.raised_by)
    throw new Fault('separation_of_duties', '提出纠错的一方不能自行校核')
  if (row.state !== 'raised') throw new Fault('wrong_state', '已经校核')
  return row
}

/** The provider says what he found. A late answer is marked, like a late reply. */
export const answerCorrection = (ctx: Ctx, id: string, { result, text }: Answer): Promise<CorrectionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockOpen(tx, inner, id)
    if (text.trim().length < 5) throw invalid('text', 'minLength', '校核说明不少于 5 个字')
    const change = {
      state: 'answered',
      result,
      answer_text: text.trim(),
      answered_on: inner.today,
      answered_at: inner.instant,
      answered_by: inner.actor.person_id,
      answered_by_name: inner.actor.name,
    }
    await updateCorrection(tx, id, change)
    const answered: CorrectionRow = { ...row, ...change }
    await markCorrection(tx, inner, answered)
    await record(tx, inner, {
      type: 'sharing.correction.answered',
      subject_kind: 'sharing.correction',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { state: row.state },
      after: {
        title: correctionTitle(row),
        provider_organ_id: row.provider_organ_id,
        consumer_organ_id: row.consumer_organ_id,
        result,
        on_time: readClock(correctionRun(answered), inner.today).on_time,
      },
    })
    return readCorrection(inner, id)
  })

interface ListQuery {
  readonly side?: Side
  readonly state?: Correction['state']
  readonly resource_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listCorrections = async (ctx: Ctx, query: ListQuery): Promise<Paged<Correction>> => {
  const { side = 'all', limit = 20 } = query
  const rows = await listCorrectionRows(ctx.db, {
    scope: scopeOf(ctx.actor, 'sharing.request.read'),
    side,
    state: query.state,
    resourceId: query.resource_id,
    after: query.after,
    limit,
  })
  const page = toPage(rows, limit, (row) => [row.raised_on, row.correction_id])
  return { rows: page.rows.map((row) => toCorrection(ctx, row)), next: page.next }
}
