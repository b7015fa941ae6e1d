import { setTimeout as pause } from 'node:timers/promises'
import type { Ctx } from '#kernel/ctx.ts'
import { approveRelease, bindSource, followSources, proposeRelease } from '#modules/opendata/index.ts'
import { asOfficer } from '../officer.ts'
import { settled } from '../open-upload.ts'
import type { Published } from '../published.ts'
import { OPEN_COMPANY_ITEMS } from '../table-grants.ts'
import { OPENED_ON, OPINION } from './load.ts'

const WAIT_MS = 90_000

/** After waiting for agents, the time of the load's beginning is long ago. */
const fresh = (ctx: Ctx): Ctx => ({ ...ctx, instant: new Date().toISOString() })

const findSubscription = (ctx: Ctx, grant_id: string) =>
  ctx.db
    .selectFrom('exchange.published_subscription')
    .select('subscription_id')
    .where('grant_id', '=', grant_id)
    .where('state', '=', 'active')
    .executeTakeFirst()

const findSource = (ctx: Ctx, resource_id: string) =>
  ctx.db.selectFrom('opendata.source').select('edition_id').where('resource_id', '=', resource_id).executeTakeFirst()

/** The first edition, once the portal's agent has loaded its table; nothing where it does not come. */
const firstEdition = async (ctx: Ctx, resource_id: string): Promise<string | undefined> => {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(1000)) {
    await followSources(fresh(ctx))
    const edition_id = (await findSource(ctx, resource_id))?.edition_id
    if (edition_id) return edition_id
  }
  return undefined
}

const proposalOf = ({ resource_id, items }: Published, edition_id: string) => {
  const open = items.filter(({ name_en }) => OPEN_COMPANY_ITEMS.includes(name_en))
  return {
    ...{ resource_id, title: '企业登记名录', licence: 'open' as const, contact: '企业注册处，电话 12345' },
    summary:
      '全省登记的企业名称、统一社会信用代码、类型、注册资本、住所、经营范围、行业和登记状态，每日更新；不含法定代表人等个人信息。',
    theme_code: '208' as const,
    keywords: ['企业', '公司', '工商登记', '名录'],
    item_ids: open.map(({ item_id }) => item_id),
    rows: {
      edition_id,
      columns: open.map(({ item_id, name_en }) => ({
        item_id,
        ...(name_en === 'credit_code' ? { role: 'key' as const } : {}),
        ...(name_en === 'registration_organ' ? { role: 'category' as const } : {}),
        ...(name_en === 'registered_capital' ? { unit: '万元' } : {}),
      })),
    },
  }
}

/** The release its exchanged rows were proposed with, by this load or one that was cut off. */
const findRelease = (ctx: Ctx, resource_id: string) =>
  ctx.db
    .selectFrom('opendata.release as r')
    .innerJoin('opendata.edition as e', 'e.edition_id', 'r.edition_id')
    .select(['r.release_id', 'r.state', 'e.edition_id'])
    .where('r.resource_id', '=', resource_id)
    .where('e.source', '=', 'table')
    .executeTakeFirst()

interface Exchanged {
  readonly found: Published
  readonly grant_id: string
}

/**
 * The register of companies as commerce's own system has it: by its agent, the exchange and the portal's agent into the stage, then
 * opened by two people; later rows follow by themselves. Where the agent does not come the load goes on without it (T4.2, T8.1).
 */
export const openExchanged = async (ctx: Ctx, { found, grant_id }: Exchanged): Promise<void> => {
  const { resource_id } = found
  const subscription = await findSubscription(ctx, grant_id)
  if (!subscription?.subscription_id) return
  const officer = await asOfficer(fresh(ctx), 'gs.tigong', OPENED_ON)
  if (!(await findSource(ctx, resource_id)))
    await bindSource(officer, resource_id, { subscription_id: subscription.subscription_id })
  const release = await findRelease(ctx, resource_id)
  if (release && release.state !== 'review') return
  const edition_id = release?.edition_id ?? (await firstEdition(ctx, resource_id))
  if (!edition_id) return
  if (!release) await settled(ctx, edition_id, 'staged')
  const { release_id } = release ?? (await proposeRelease(officer, proposalOf(found, edition_id)))
  await settled(ctx, edition_id, 'clean')
  await approveRelease(await asOfficer(ctx, 'gs.shenhe', OPENED_ON), release_id, OPINION)
}
