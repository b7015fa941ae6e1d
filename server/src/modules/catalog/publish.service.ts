import type { ResourceContent } from '@sanjiang/contract/catalog'
import { formatResourceCode } from '@sanjiang/contract/codes'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { record } from '#kernel/record.ts'
import { assertInOrder } from './check.service.ts'
import { listProviders, removeEntry, writeEntries } from './entry.store.ts'
import { nextSeq, type ResourceRow, updateResource } from './resource.store.ts'
import { chosenJudge } from './standard.service.ts'
import { getContent, insertVersion } from './version.store.ts'

/** What every event about an entry tells, so that to-dos and notices need not read the catalogue. */
export const announce = (row: ResourceRow, more: Record<string, unknown> = {}) => ({
  title: row.name,
  code: row.code,
  provider_organ_id: row.provider_organ_id,
  provider_name: row.provider_name,
  compiled_by: row.compiled_by,
  submitted_by: row.submitted_by,
  version: row.last_version,
  state: row.state,
  /** The revision that the change makes, by which a late delivery is told from a new one. */
  revision: row.revision + 1,
  ...more,
})

const LOOSENESS: Readonly<Record<string, number>> = { withheld: 0, conditional: 1, unconditional: 2 }

/** Items that grants may refer to and that this version drops or shares less freely: their users must be told. */
export const narrowed = (before: ResourceContent | null, after: ResourceContent) => {
  const now = new Map(after.items.map((item) => [item.item_id, item]))
  const old = before?.items ?? []
  return {
    removed_item_ids: old.filter(({ item_id }) => !now.has(item_id)).map(({ item_id }) => item_id),
    tightened_item_ids: old
      .filter(({ item_id, share_type }) => {
        const later = now.get(item_id)
        return later !== undefined && (LOOSENESS[later.share_type ?? ''] ?? 0) < (LOOSENESS[share_type ?? ''] ?? 0)
      })
      .map(({ item_id }) => item_id),
  }
}

/**
 * Makes the working copy the published version: checks it once more, issues the code the first time, keeps the version for
 * good and renews what others read — in one transaction, so a code is used exactly when its entry is published.
 */
export const publishIn = async (tx: Tx, ctx: Ctx, { row, opinion }: { row: ResourceRow; opinion: string }) => {
  const content = row.draft as ResourceContent
  const { resource_id } = row
  await assertInOrder(tx, content, row)
  const { standard } = await chosenJudge(tx, row)
  const before = row.published_version === null ? null : await getContent(tx, resource_id, row.published_version)
  const version = row.last_version + 1
  const class_code = content.class_code!
  const code = row.code ?? formatResourceCode(class_code, await nextSeq(tx, class_code))
  await insertVersion(tx, {
    resource_id,
    version,
    content,
    name: content.name,
    item_count: content.items.length,
    standard_id: standard.id,
    standard_version: standard.version,
    compiled_by_name: row.compiled_by_name,
    reviewed_by_name: row.reviewed_by_name,
    published_by: ctx.actor.person_id,
    published_by_name: ctx.actor.name,
    published_on: ctx.today,
    published_at: ctx.instant,
  })
  const provider = (await listProviders(tx, [content.provider_organ_id])).get(content.provider_organ_id)!
  await writeEntries(tx, [{ resource_id, version, code, published_on: ctx.today, content, provider }])
  const change = {
    state: 'published',
    draft: null,
    code,
    last_version: version,
    published_version: version,
    published_on: ctx.today,
    withdrawn_on: null,
    withdraw_reason: null,
    standard_id: standard.id,
    standard_version: standard.version,
    updated_at: ctx.instant,
  }
  await updateResource(tx, resource_id, change)
  await bumpPolicy(tx)
  await record(tx, ctx, {
    type: 'catalog.resource.published',
    subject_kind: 'catalog.resource',
    subject_id: resource_id,
    organ_id: row.provider_organ_id,
    before: { state: row.state, version: row.published_version },
    after: announce({ ...row, ...change }, { opinion, ...narrowed(before, content) }),
  })
}

/** Takes an entry out of the catalogue. Its versions and its code stay; a revision under way goes on as a draft. */
export const withdrawIn = async (tx: Tx, ctx: Ctx, { row, reason }: { row: ResourceRow; reason: string }) => {
  await removeEntry(tx, row.resource_id)
  const change = {
    state: row.draft === null ? 'withdrawn' : row.state,
    published_version: null,
    withdrawn_on: ctx.today,
    withdraw_reason: reason,
    updated_at: ctx.instant,
  }
  await updateResource(tx, row.resource_id, change)
  await bumpPolicy(tx)
  await record(tx, ctx, {
    type: 'catalog.resource.withdrawn',
    subject_kind: 'catalog.resource',
    subject_id: row.resource_id,
    organ_id: row.provider_organ_id,
    before: { state: row.state, version: row.published_version },
    after: announce({ ...row, ...change }, { reason }),
  })
}
