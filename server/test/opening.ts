import { opendata } from '@sanjiang/contract'
import type { Ctx } from '#kernel/ctx.ts'
import { type CatalogWorld, draftOf, publish } from './catalog-world.ts'
import type { PublicGround } from './public-ground.ts'

/** What the worker does towards the public side, done now. */
export const carryTo = async (
  world: CatalogWorld,
  ground: PublicGround,
  work: (ctx: Ctx) => Promise<number>,
): Promise<number> => {
  const ctx = await world.ctx()
  return work({ ...ctx, site: { ...ctx.site, publishDatabaseUrl: ground.publishUrl } })
}

/** An entry of commerce opened by two of its people, in words only; its resource. */
export const openInWords = async (world: CatalogWorld, name: string): Promise<string> => {
  const entry = await publish(world, draftOf(name))
  const proposer = await world.signIn('commerce', 'provider')
  const { release_id } = await proposer.call(opendata.proposeRelease, {
    body: {
      resource_id: entry.resource_id,
      title: name,
      summary: `${name}，供公众查询和研究使用。`,
      contact: '登记注册处 0971-8230000',
      licence: 'open',
      item_ids: entry.content.items.map(({ item_id }) => item_id),
    },
  })
  const body = { opinion: '不涉密，可以开放' }
  await world.reviewer.call(opendata.approveRelease, { params: { id: release_id }, body })
  return entry.resource_id
}
