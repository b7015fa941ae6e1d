import { setTimeout as pause } from 'node:timers/promises'
import type { FigureCode } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import { approveRelease, bindFigure, proposeRelease, refreshFigures } from '#modules/opendata/index.ts'
import { asOfficer } from '../officer.ts'
import { settled, uploadFile } from '../open-upload.ts'
import { findPublished, type Published } from '../published.ts'
import type { Cell, EditionPlan, OpenPlan } from './dataset.ts'
import { FIGURE_PLANS, OPEN_PLANS } from './plans.ts'

export const OPENED_ON = '2017-12-04'
const COMPUTE_MS = 30_000
export const OPINION = '已看样例行，不涉及国家秘密、商业秘密和个人隐私，同意开放'

type Shown = Omit<OpenPlan, 'editions'>

const csvCell = (cell: Cell): string => {
  const text = cell === null ? '' : String(cell)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\n`

const csvOf = ({ items }: Shown, { rows }: EditionPlan): Buffer =>
  Buffer.from([csvLine(items.map(({ name_en }) => name_en)), ...rows().map(csvLine)].join(''))

const upload = (
  officer: Ctx,
  plan: OpenPlan,
  { resource_id, edition }: { resource_id: string; edition: EditionPlan },
) =>
  uploadFile(officer, {
    ...{ resource_id, file_name: `${plan.title}.csv`, data_on: edition.data_on, bytes: csvOf(plan, edition) },
    ...(edition.note ? { note: edition.note } : {}),
  })

const columnsOf = (plan: Shown, { key, items }: Published) =>
  plan.items.map(({ name_en, ...column }) => {
    const item = items.find((one) => one.name_en === name_en)
    if (!item) throw new Error(`${key} has no item ${name_en}`)
    return { ...column, item_id: item.item_id }
  })

const proposalOf = (plan: Shown, found: Published, edition_id: string) => {
  const columns = columnsOf(plan, found)
  return {
    ...{ resource_id: found.resource_id, title: plan.title, summary: plan.summary, keywords: plan.keywords },
    theme_code: plan.theme,
    contact: '政务公开机构，电话 12345',
    licence: found.open_type === 'unconditional' ? ('open' as const) : ('conditional' as const),
    item_ids: columns.map(({ item_id }) => item_id),
    shows_sample: found.open_type === 'conditional',
    rows: { edition_id, columns: columns as never },
  }
}

const stateOf = async (ctx: Ctx, resource_id: string) => {
  const release = await ctx.db
    .selectFrom('opendata.release')
    .select(['release_id', 'state'])
    .where('resource_id', '=', resource_id)
    .orderBy('release_no', 'desc')
    .executeTakeFirst()
  const edition = await ctx.db
    .selectFrom('opendata.edition')
    .select('edition_id')
    .where('resource_id', '=', resource_id)
    .where('state', 'not in', ['discarded', 'uploading', 'refused'])
    .orderBy('edition_no')
    .executeTakeFirst()
  return { release, edition_id: edition?.edition_id }
}

/** Proposed by one, looked at row by row, agreed to by another; goes on where an earlier load was cut off. */
const openWith = async (ctx: Ctx, plan: Shown, { found, edition_id }: { found: Published; edition_id: string }) => {
  const { release } = await stateOf(ctx, found.resource_id)
  if (release && release.state !== 'review') return
  if (!release) await settled(ctx, edition_id, 'staged')
  const officer = await asOfficer(ctx, `${plan.word}.tigong`, OPENED_ON)
  const { release_id } = release ?? (await proposeRelease(officer, proposalOf(plan, found, edition_id)))
  await settled(ctx, edition_id, 'clean')
  await approveRelease(await asOfficer(ctx, `${plan.word}.shenhe`, OPENED_ON), release_id, OPINION)
}

/** First file, release, later files. */
const openOne = async (ctx: Ctx, plan: OpenPlan, found: Published): Promise<void> => {
  const { resource_id } = found
  const { release, edition_id } = await stateOf(ctx, resource_id)
  if (release && release.state !== 'review') return
  const officer = await asOfficer(ctx, `${plan.word}.tigong`, OPENED_ON)
  const [first, ...later] = plan.editions
  const id = edition_id ?? (await upload(officer, plan, { resource_id, edition: first! }))
  await openWith(ctx, plan, { found, edition_id: id })
  if (later.length > 0) await settled(ctx, id, 'carried')
  for (const edition of later) await upload(officer, plan, { resource_id, edition })
}

/** The worker may be computing at the same time; whoever comes first does it. */
const computed = async (ctx: Ctx, resource_id: string): Promise<string | undefined> => {
  for (const end = Date.now() + COMPUTE_MS; Date.now() < end; await pause(300)) {
    await refreshFigures(ctx)
    const { edition_id } = await stateOf(ctx, resource_id)
    if (edition_id) return edition_id
  }
  return undefined
}

/** Statistics of the platform: which entry carries them, their numbers, then two people as for any other. */
const openFigures = async (ctx: Ctx, published: ReadonlyMap<string, Published>): Promise<void> => {
  const found = FIGURE_PLANS.flatMap((plan) => {
    const entry = published.get(plan.key)
    return entry ? [{ plan, entry }] : []
  })
  for (const { plan, entry } of found)
    await bindFigure(
      await asOfficer(ctx, `${plan.word}.tigong`, OPENED_ON),
      plan.figure as FigureCode,
      entry.resource_id,
    )
  for (const { plan, entry } of found) {
    const edition_id = await computed(ctx, entry.resource_id)
    if (edition_id) await openWith(ctx, plan, { found: entry, edition_id })
  }
}

/** Datasets with real content, opened by two people each; run again it opens what is missing (T4.2). */
export const loadOpenData = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  if (!ctx.site.stageDatabaseUrl || !ctx.site.publishDatabaseUrl) return
  const plans = [...OPEN_PLANS, ...FIGURE_PLANS]
  const published = await findPublished(ctx.db, (organ_id) => plans.some(({ key }) => key.startsWith(organ_id)))
  for (const [index, plan] of OPEN_PLANS.entries()) {
    const found = published.get(plan.key)
    if (found) await openOne(ctx, plan, found)
    tell(index + 1, plans.length)
  }
  await openFigures(ctx, published)
}
