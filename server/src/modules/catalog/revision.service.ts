import type { ResourceContent } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { mirrored, startRevision } from './compile.service.ts'
import { announce } from './publish.service.ts'
import { rereadResource, updateResource } from './resource.store.ts'
import { getContent } from './version.store.ts'

/**
 * Opens a working copy in which something is changed already, because a department's system has changed; in one under way the change is
 * made there. What is with a reviewer is not touched. Returns whether there is now a copy that says it.
 */
export const openRevision = async (
  tx: Tx,
  ctx: Ctx,
  resourceId: string,
  change: (content: ResourceContent) => ResourceContent | null,
): Promise<boolean> => {
  await tx
    .selectFrom('catalog.resource')
    .select('resource_id')
    .where('resource_id', '=', resourceId)
    .forUpdate()
    .execute()
  const row = await rereadResource(tx, resourceId)
  if (row.state !== 'published' && row.state !== 'draft') return false
  const isOpen = row.state === 'draft'
  const content = change(isOpen ? (row.draft as ResourceContent) : await getContent(tx, resourceId, row.last_version))
  if (content === null) return false
  if (!isOpen) await startRevision(tx, ctx, { row, content })
  else {
    await updateResource(tx, resourceId, { ...mirrored(content), updated_at: ctx.instant })
    await record(tx, ctx, {
      type: 'catalog.resource.saved',
      subject_kind: 'catalog.resource',
      subject_id: resourceId,
      organ_id: row.provider_organ_id,
      after: announce(row),
    })
  }
  return true
}
