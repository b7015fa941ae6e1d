import type { Hasher } from './hasher.ts'
import type { MaskRule } from './mask.ts'
import { Projector } from './projector.ts'
import { needsHandle, ROW_HANDLE } from './row-handle.ts'
import { SealError } from './seal-error.ts'

/** Whether a value of an item satisfies the grant; must answer the same for the same text. */
export interface ItemCondition {
  readonly item: string
  readonly test: (text: string | null) => boolean
}

export interface ProjectionPlan {
  /** Items of the chunk, in its order. */
  readonly items: readonly string[]
  readonly grant: readonly { readonly name_en: string; readonly mask_rule: MaskRule }[]
  readonly conditions: readonly ItemCondition[]
  readonly key: readonly string[]
  readonly hasher: Hasher
  /** Secret of the grant; must be there when `needsHandle` says so. */
  readonly handleSecret?: Uint8Array | undefined
  /** The bodies that come out are views of one buffer, each good until the next call: for who copies them at once. */
  readonly lends?: boolean
}

export interface Projected {
  readonly body: Uint8Array
  /** Lines of the body. */
  readonly rows: number
  /** Rows that do not satisfy the grant's conditions; among changes they may have left as `-`. */
  readonly dropped: number
}

export interface Projection {
  /** Items of the lines that come out: granted ones in the chunk's order, behind `row_handle` where there is one. */
  readonly items: readonly string[]
  /** One chunk's body under the grant. Throws SealError when a line has not as many fields as the chunk has items. */
  project(kind: 'rows' | 'changes', body: Uint8Array): Projected
}

const placeOf = (items: readonly string[], item: string): number => {
  const place = items.indexOf(item)
  if (place === -1) throw new SealError('malformed', item, `数据块没有信息项 ${item}`)
  return place
}

/** Prepares a grant for the chunks of one feed version; throws SealError when the chunk lacks what the grant needs. */
export const compileProjection = (plan: ProjectionPlan): Projection => {
  if (plan.grant.length === 0) throw new SealError('malformed', 'grant', '授权没有信息项')
  const masks = new Map(plan.grant.map(({ name_en, mask_rule }) => [placeOf(plan.items, name_en), mask_rule]))
  const handled = plan.handleSecret !== undefined
  if (!handled && needsHandle({ items: plan.grant, conditions: plan.conditions, key: plan.key }))
    throw new SealError('malformed', 'handleSecret', '授权未含全部明文主键，须有行代号')
  const projector = new Projector({
    masks: plan.items.map((_, place) => masks.get(place)),
    tests: plan.conditions.map(({ item, test }) => ({ place: placeOf(plan.items, item), test })),
    key: plan.key.map((item) => placeOf(plan.items, item)),
    hasher: plan.hasher,
    handleSecret: plan.handleSecret,
    lends: plan.lends ?? false,
  })
  const granted = plan.items.filter((_, place) => masks.has(place))
  return {
    items: handled ? [ROW_HANDLE, ...granted] : granted,
    project: (kind, body) => projector.project(kind, body),
  }
}
