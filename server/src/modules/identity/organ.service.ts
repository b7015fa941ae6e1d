import type { Paged } from '@sanjiang/contract'
import type { Organ, OrganDetail, OrganDraft } from '@sanjiang/contract/identity'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import {
  foundingFaults,
  type Renaming,
  renamingFaults,
  type Succession,
  standsOn,
  successionFaults,
} from './organ.rules.ts'
import * as store from './organ.store.ts'

interface ListQuery {
  readonly on?: string
  readonly after?: string
  readonly limit?: number
  readonly q?: string
  readonly parent_id?: string
  readonly division_code?: string
}

/** Public organs are public knowledge, so the list is not narrowed to the reader's own; people and clients are. */
export const listOrgans = async (ctx: Ctx, query: ListQuery): Promise<Paged<Organ>> => {
  const { on = ctx.today, after, limit = 200, q, parent_id, division_code } = query
  const rows = await store.listOrganRows(ctx.db, {
    on,
    text: q?.trim(),
    parentId: parent_id,
    divisionCode: division_code,
    after,
    limit,
  })
  return toPage(rows, limit, ({ path }) => [path]) as Paged<Organ>
}

const verbsOf = (ctx: Ctx, organ: store.OrganRow): string[] => {
  const isOpen = organ.dissolved_on === null && reaches(scopeOf(ctx.actor, 'identity.organ.edit'), organ.path)
  return isOpen ? ['rename', 'succeed'] : []
}

export const getOrgan = async (ctx: Ctx, organId: string): Promise<OrganDetail> => {
  const organ = await store.findOrgan(ctx.db, organId, ctx.today)
  if (!organ) throw new Fault('not_found')
  const names = await store.listNames(ctx.db, organId)
  const successions = await store.listSuccessions(ctx.db, organId)
  return { ...organ, names, successions, can: verbsOf(ctx, organ) } as OrganDetail
}

/** An organ that people, roles and clients may be put into today; anything else is the caller's mistake in `organ_id`. */
export const getStandingOrgan = async (db: Db, organId: string, today: string): Promise<store.OrganRow> => {
  const organ = await store.findOrgan(db, organId, today)
  if (!organ) throw invalid('organ_id', 'exists', '没有这个机构')
  if (!standsOn(organ, today)) throw invalid('organ_id', 'standing', '机构当前不存续')
  return organ
}

const recordOrgan = (tx: Tx, ctx: Ctx, change: { verb: string; organ_id: string; before?: unknown; after: unknown }) =>
  record(tx, ctx, {
    type: `identity.organ.${change.verb}`,
    subject_kind: 'identity.organ',
    subject_id: change.organ_id,
    organ_id: change.organ_id,
    before: change.before,
    after: change.after,
  })

/** Founds an organ below its parent, or a new top of the tree for whoever reaches all of it. */
export const foundOrgan = (ctx: Ctx, draft: OrganDraft): Promise<OrganDetail> =>
  inTx(ctx, async (tx, inner) => {
    await store.lockTree(tx)
    const parent = draft.parent_id ? await store.findOrgan(tx, draft.parent_id, draft.founded_on) : undefined
    const fields = foundingFaults(draft, parent)
    if (fields.length > 0) throw new Fault('invalid', undefined, { fields })
    if (!reaches(scopeOf(ctx.actor, 'identity.organ.edit'), parent?.path ?? '/'))
      throw invalid('parent_id', 'reach', '上级机构不在管理范围内')
    const { name, short_name, founded_on, organ_id } = draft
    const organ = {
      ...draft,
      path: `${parent?.path ?? '/'}${organ_id}/`,
      division_code: organ_id.slice(0, 6),
      credit_code: draft.credit_code || null,
      seq_code: draft.seq_code ?? organ_id.slice(7),
      dissolved_on: null,
    }
    await store.insertOrgans(tx, [organ])
    await store.insertNames(tx, [{ organ_id, name, short_name, valid_from: founded_on, valid_to: null }])
    await recordOrgan(tx, ctx, { verb: 'founded', organ_id, after: organ })
    return getOrgan(inner, organ_id)
  })

const lockOne = async (tx: Tx, ctx: Ctx, organId: string) => {
  const [organ] = await store.lockOrgans(tx, [organId])
  if (!organ || !reaches(scopeOf(ctx.actor, 'identity.organ.edit'), organ.path)) throw new Fault('not_found')
  if (organ.dissolved_on !== null) throw new Fault('wrong_state', '机构已撤销或已定撤销日期')
  return organ
}

/** Gives an organ another name from a day on — past, today or announced; the old one stays findable. */
export const renameOrgan = (ctx: Ctx, organId: string, plan: Renaming): Promise<OrganDetail> =>
  inTx(ctx, async (tx, inner) => {
    const organ = await lockOne(tx, ctx, organId)
    const current = (await store.listNames(tx, organId)).at(-1)
    const fields = renamingFaults(organ, current, plan)
    if (fields.length > 0) throw new Fault('invalid', undefined, { fields })
    const { name, short_name, on } = plan
    await store.endName(tx, organId, on)
    await store.insertNames(tx, [{ organ_id: organId, name, short_name, valid_from: on, valid_to: null }])
    await store.refreshNames(tx, ctx.today)
    await recordOrgan(tx, ctx, { verb: 'renamed', organ_id: organId, before: current, after: plan })
    return getOrgan(inner, organId)
  })

type LockedOrgan = Awaited<ReturnType<typeof store.lockOrgans>>[number]

// A merger carries the organs below along; any other end must first find them a new place.
const placeChildren = async (tx: Tx, ctx: Ctx, ending: { organ: LockedOrgan; heir?: LockedOrgan; on: string }) => {
  const children = await store.listChildren(tx, ending.organ.organ_id, ending.on)
  if (children.length === 0) return
  // An heir that is to end itself would leave them without a place on that day.
  if (!ending.heir || ending.heir.dissolved_on !== null)
    throw new Fault('wrong_state', `尚有 ${children.length} 个下级机构，请先调整其隶属`)
  if (ending.on > ctx.today) throw new Fault('wrong_state', '有下级机构的合并，请在合并当日办理')
  await store.moveChildren(tx, ending.organ, ending.heir)
}

/** Ends an organ on a day, or splits part of it off: who takes over is kept, and what lay below a merged one moves along. */
export const succeedOrgan = (ctx: Ctx, organId: string, plan: Succession): Promise<OrganDetail> =>
  inTx(ctx, async (tx, inner) => {
    await store.lockTree(tx)
    const organ = await lockOne(tx, ctx, organId)
    const ids = [...new Set(plan.successor_ids)]
    const successors = ids.length > 0 ? await store.lockOrgans(tx, ids) : []
    const fields = successionFaults(organ, successors, plan)
    if (fields.length > 0) throw new Fault('invalid', undefined, { fields })
    const heirs = successors.filter(({ organ_id }) => organ_id !== organId)
    await store.insertSuccessions(
      tx,
      heirs.map(({ organ_id }) => ({ organ_id: organId, successor_id: organ_id, on_date: plan.on, how: plan.how })),
    )
    if (heirs.length === successors.length) {
      await placeChildren(tx, ctx, { organ, heir: plan.how === 'merged' ? heirs[0] : undefined, on: plan.on })
      await store.dissolveOrgan(tx, organId, plan.on)
      await store.endName(tx, organId, plan.on)
    }
    await recordOrgan(tx, ctx, { verb: plan.how, organ_id: organId, after: plan })
    return getOrgan(inner, organId)
  })
