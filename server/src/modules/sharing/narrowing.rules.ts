import type { FieldFault } from '@sanjiang/contract'
import { type MaskRule, type Quota, type RowCondition, satisfies, type Terms } from '@sanjiang/contract/sharing'

/**
 * Whether mask `a` hides at least what `b` hides. Different masks of different kinds are not comparable, so only three
 * steps exist: from nothing to any mask, from the internal to the public citizen-id mask, and from any mask to `full`.
 */
export const isStricterMask = (a: MaskRule, b: MaskRule): boolean =>
  a === b || b === 'none' || a === 'full' || (a === 'citizen_id_public' && b === 'citizen_id')

const PERIOD_LENGTH: Record<Quota['period'], number> = { day: 1, month: 2, total: 3 }

/** `a` allows no sequence of calls that `b` forbids: no more calls, over a period at least as long. */
export const isNarrowerQuota = (a: Quota, b: Quota): boolean =>
  b.count === null || (a.count !== null && a.count <= b.count && PERIOD_LENGTH[a.period] >= PERIOD_LENGTH[b.period])

const isSet = ({ op }: RowCondition): boolean => op === 'eq' || op === 'in'

/** Every value that satisfies `a` satisfies `b`. Errs on the side of saying no. */
export const implies = (a: RowCondition, b: RowCondition): boolean => {
  if (a.item !== b.item) return false
  if (isSet(a)) return a.values.every((value) => satisfies(value, b))
  if (a.op !== b.op) return false
  if (a.op === 'prefix')
    return a.values.every((longer) => b.values.some((prefix) => String(longer).startsWith(String(prefix))))
  const [lowA, highA, lowB, highB] = [a.values[0]!, a.values[1]!, b.values[0]!, b.values[1]!]
  return typeof lowA === typeof lowB && lowA >= lowB && highA <= highB
}

/** Faults of a single condition's own form: one value for `eq`, two ordered bounds of one kind for `range`. */
export const conditionFaults = (conditions: readonly RowCondition[], itemNames: ReadonlySet<string>): FieldFault[] =>
  conditions.flatMap(({ item, op, values }, index) => {
    const field = `row_conditions.${index}`
    if (!itemNames.has(item))
      return [{ field: `${field}.item`, rule: 'unknown_item', message: `资源没有信息项“${item}”` }]
    if (op === 'eq' && values.length !== 1)
      return [{ field: `${field}.values`, rule: 'one_value', message: '“等于”只能有一个值' }]
    if (op === 'range') {
      const [low, high] = values
      if (values.length !== 2 || typeof low !== typeof high || low! > high!)
        return [
          { field: `${field}.values`, rule: 'two_bounds', message: '“介于”要有同类的下限和上限，且下限不大于上限' },
        ]
    }
    return []
  })

const CLAUSE = '授权只可收窄；扩大须重新申请（国发〔2016〕51号 第十二条、第十四条）'
const widened = (field: string, rule: string, message: string): FieldFault => ({ field, rule, message, clause: CLAUSE })

const itemWidenings = (a: Terms, b: Terms): FieldFault[] => {
  const allowed = new Map(b.items.map((item) => [item.item_id, item]))
  return a.items.flatMap((item, index) => {
    const before = allowed.get(item.item_id)
    if (!before) return [widened(`items.${index}`, 'added_item', `“${item.name}”不在原范围内`)]
    if (isStricterMask(item.mask_rule, before.mask_rule)) return []
    return [widened(`items.${index}.mask_rule`, 'weaker_mask', `“${item.name}”的脱敏只能加严`)]
  })
}

/** Everything in which terms `a` go beyond terms `b`, field by field; nothing means that `a` is the same or narrower. */
export const widenings = (a: Terms, b: Terms): FieldFault[] => {
  const found = itemWidenings(a, b)
  const lost = b.row_conditions.findIndex((wanted) => !a.row_conditions.some((given) => implies(given, wanted)))
  if (lost >= 0)
    found.push(
      widened(
        'row_conditions',
        'weaker_condition',
        `行条件不能少于原有的“${b.row_conditions[lost]!.item}”条件，也不能放宽`,
      ),
    )
  if (!isNarrowerQuota(a.quota, b.quota)) found.push(widened('quota', 'larger_quota', '调用次数不能多于原有的'))
  if (a.starts_on < b.starts_on) found.push(widened('starts_on', 'earlier_start', `不能早于 ${b.starts_on}`))
  if (a.ends_on > b.ends_on) found.push(widened('ends_on', 'later_end', `不能晚于 ${b.ends_on}`))
  if (a.ends_on < a.starts_on) found.push({ field: 'ends_on', rule: 'term', message: '期限止不能早于期限起' })
  if (a.allows_low_assurance && !b.allows_low_assurance)
    found.push(widened('allows_low_assurance', 'lower_assurance', '不能降低签名方式的可信要求'))
  return found
}

export const isNarrower = (a: Terms, b: Terms): boolean => widenings(a, b).length === 0

/** The same conditions apart from items and masks, so that two grants of one request may become one. */
export const isSameReach = (a: Terms, b: Terms): boolean => {
  const bare = (terms: Terms): Terms => ({ ...terms, items: [] })
  return isNarrower(bare(a), bare(b)) && isNarrower(bare(b), bare(a))
}
