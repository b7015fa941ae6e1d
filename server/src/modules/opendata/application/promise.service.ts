import { codes, type Paged } from '@sanjiang/contract'
import type { OpenPromise } from '@sanjiang/contract/opendata'
import type pg from 'pg'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import * as store from './promise.store.ts'

interface Promised {
  readonly days: number
  readonly source: string
}

/** The days a dataset's applications are answered in: as promised, else as ruled. */
export const promiseFor = async (
  ctx: Pick<Ctx, 'db'>,
  dataset: { readonly organ_id: string; readonly resource_id: string },
  on: string,
): Promise<Promised> => {
  const rule = codes.ruleAt('open_decide', on)
  const found = await store.findPromise(ctx.db, dataset, on)
  return found ?? { days: rule.days, source: rule.clause }
}

export const listPromises = async (
  ctx: Ctx,
  { after, limit = 20 }: { readonly after?: string; readonly limit?: number },
): Promise<Paged<OpenPromise>> => {
  const rows = await store.listPromiseRows(ctx.db, scopeOf(ctx.actor, 'opendata.application.read'), { after, limit })
  return toPage(rows, limit, ({ valid_from, promise_id }) => [valid_from, promise_id])
}

interface NewPromise {
  readonly resource_id?: string
  readonly days: number
  readonly source: string
  readonly valid_from: string
}

const assertFits = async (ctx: Ctx, { days, valid_from, resource_id }: NewPromise): Promise<void> => {
  const rule = codes.ruleAt('open_decide', valid_from)
  if (days > rule.days) throw invalid('days', 'longer', `不得长于规定的 ${rule.days} 个工作日`, rule.clause)
  if (valid_from < ctx.today) throw invalid('valid_from', 'past', '不能早于今天：已收到的申请按当时的承诺办理')
  if (resource_id === undefined) return
  const open = await store.listConditional(ctx.db)
  if (!open.some((one) => one.resource_id === resource_id && one.organ_id === ctx.actor.organ?.organ_id))
    throw invalid('resource_id', 'conditional', '不是本部门有条件开放的数据集')
}

/** A department's promise: for everything it opens on conditions, or for one dataset; it may only be shorter than the rule. */
export const setPromise = (ctx: Ctx, draft: NewPromise): Promise<OpenPromise> =>
  inTx(ctx, async (tx, inner) => {
    const { organ } = inner.actor
    if (!organ || !reaches(scopeOf(inner.actor, 'opendata.application.approve'), organ.path))
      throw new Fault('forbidden')
    await assertFits(inner, draft)
    const promise_id = newId()
    const { days, valid_from, resource_id = null } = draft
    const row = { promise_id, organ_id: organ.organ_id, resource_id, days, source: draft.source.trim(), valid_from }
    await store.insertPromise(tx, { ...row, set_by_name: inner.actor.name, set_at: inner.instant })
    await record(tx, inner, {
      type: 'opendata.promise.set',
      subject_kind: 'opendata.promise',
      subject_id: promise_id,
      after: row,
    })
    return { ...row, organ_name: organ.name, set_by_name: inner.actor.name }
  })

const PUT = `
insert into site.promise (dataset_id, days, source) values ($1, $2, $3)
on conflict (dataset_id) do update set days = excluded.days, source = excluded.source
where (site.promise.days, site.promise.source) is distinct from (excluded.days, excluded.source)`

/** Says on the public side in how many days each conditional dataset's applications are answered. */
export const carryPromises = async (ctx: Ctx, client: pg.Client): Promise<void> => {
  for (const dataset of await store.listConditional(ctx.db)) {
    const { days, source } = await promiseFor(ctx, dataset, ctx.today)
    await client.query(PUT, [dataset.resource_id, days, source])
  }
}
