import type { BatchDetail } from '@sanjiang/contract/catalog'
import { type Ctx, reaches } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record, recordAll } from '#kernel/record.ts'
import { titleOf } from '../content.rules.ts'
import { currentChecker } from '../standard.service.ts'
import { type BatchRow, updateBatch } from './batch.store.ts'
import { lockFor, scopeOfBatches, showBatch } from './batch.view.ts'
import {
  insertDrafts,
  listNewcomers,
  listWritable,
  lockPresent,
  lockWritten,
  replaceDrafts,
  takeBack,
  type Writing,
  type WrittenRow,
} from './write.store.ts'

const PAGE = 500
// More than these are not named one by one.
const NAMED = 50

const refuse = (
  code: 'stale' | 'conflict',
  detail: string,
  entries: readonly { seq: number; message: string }[],
): Fault =>
  new Fault(code, detail, {
    fields: entries.slice(0, NAMED).map(({ seq, message }) => ({ field: `entries.${seq}`, rule: code, message })),
  })

/** Everything must stand as it stood when it was checked; else the officer would write what he has not seen. */
const assertUnmoved = async (
  tx: Tx,
  ctx: Ctx,
  writings: readonly Writing[],
): Promise<Map<string, { state: string }>> => {
  const changed = writings.filter(({ kind }) => kind === 'changed')
  const present = await lockPresent(
    tx,
    changed.map(({ resource_id }) => resource_id),
  )
  const scope = scopeOfBatches(ctx)
  const moved = changed.filter(({ resource_id, base_revision }) => present.get(resource_id)?.revision !== base_revision)
  if (moved.length > 0)
    throw refuse(
      'stale',
      `检查之后有 ${moved.length} 个条目又有变动，请重新检查`,
      moved.map(({ seq, name }) => ({ seq, message: `“${name}”检查之后又有变动` })),
    )
  if ([...present.values()].some(({ provider_path }) => !reaches(scope, provider_path))) throw new Fault('forbidden')
  const fresh = writings.filter(({ kind }) => kind === 'new')
  await assertReach(tx, ctx, fresh)
  const newcomers = fresh.length === 0 ? [] : await listNewcomers(tx, fresh)
  if (newcomers.length > 0)
    throw new Fault('stale', `检查之后本部门又有了同名条目：${newcomers.join('、')}，请重新检查`)
  return present
}

const assertReach = async (tx: Tx, ctx: Ctx, fresh: readonly Writing[]): Promise<void> => {
  const ids = [...new Set(fresh.map(({ content }) => content.provider_organ_id))]
  if (ids.length === 0) return
  const organs = await tx.selectFrom('identity.organ').select('path').where('organ_id', 'in', ids).execute()
  if (organs.some(({ path }) => !reaches(scopeOfBatches(ctx), path))) throw new Fault('forbidden')
}

const writePage = async (tx: Tx, ctx: Ctx, writings: readonly Writing[], row: BatchRow): Promise<void> => {
  const present = await assertUnmoved(tx, ctx, writings)
  const { standard } = await currentChecker(tx)
  const under = { batchId: row.batch_id, standard }
  const [fresh, changed] = [
    writings.filter(({ kind }) => kind === 'new'),
    writings.filter(({ kind }) => kind === 'changed'),
  ]
  if (fresh.length > 0) await insertDrafts(tx, ctx, fresh, under)
  if (changed.length > 0) await replaceDrafts(tx, ctx, changed, under)
  await recordAll(
    tx,
    ctx,
    writings.map(({ kind, resource_id, base_revision, content }) => {
      const isOpening = kind === 'changed' && present.get(resource_id)!.state !== 'draft'
      return {
        type: `catalog.resource.${kind === 'new' ? 'drafted' : isOpening ? 'revised' : 'saved'}`,
        subject_kind: 'catalog.resource',
        subject_id: resource_id,
        organ_id: content.provider_organ_id,
        after: {
          title: titleOf(content.name),
          provider_organ_id: content.provider_organ_id,
          batch_id: row.batch_id,
          revision: (base_revision ?? 0) + 1,
        },
      }
    }),
  )
}

/**
 * Writes what the dry run has shown, all of it or nothing: new entries as drafts, changed ones into their working copy or one
 * opened for it. Nothing of it is published; each draft goes through the same three hands as any other.
 */
export const commitBatch = (ctx: Ctx, id: string, { is_leaving_out = false } = {}): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'commit' })
    const left = row.error_count + row.conflict_count
    if (left > 0 && !is_leaving_out)
      throw new Fault(
        'conflict',
        `有 ${row.error_count} 个错误、${row.conflict_count} 个冲突条目；改正后重新上传，或确认略去它们`,
      )
    if (row.new_count + row.changed_count === 0) throw new Fault('conflict', '没有可写入的条目')
    let written = 0
    for (let after = 0; ; ) {
      const page = await listWritable(tx, id, { after, limit: PAGE })
      if (page.length === 0) break
      const writings = page.map((one) => ({ ...one, resource_id: one.resource_id ?? newId() }))
      await writePage(tx, inner, writings, row)
      written += page.length
      after = page.at(-1)!.seq
    }
    await updateBatch(tx, id, {
      state: 'committed',
      committed_by_name: inner.actor.name,
      committed_at: inner.instant,
      written_count: written,
      updated_at: inner.instant,
    })
    await record(tx, inner, {
      type: 'catalog.batch.committed',
      subject_kind: 'catalog.batch',
      subject_id: id,
      organ_id: row.organ_id,
      after: { title: row.title, written, left_out: left, new: row.new_count, changed: row.changed_count },
    })
    return showBatch(inner, id)
  })

/** Why an entry cannot be taken back; undefined when nobody touched it since. */
const blockerOf = ({ name, revision, written_revision, state, compiled_by_name }: WrittenRow): string | undefined => {
  if (revision === null) return `“${name}”已被删除`
  if (revision === written_revision) return undefined
  return state === 'draft' ? `“${name}”之后又由${compiled_by_name}改过` : `“${name}”已送审或已发布`
}

/** Takes a committed batch back, all of it or nothing, as long as every entry is as the batch left it. */
export const undoBatch = (ctx: Ctx, id: string): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'undo' })
    const written = await lockWritten(tx, id)
    const blockers = written.flatMap((one) => {
      const message = blockerOf(one)
      return message === undefined ? [] : [{ seq: one.seq, message }]
    })
    if (blockers.length > 0) throw refuse('conflict', `有 ${blockers.length} 个条目此后有变动，不能撤销`, blockers)
    const scope = scopeOfBatches(inner)
    if (written.some(({ provider_path }) => !reaches(scope, provider_path!))) throw new Fault('forbidden')
    await takeBack(tx, inner, id)
    await recordAll(
      tx,
      inner,
      written.map(({ kind, resource_id, name, provider_organ_id }) => ({
        type: `catalog.resource.${kind === 'new' ? 'removed' : 'restored'}`,
        subject_kind: 'catalog.resource',
        subject_id: resource_id,
        organ_id: provider_organ_id,
        before: { title: name, batch_id: id },
      })),
    )
    await updateBatch(tx, id, {
      state: 'undone',
      undone_by_name: inner.actor.name,
      undone_at: inner.instant,
      updated_at: inner.instant,
    })
    await record(tx, inner, {
      type: 'catalog.batch.undone',
      subject_kind: 'catalog.batch',
      subject_id: id,
      organ_id: row.organ_id,
      after: { title: row.title, taken_back: written.length },
    })
    return showBatch(inner, id)
  })
