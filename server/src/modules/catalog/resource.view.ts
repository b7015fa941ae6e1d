import type { Resource, ResourceContent, ResourceDetail } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { titleOf } from './content.rules.ts'
import { listEntryNames } from './entry.store.ts'
import { findOrigin } from './harvest/origin.store.ts'
import { reachOf, resourceCan, standingOf } from './resource.rules.ts'
import { findResource, type ResourceRow } from './resource.store.ts'
import { chosenJudge, getStandardVersion } from './standard.service.ts'
import { listClassPath } from './standard.store.ts'
import { findVersion } from './version.store.ts'

export type Copy = 'published' | 'working'

/** An entry as those who compile and review it list it. */
export const toResource = (ctx: Ctx, row: ResourceRow): Resource => ({
  resource_id: row.resource_id,
  code: row.code,
  name: titleOf(row.name),
  state: row.state as Resource['state'],
  provider_organ_id: row.provider_organ_id,
  provider_name: row.provider_name,
  class_code: row.class_code,
  class_title: row.class_title,
  share_type: row.share_type,
  item_count: row.item_count,
  published_version: row.published_version,
  is_revising: row.draft !== null && row.published_version !== null,
  revision: row.revision,
  compiled_on: row.compiled_on,
  compiled_by_name: row.compiled_by_name,
  submitted_on: row.submitted_on,
  submitted_by_name: row.submitted_by_name,
  published_on: row.published_on,
  return_reason: row.return_reason,
  returned_by_name: row.returned_by_name,
  withdraw_reason: row.withdraw_reason,
  updated_at: row.updated_at,
  can: resourceCan(row, standingOf(ctx.actor, row)),
})

/** What a reader from elsewhere learns: the published version, and nothing of what goes on beside it. */
const asPublished = (resource: Resource, content: ResourceContent): Resource => ({
  ...resource,
  name: content.name,
  state: 'published',
  class_code: content.class_code,
  share_type: content.share_type,
  item_count: content.items.length,
  is_revising: false,
  return_reason: null,
  returned_by_name: null,
})

interface Written {
  readonly standard_id: string
  readonly standard_version: number
}

/** What is published keeps the version it was published under; a working copy is written under the one that judges it. */
const standardOf = async (db: Db, by: Written, isWorking: boolean): Promise<ResourceDetail['standard']> => {
  const { standard } = isWorking
    ? await chosenJudge(db, by)
    : { standard: await getStandardVersion(db, by.standard_id, by.standard_version) }
  const { id, version, title, document_no } = standard
  return { id, version, title, document_no }
}

const relatedOf = async (db: Db, codes: readonly string[]): Promise<ResourceDetail['related']> => {
  const found = new Map((await listEntryNames(db, codes)).map((one) => [one.code, one]))
  return codes.map((code) => {
    const entry = found.get(code)
    return { code, name: entry?.name ?? null, resource_id: entry?.resource_id ?? null }
  })
}

interface Shown {
  readonly copy: Copy
  /** The reader may see the working copy and what was said about it. */
  readonly mayWork: boolean
}

/** An entry in full, built from a row the caller has the right to see. */
export const toDetail = async (ctx: Ctx, row: ResourceRow, { copy, mayWork }: Shown): Promise<ResourceDetail> => {
  const { db } = ctx
  const isWorking = copy === 'working' && row.draft !== null
  const version = isWorking ? null : (row.published_version ?? row.last_version)
  const published = isWorking ? undefined : await findVersion(db, row.resource_id, version!)
  const content = (published?.content ?? row.draft) as ResourceContent
  const resource = toResource(ctx, row)
  const path = content.class_code ? await listClassPath(db, content.class_code) : []
  return {
    ...(mayWork ? resource : asPublished(resource, content)),
    class_title: path.at(-1)?.title ?? null,
    copy: isWorking ? 'working' : 'published',
    version,
    content,
    provider_code: row.provider_code,
    provider_short_name: row.provider_short_name,
    class_path: path,
    related: await relatedOf(db, content.related_codes),
    attached_methods: row.attached_methods ?? [],
    standard: await standardOf(db, published ?? row, isWorking),
    first_published_on: row.first_published_on,
    origin: row.is_harvested ? await findOrigin(db, row.resource_id) : null,
  }
}

/**
 * The published version for everybody it is meant for; the working copy for those who compile or review it. Without a wish
 * the reader gets the published one, where there is one. Out of reach is `not_found`.
 */
export const readResource = async (ctx: Ctx, id: string, wished?: Copy): Promise<ResourceDetail> => {
  const row = await findResource(ctx.db, reachOf(ctx.actor), id)
  if (!row) throw new Fault('not_found')
  const copy = wished ?? (row.published_version === null ? 'working' : 'published')
  if (copy === 'working' && !row.may_work) throw new Fault('not_found')
  if (copy === 'published' && row.last_version === 0) throw new Fault('not_found')
  return toDetail(ctx, row, { copy, mayWork: row.may_work })
}
