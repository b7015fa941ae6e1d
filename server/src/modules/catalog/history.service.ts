import type { FieldChange, ResourceContent, Version } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { diffContents } from './diff.rules.ts'
import { reachOf } from './resource.rules.ts'
import { findResource } from './resource.store.ts'
import { currentChecker } from './standard.service.ts'
import { findVersion, getContent, listEvents, listVersionRows } from './version.store.ts'

const getRow = async (ctx: Ctx, id: string) => {
  const row = await findResource(ctx.db, reachOf(ctx.actor), id)
  if (!row) throw new Fault('not_found')
  return row
}

const TITLES: Readonly<Record<string, string>> = {
  'catalog.resource.drafted': '起草',
  'catalog.resource.submitted': '提交部门审核',
  'catalog.resource.recalled': '撤回提交',
  'catalog.resource.approved': '部门审核通过',
  'catalog.resource.returned': '退回',
  'catalog.resource.published': '平台审核通过并发布',
  'catalog.resource.withdrawn': '下架',
  'catalog.resource.revised': '开始修订',
  'catalog.resource.revision_dropped': '放弃修订',
  'catalog.resource.restored': '批量办理撤销，恢复原样',
  'catalog.resource.imported': '批量装入并发布',
}
/** What the public of departments may know of an entry's course. */
const OPEN_EVENTS = new Set(['catalog.resource.published', 'catalog.resource.withdrawn', 'catalog.resource.imported'])

/** Who did what, newest first. Autosaves are left out; drafts and returns are the compiling side's own affair. */
export const listHistory = async (ctx: Ctx, id: string) => {
  const row = await getRow(ctx, id)
  const events = await listEvents(ctx.db, id)
  return events
    .filter(({ type }) => TITLES[type] !== undefined && (row.may_work || OPEN_EVENTS.has(type)))
    .map(({ after, ...event }) => {
      const told = (after ?? {}) as { version?: number; opinion?: string; reason?: string }
      return {
        ...event,
        title: TITLES[event.type]!,
        version: OPEN_EVENTS.has(event.type) ? (told.version ?? null) : null,
        text: told.reason ?? told.opinion ?? '',
      }
    })
}

export const listVersions = async (ctx: Ctx, id: string): Promise<Version[]> => {
  await getRow(ctx, id)
  return listVersionRows(ctx.db, id)
}

export const getVersion = async (ctx: Ctx, id: string, number: number) => {
  await getRow(ctx, id)
  const found = await findVersion(ctx.db, id, number)
  if (!found) throw new Fault('not_found')
  const { content, ...version } = found
  return { version, content: content as ResourceContent }
}

/** Without `to`: the working copy for those who see it, else the newest version. */
export const diffResource = async (
  ctx: Ctx,
  id: string,
  { from, to }: { from: number; to?: number },
): Promise<FieldChange[]> => {
  const row = await getRow(ctx, id)
  const before = await findVersion(ctx.db, id, from)
  const after =
    to !== undefined
      ? (await findVersion(ctx.db, id, to))?.content
      : row.may_work && row.draft !== null
        ? row.draft
        : row.last_version > 0 && (await getContent(ctx.db, id, row.last_version))
  if (!before || !after) throw new Fault('not_found')
  const { standard } = await currentChecker(ctx.db)
  return diffContents(before.content as ResourceContent, after as ResourceContent, standard)
}
