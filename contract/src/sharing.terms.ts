import * as t from 'typebox'
import { coded, Id, Instant, IsoDate, input, nullable } from './values.ts'

export { Clock } from './clock.ts'

/** The four uses that shared data may be put to (国发〔2016〕51号 第十二条, domain R08). */
export const PURPOSES = coded({
  administrative_basis: '行政依据',
  work_reference: '工作参考',
  data_verification: '数据校核',
  business_collaboration: '业务协同',
})

/** Why a provider may refuse; a refusal always carries one of these and a text (R06). */
export const REFUSAL_REASONS = coded({
  no_legal_basis: '申请缺少履职依据',
  purpose_unclear: '用途或应用场景不明确',
  excessive_scope: '申请的信息项或数据范围超出履职需要',
  not_held: '本部门不掌握所申请的信息',
  secrecy_law: '涉及国家秘密、商业秘密或法律法规禁止提供',
  security_insufficient: '使用方的安全保障措施不足',
  other: '其他',
})

export const ACCESS_MODES = coded({ api: '接口', table: '库表', file: '文件', push: '推送' })
export const QUOTA_PERIODS = coded({ day: '每日', month: '每月', total: '总计' })
export const CONDITION_OPS = coded({ eq: '等于', in: '属于', prefix: '前缀为', range: '介于' })

/** Masking of an item's values (domain §5.4); `full` hides everything. */
export const MASK_RULES = coded({
  none: '不脱敏',
  name: '姓名',
  citizen_id: '公民身份号码',
  citizen_id_public: '公民身份号码（对外）',
  mobile: '手机号码',
  landline: '固定电话',
  bank_card: '银行卡号',
  address: '地址（到县级）',
  email: '电子邮箱',
  plate: '车牌号码',
  certificate: '证照编号',
  full: '全部遮盖',
})
export type MaskRule = (typeof MASK_RULES.codes)[number]

/** One typed condition on rows; all conditions of a grant must hold. `range` takes a lower and an upper bound, both included. */
export const RowCondition = input({
  /** English name of an item of the resource. */
  item: t.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }),
  op: CONDITION_OPS.schema,
  values: t.Array(t.Union([t.String({ minLength: 1, maxLength: 100 }), t.Number()]), { minItems: 1, maxItems: 200 }),
})
export type RowCondition = t.Static<typeof RowCondition>

export const Quota = input({
  /** `null`: not limited. */
  count: nullable(t.Integer({ minimum: 1, maximum: 1_000_000_000 })),
  period: QUOTA_PERIODS.schema,
})
export type Quota = t.Static<typeof Quota>

/** A granted item as the grant itself keeps it, so that a later catalogue change cannot alter what was granted. */
export const GrantedItem = t.Object({
  item_id: Id,
  name: t.String(),
  name_en: t.String(),
  mask_rule: MASK_RULES.schema,
})
export type GrantedItem = t.Static<typeof GrantedItem>

/** What a grant allows — and all that narrowing compares. */
export interface Terms {
  readonly items: readonly GrantedItem[]
  readonly row_conditions: readonly RowCondition[]
  readonly quota: Quota
  readonly starts_on: string
  readonly ends_on: string
  readonly allows_low_assurance: boolean
}

/**
 * Whether a value satisfies a row condition: the one meaning that gateway, agents and the narrowing rule all follow.
 * Values compare as text, except in a range of numbers; an absent value satisfies nothing.
 */
export const satisfies = (value: unknown, { op, values }: RowCondition): boolean => {
  if (value === undefined || value === null) return false
  const text = String(value)
  if (op === 'eq' || op === 'in') return values.some((one) => text === String(one))
  if (op === 'prefix') return values.some((one) => text.startsWith(String(one)))
  const [low, high] = values as [string | number, string | number]
  if (typeof low === 'number') return text.trim() !== '' && Number(text) >= low && Number(text) <= Number(high)
  return text >= low && text <= String(high)
}

export const MARKS = coded({ yellow: '黄牌', red: '红牌' })

/** A light that was crossed: recorded once, never taken back. */
export const Mark = t.Object({
  round: t.Integer(),
  mark: MARKS.schema,
  crossed_on: IsoDate,
  recorded_at: Instant,
})
export type Mark = t.Static<typeof Mark>

export const SIDES = coded({ consumer: '我方申请', provider: '待我方答复', all: '全部' })
