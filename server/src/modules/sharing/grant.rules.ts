import type { FieldFault } from '@sanjiang/contract'
import type { Grant, GrantedItem, Narrowing, Terms } from '@sanjiang/contract/sharing'

export type GrantState = Grant['state']

interface Standing {
  readonly revoked_on: string | null
  readonly starts_on: string
  readonly ends_on: string
}

/** State on a business date; the last day of the term still counts. */
export const grantState = ({ revoked_on, starts_on, ends_on }: Standing, today: string): GrantState => {
  if (revoked_on !== null) return 'revoked'
  if (today < starts_on) return 'upcoming'
  return today > ends_on ? 'expired' : 'active'
}

/** Verbs open to the two sides; an expired grant has nothing left to take. */
export const grantCan = (state: GrantState, side: { is_provider: boolean; is_consumer: boolean }): string[] => {
  if (state === 'revoked' || state === 'expired') return []
  return [...(side.is_provider ? ['narrow', 'revoke'] : []), ...(side.is_consumer ? ['return', 'bind'] : [])]
}

/** The terms a narrowing asks for: what is left out stays. Items that are not in the grant are faults. */
export const narrowedTerms = (before: Terms, body: Narrowing): { terms: Terms; faults: FieldFault[] } => {
  const byId = new Map(before.items.map((item) => [item.item_id, item]))
  const faults: FieldFault[] = []
  const kept = new Map<string, GrantedItem>()
  for (const [index, { item_id, mask_rule }] of (body.items ?? before.items).entries()) {
    const item = byId.get(item_id)
    const field = `items.${index}.item_id`
    if (!item) faults.push({ field, rule: 'added_item', message: '授权中没有这个信息项；增加须重新申请' })
    else if (kept.has(item_id)) faults.push({ field, rule: 'twice', message: '同一信息项出现两次' })
    else kept.set(item_id, { ...item, mask_rule: mask_rule ?? item.mask_rule })
  }
  const terms: Terms = {
    items: [...kept.values()],
    row_conditions: body.row_conditions ?? before.row_conditions,
    quota: body.quota ?? before.quota,
    starts_on: body.starts_on ?? before.starts_on,
    ends_on: body.ends_on ?? before.ends_on,
    allows_low_assurance: body.allows_low_assurance ?? before.allows_low_assurance,
  }
  return { terms, faults }
}
