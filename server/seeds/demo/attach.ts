import type { Ctx } from '#kernel/ctx.ts'
import { attachService, changeService, listServices } from '#modules/gateway/index.ts'
import { findPublished } from './published.ts'
import { draftOf, type Offer } from './registry/offers.ts'

/** Where the demo's providers serve, once they do. */
export const ORIGIN_MARK = 'demo.providers_origin'

/**
 * Attaches every running service to its resource, or moves it where it now runs; what already points there is left alone. Resources
 * that are not published yet are passed over. Returns how many were attached or moved.
 */
export const attachOffers = async (ctx: Ctx, offers: readonly Offer[], origin: string): Promise<number> => {
  const providers = new Set(offers.map((offer) => offer.resource_key.slice(0, 10)))
  const published = await findPublished(ctx.db, (organ_id) => providers.has(organ_id))
  let count = 0
  for (const offer of offers) {
    const resource = published.get(offer.resource_key)
    if (!resource) continue
    const draft = draftOf(offer, origin, resource.resource_id)
    const { rows } = await listServices(ctx, { resource_id: resource.resource_id })
    const attached = rows.find((one) => one.state === 'attached')
    if (attached?.url === draft.url) continue
    await (attached ? changeService(ctx, attached.service_id, draft) : attachService(ctx, draft))
    count += 1
  }
  return count
}
