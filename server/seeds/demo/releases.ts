import type { ThemeCode } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import { approveRelease, proposeRelease, withdrawRelease } from '#modules/opendata/index.ts'
import { asOfficer } from './officer.ts'
import { PLANNED_KEYS } from './open/plans.ts'
import { OPEN_ROWS } from './open-rows.ts'
import { settled, stageRows } from './open-upload.ts'
import { departmentOf } from './people.ts'
import { findPublished } from './published.ts'
import { TABLE_GRANTS } from './table-grants.ts'

const RELEASES = 14
/** So that the portal is not one department's. */
const RELEASES_OF_ORGAN = 2
const RELEASED_ON = '2017-12-01'
/** One of those was a mistake: what is left of it on the public side is a tombstone. */
const WITHDRAWN = 5

/** What the public looks under, by the name of the entry, else by the department's word. */
const THEME_OF_NAME: Readonly<Record<string, ThemeCode>> = { 水电站基本信息: '207', 光伏发电项目信息: '207' }
const THEME_OF: Readonly<Record<string, ThemeCode>> = {
  ...{ mz: '203', ga: '212', rs: '203', gs: '208', wj: '202', gt: '211', zj: '209', fg: '208' },
}

const openable = (ctx: Ctx) =>
  ctx.db
    .selectFrom('catalog.published_resource as r')
    .select(['r.resource_id', 'r.name', 'r.summary', 'r.provider_organ_id', 'r.provider_name', 'r.open_type'])
    .where('r.open_type', 'in', ['unconditional', 'conditional'])
    .where('r.share_type', '<>', 'withheld')
    .where('r.audience_path', '=', '/')
    .orderBy('r.code')
    .execute()

const openItems = (ctx: Ctx, resourceId: string) =>
  ctx.db
    .selectFrom('catalog.published_item')
    .select(['item_id', 'name'])
    .where('resource_id', '=', resourceId)
    .where('open_type', '<>', 'closed')
    .where('share_type', '<>', 'withheld')
    .where('sensitivity', 'not in', ['L3', 'L4'])
    .orderBy('seq')
    .execute()

type Openable = Awaited<ReturnType<typeof openable>>[number]
type Items = Awaited<ReturnType<typeof openItems>>

const rowsOf = (ctx: Ctx, entry: Openable) => (ctx.site.stageDatabaseUrl ? OPEN_ROWS[entry.name]?.() : undefined)

const open = async (ctx: Ctx, entry: Openable, items: Items): Promise<string> => {
  const organ = departmentOf(entry.provider_organ_id)!
  const officer = await asOfficer(ctx, `${organ}.tigong`, RELEASED_ON)
  const found = rowsOf(ctx, entry)
  const rows = found && (await stageRows({ ctx, officer }, { resource_id: entry.resource_id, items }, found))
  const { release_id } = await proposeRelease(officer, {
    resource_id: entry.resource_id,
    title: entry.name.slice(0, 100),
    summary: `${entry.summary.slice(0, 900)}供公众查询、研究和再利用。`,
    contact: `${entry.provider_name}政务公开机构，电话 12345`,
    licence: entry.open_type === 'unconditional' ? 'open' : 'conditional',
    theme_code: THEME_OF_NAME[entry.name] ?? THEME_OF[organ] ?? '201',
    item_ids: items.filter(({ name }) => !found || found.headings.includes(name)).map(({ item_id }) => item_id),
    rows,
  })
  if (rows) await settled(ctx, rows.edition_id, 'clean')
  const reviewer = await asOfficer(ctx, `${organ}.shenhe`, RELEASED_ON)
  await approveRelease(reviewer, release_id, '不涉及国家秘密、商业秘密和个人隐私，同意开放')
  return release_id
}

/** Entries that later steps open with rows. */
const planned = async (ctx: Ctx): Promise<ReadonlySet<string>> => {
  if (!ctx.site.stageDatabaseUrl) return new Set()
  const keys = new Set([...PLANNED_KEYS, ...TABLE_GRANTS.map(({ resource_key }) => resource_key)])
  const organs = new Set([...keys].map((key) => key.slice(0, 10)))
  const published = await findPublished(ctx.db, (organ_id) => organs.has(organ_id))
  return new Set([...published].flatMap(([key, { resource_id }]) => (keys.has(key) ? [resource_id] : [])))
}

/** Those with rows, so that the portal has something to show, then a few of each department. */
const chosen = (entries: readonly Openable[], done: ReadonlySet<string>): Openable[] => {
  const withRows = entries.filter(({ name }) => name in OPEN_ROWS)
  const counts = new Map<string, number>()
  const few = entries.filter((entry) => {
    if (entry.name in OPEN_ROWS || !departmentOf(entry.provider_organ_id)) return false
    const count = (counts.get(entry.provider_organ_id) ?? 0) + 1
    counts.set(entry.provider_organ_id, count)
    return count <= RELEASES_OF_ORGAN
  })
  return [...withRows, ...few].slice(0, RELEASES).filter(({ resource_id }) => !done.has(resource_id))
}

/** Datasets that departments with accounts have opened, each by two of their people; run again it opens what is missing (T4.2). */
export const loadReleases = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  const known = await ctx.db.selectFrom('opendata.release').select('resource_id').execute()
  const done = new Set(known.map(({ resource_id }) => resource_id))
  const later = await planned(ctx)
  const entries = (await openable(ctx)).filter(({ resource_id }) => !later.has(resource_id))
  let count = done.size
  for (const entry of chosen(entries, done)) {
    const items = await openItems(ctx, entry.resource_id)
    if (items.length < 2) continue
    const id = await open(ctx, entry, items)
    count += 1
    if (count === WITHDRAWN) {
      const organ = departmentOf(entry.provider_organ_id)!
      const reviewer = await asOfficer(ctx, `${organ}.shenhe`, RELEASED_ON)
      await withdrawRelease(reviewer, id, '数据口径有误，更正后重新开放')
    }
    tell(count, RELEASES)
  }
}
