import type { GrantedItem } from '@sanjiang/contract/sharing'
import { type Ctx, PLATFORM } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { record } from '#kernel/record.ts'
import { affectedItems, type CatalogChange, describeDrift } from './drift.rules.ts'
import { hasWarned, listInForce } from './drift.store.ts'
import { grantFacts } from './grant.service.ts'
import { lockGrant } from './grant.store.ts'

const idsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])

const toChange = ({ type, after }: TaskData): CatalogChange => {
  const said = (after ?? {}) as Record<string, unknown>
  return {
    isWithdrawn: type === 'catalog.resource.withdrawn',
    removed: new Set(idsOf(said.removed_item_ids)),
    tightened: new Set(idsOf(said.tightened_item_ids)),
  }
}

const warn = (ctx: Ctx, grantId: string, { cause, change }: { cause: string; change: CatalogChange }): Promise<void> =>
  inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
    const row = await lockGrant(tx, 'all', grantId)
    if (!row || row.cause !== null || (await hasWarned(tx, grantId, cause))) return
    const affected = affectedItems(row.items as GrantedItem[], change)
    await record(tx, inner, {
      type: 'sharing.grant.affected',
      subject_kind: 'sharing.grant',
      subject_id: grantId,
      organ_id: row.provider_organ_id,
      after: {
        ...grantFacts(row),
        cause_event_id: cause,
        item_ids: affected.map(({ item_id }) => item_id),
        text: describeDrift(affected, change),
      },
    })
  })

/**
 * The catalogue dropped or tightened items, or took the entry down: grants in force that hold them are not changed, but both
 * sides are told, each once per change. The provider may then narrow; the consumer must look for another source.
 */
export const warnOfDrift = async (ctx: Ctx, data: TaskData): Promise<void> => {
  if (!data.event_id || !data.subject_id) return
  const change = toChange(data)
  for (const { grant_id, items } of await listInForce(ctx.db, data.subject_id, ctx.today))
    if (affectedItems(items as GrantedItem[], change).length > 0)
      await warn(ctx, grant_id!, { cause: data.event_id, change })
}
