import type { Paged } from '@sanjiang/contract'
import type { Release, ReleaseDetail, ReleaseState } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { findLive, findShown } from './edition/edition.store.ts'
import { toDetail } from './edition/edition.view.ts'
import { assertUnchanged, type Proposal, projectionOf } from './projection.service.ts'
import { releaseCan } from './release.rules.ts'
import * as store from './release.store.ts'
import { assertClean, checkUnder, discardRows, giveBack, takeOver } from './release-rows.service.ts'

export type { Proposal } from './projection.service.ts'

const toRelease = (ctx: Ctx, row: store.ReleaseRow): Release => ({
  ...row,
  is_sent: row.sent_at !== null,
  can: releaseCan(row.state, {
    is_reviewer: reaches(scopeOf(ctx.actor, 'opendata.release.review'), row.organ_path),
    is_proposer: row.proposed_by === ctx.actor.person_id,
    may_propose: reaches(scopeOf(ctx.actor, 'opendata.release.propose'), row.organ_path),
  }),
})

const urlOf = ({ site: { publicUrl } }: Ctx, { state, sent_at, content }: store.ReleaseRow): string | null =>
  publicUrl && sent_at !== null && (state === 'released' || state === 'withdrawn')
    ? `${publicUrl}/datasets/${content.slug}`
    : null

const readScope = (ctx: Ctx) => scopeOf(ctx.actor, 'opendata.release.read')

export const getRelease = async (ctx: Ctx, id: string): Promise<ReleaseDetail> => {
  const row = await store.findRelease(ctx.db, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  const edition = await findShown(ctx.db, id)
  return { ...toRelease(ctx, row), edition: edition ? await toDetail(ctx, edition) : null, public_url: urlOf(ctx, row) }
}

interface ListQuery {
  readonly state?: ReleaseState
  readonly resource_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listReleases = async (ctx: Ctx, { limit = 20, ...query }: ListQuery): Promise<Paged<Release>> => {
  const rows = await store.listReleaseRows(ctx.db, readScope(ctx), { ...query, limit })
  return toPage(
    rows.map((row) => toRelease(ctx, row)),
    limit,
    ({ proposed_on, release_id }) => [proposed_on, release_id],
  )
}

/** Faults: `not_found` for another organ's resource, `invalid` with every item and text that may not go out, `conflict`. */
export const proposeRelease = (ctx: Ctx, proposal: Proposal): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    const { resource, content, edition } = await projectionOf(tx, inner, proposal)
    const release_id = newId()
    await store.insertRelease(tx, {
      release_id,
      resource_id: resource.resource_id,
      release_no: await store.nextReleaseNo(tx, resource.resource_id),
      state: 'review',
      organ_id: resource.provider_organ_id,
      code: resource.code,
      content,
      edition_id: edition?.edition_id ?? null,
      proposed_on: inner.today,
      proposed_by: inner.actor.person_id!,
      proposed_by_name: inner.actor.name,
      reviewed_on: null,
      reviewed_by: null,
      reviewed_by_name: null,
      review_opinion: null,
      withdrawn_on: null,
      withdrawn_by_name: null,
      withdraw_reason: null,
      sent_at: null,
    })
    if (edition) await checkUnder(tx, inner, { row: edition, release_id })
    return settled(tx, inner, { id: release_id, verb: 'proposed' })
  })

/** How far along each verb leaves a release: what the inbox orders facts by. */
const REVISIONS = { proposed: 1, recalled: 2, approved: 2, rejected: 2, withdrawn: 3 } as const

interface Settling {
  readonly id: string
  readonly verb: keyof typeof REVISIONS
  /** Said with it, for whoever is told. */
  readonly text?: string
}

const settled = async (tx: Tx, ctx: Ctx, { id, verb, text = '' }: Settling): Promise<ReleaseDetail> => {
  const release = await getRelease({ ...ctx, db: tx }, id)
  const { state, code, release_no, organ_id: provider_organ_id } = release
  await record(tx, ctx, {
    type: `opendata.release.${verb}`,
    subject_kind: 'opendata.release',
    subject_id: id,
    organ_id: release.organ_id,
    after: {
      ...{ state, code, release_no, provider_organ_id, text },
      ...{ title: release.content.title, revision: REVISIONS[verb] },
    },
  })
  return release
}

const locked = async (tx: Tx, ctx: Ctx, { id, verb }: { id: string; verb: string }): Promise<store.ReleaseRow> => {
  const row = await store.lockRelease(tx, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  if (!reaches(scopeOf(ctx.actor, 'opendata.release.review'), row.organ_path)) throw new Fault('forbidden')
  if (row.state === 'review' && row.proposed_by === ctx.actor.person_id)
    throw new Fault('separation_of_duties', '提出人不能作保密审查')
  if (!toRelease(ctx, row).can.includes(verb)) throw new Fault('wrong_state')
  return row
}

const reviewOf = (ctx: Ctx, opinion: string) => ({
  reviewed_on: ctx.today,
  reviewed_by: ctx.actor.person_id,
  reviewed_by_name: ctx.actor.name,
  review_opinion: opinion.trim(),
})

/** Opens it; the public side has it as soon as the worker has carried it out (event `approved`). */
export const approveRelease = (ctx: Ctx, id: string, opinion: string): Promise<ReleaseDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await locked(tx, inner, { id, verb: 'approve' })
    await assertUnchanged(tx, row)
    await assertClean(tx, row)
    const before = (await findLive(tx, row.resource_id))?.release_id
    await store.replaceReleased(tx, row.resource_id)
    await store.updateRelease(tx, id, { state: 'released', ...reviewOf(inner, opinion) })
    await takeOver(tx, inner, { row, before })
    return settled(tx, inner, { id, verb: 'approved', text: opinion.trim() })
  })

export const rejectRelease = (ctx: Ctx, id: string, opinion: string): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    const row = await locked(tx, inner, { id, verb: 'reject' })
    await giveBack(tx, inner, row)
    await store.updateRelease(tx, id, { state: 'rejected', ...reviewOf(inner, opinion) })
    return settled(tx, inner, { id, verb: 'rejected', text: opinion.trim() })
  })

/** A proposal taken back before anybody decided; its rows wait for the next one. */
export const recallRelease = (ctx: Ctx, id: string): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    const row = await store.lockRelease(tx, scopeOf(inner.actor, 'opendata.release.propose'), id)
    if (!row) throw new Fault('not_found')
    if (row.state !== 'review') throw new Fault('wrong_state')
    await giveBack(tx, inner, row)
    await store.updateRelease(tx, id, { state: 'recalled' })
    return settled(tx, inner, { id, verb: 'recalled' })
  })

/** The public side keeps a tombstone with the reason and nothing else of it. */
export const withdrawRelease = (ctx: Ctx, id: string, reason: string): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    const row = await locked(tx, inner, { id, verb: 'withdraw' })
    await discardRows(tx, inner, row)
    const change = { withdrawn_on: inner.today, withdrawn_by_name: inner.actor.name, withdraw_reason: reason.trim() }
    await store.updateRelease(tx, id, { state: 'withdrawn', sent_at: null, ...change })
    return settled(tx, inner, { id, verb: 'withdrawn', text: reason.trim() })
  })
