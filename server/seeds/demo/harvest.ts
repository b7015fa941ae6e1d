import type { HarvestSettings } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { createHarvestSource, moveHarvestSource, orderHarvestRun } from '#modules/catalog/index.ts'
import { PORTAL_PATHS } from './portal/serve.ts'

const OPEN = { share_type: 'unconditional', open_type: 'unconditional', update_cycle: 'irregular' }
const GENTLE = { cycle: 'weekly', requests_per_second: 5, is_enabled: true } as const

const sourcesAt = (origin: string): HarvestSettings[] => [
  { ...GENTLE, name: '西宁市公共数据开放网', kind: 'ckan', url: origin + PORTAL_PATHS.ckan, defaults: OPEN },
  { ...GENTLE, name: '海东市开放数据目录', kind: 'dcat', url: origin + PORTAL_PATHS.dcat, defaults: OPEN },
  {
    ...GENTLE,
    name: '海南州三江节点（待对方登记公钥）',
    kind: 'sanjiang',
    url: 'https://node.hainan.example',
    defaults: {},
    is_enabled: false,
  },
]

/** Sources of the demo's two portals, each with its first run ordered: the platform's own worker does it, over loopback (T2.2). */
export const loadHarvest = async (ctx: Ctx, origin: string): Promise<void> => {
  const rows = await ctx.db.selectFrom('catalog.harvest_source').select('name').execute()
  const known = new Set(rows.map(({ name }) => name))
  for (const settings of sourcesAt(origin)) {
    if (known.has(settings.name)) continue
    const { source_id } = await createHarvestSource(ctx, settings)
    if (settings.is_enabled) await orderHarvestRun(ctx, source_id)
  }
}

/** The portals' process has come up on another port than last time. */
export const moveHarvest = async (ctx: Ctx, origin: string): Promise<void> => {
  for (const { name, url } of sourcesAt(origin)) await moveHarvestSource(ctx, name, url)
}
