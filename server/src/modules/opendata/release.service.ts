import type { Paged } from '@sanjiang/contract'
import type { OpenContent, Release, ReleaseState } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { openingFaults, releaseCan, textFaults } from './release.rules.ts'
import * as store from './release.store.ts'

const toRelease = (ctx: Ctx, row: store.ReleaseRow): Release => ({
  ...row,
  is_sent: row.sent_at !== null,
  can: releaseCan(row.state, {
    is_reviewer: reaches(scopeOf(ctx.actor, 'opendata.release.review'), row.organ_path),
    is_proposer: row.proposed_by === ctx.actor.person_id,
  }),
})

const readScope = (ctx: Ctx) => scopeOf(ctx.actor, 'opendata.release.read')

export const getRelease = async (ctx: Ctx, id: string): Promise<Release> => {
  const row = await store.findRelease(ctx.db, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  return toRelease(ctx, row)
}

interface ListQuery {
  readonly state?: ReleaseState
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

export interface Proposal {
  readonly resource_id: string
  readonly title: string
  readonly summary: string
  readonly contact: string
  readonly licence: OpenContent['licence']
  readonly item_ids: readonly string[]
  readonly keywords?: readonly string[]
}

/** The projection that is reviewed and then goes out, letter by letter the same: named items and plain words alone. */
const projectionOf = async (ctx: Ctx, proposal: Proposal) => {
  const resource = await store.findOpening(ctx.db, proposal.resource_id)
  if (!resource || !reaches(scopeOf(ctx.actor, 'opendata.release.propose'), resource.provider_path))
    throw new Fault('not_found')
  const items = await store.listOpeningItems(ctx.db, proposal.resource_id)
  const wanted = new Set(proposal.item_ids)
  const content: OpenContent = {
    slug: resource.code.replace('/', '-'),
    title: proposal.title.trim(),
    summary: proposal.summary.trim(),
    organ_name: resource.provider_name,
    theme_title: resource.theme_title ?? '其他',
    open_type: resource.open_type === 'unconditional' ? 'unconditional' : 'conditional',
    open_condition: resource.open_condition || null,
    licence: proposal.licence,
    update_cycle: resource.update_cycle,
    contact: proposal.contact.trim(),
    keywords: [...(proposal.keywords ?? [])],
    items: items
      .filter(({ item_id }) => wanted.has(item_id))
      .map(({ name, name_en, data_type, length }) => ({ name, name_en, data_type, length })),
  }
  const faults = [...openingFaults({ ...resource, items }, proposal.item_ids), ...textFaults(content, ctx.today)]
  if (faults.length > 0) throw new Fault('invalid', undefined, { fields: faults })
  return { resource, content }
}

/** Faults: `not_found` for another organ's resource, `invalid` with every item and text that may not go out, `conflict`. */
export const proposeRelease = (ctx: Ctx, proposal: Proposal): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    const { resource, content } = await projectionOf(inner, proposal)
    const release_id = newId()
    await store.insertRelease(tx, {
      release_id,
      resource_id: resource.resource_id,
      release_no: await store.nextReleaseNo(tx, resource.resource_id),
      state: 'review',
      organ_id: resource.provider_organ_id,
      code: resource.code,
      content,
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
    return settled(tx, inner, { id: release_id, verb: 'proposed' })
  })

const settled = async (tx: Tx, ctx: Ctx, { id, verb }: { id: string; verb: string }): Promise<Release> => {
  const release = await getRelease({ ...ctx, db: tx }, id)
  await record(tx, ctx, {
    type: `opendata.release.${verb}`,
    subject_kind: 'opendata.release',
    subject_id: id,
    organ_id: release.organ_id,
    after: { state: release.state, code: release.code, release_no: release.release_no },
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
export const approveRelease = (ctx: Ctx, id: string, opinion: string): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    const row = await locked(tx, inner, { id, verb: 'approve' })
    await store.replaceReleased(tx, row.resource_id)
    await store.updateRelease(tx, id, { state: 'released', ...reviewOf(inner, opinion) })
    return settled(tx, inner, { id, verb: 'approved' })
  })

export const rejectRelease = (ctx: Ctx, id: string, opinion: string): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    await locked(tx, inner, { id, verb: 'reject' })
    await store.updateRelease(tx, id, { state: 'rejected', ...reviewOf(inner, opinion) })
    return settled(tx, inner, { id, verb: 'rejected' })
  })

/** The public side keeps a tombstone with the reason and nothing else of it. */
export const withdrawRelease = (ctx: Ctx, id: string, reason: string): Promise<Release> =>
  inTx(ctx, async (tx, inner) => {
    await locked(tx, inner, { id, verb: 'withdraw' })
    const change = { withdrawn_on: inner.today, withdrawn_by_name: inner.actor.name, withdraw_reason: reason.trim() }
    await store.updateRelease(tx, id, { state: 'withdrawn', sent_at: null, ...change })
    return settled(tx, inner, { id, verb: 'withdrawn' })
  })
