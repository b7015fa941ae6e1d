import { creditCheck } from './check-digit.ts'
import { type Parsed, type Refused, refuse, type TextFault, textFault } from './parsed.ts'

export interface CreditCode {
  readonly registry: string
  readonly category: string
  readonly division_code: string
  /** The nine characters in the middle: 主体标识码, an organisation code where the body had one. */
  readonly organ_code: string
  /** What kind of body the first two characters say, where domain §5.1 lists them. */
  readonly kind: string | null
}

export type CreditCodeFault = TextFault | 'character' | 'division' | 'check_digit'

const KINDS: Readonly<Record<string, string>> = {
  '11': '机关',
  '12': '事业单位',
  '13': '群团',
  '19': '其他机构',
  '51': '社会团体',
  '52': '民办非企业单位',
  '53': '基金会',
  '91': '企业',
  '92': '个体工商户',
  '93': '农民专业合作社',
}

const shapeFault = (text: string): Refused<CreditCodeFault> | undefined => {
  const fault = textFault(text, '统一社会信用代码')
  if (fault) return fault
  if (text.length !== 18) return refuse('length', `统一社会信用代码应为 18 位，现为 ${text.length} 位`)
  if (/[a-z]/.test(text)) return refuse('lower_case', '统一社会信用代码中的字母应为大写')
  const wrong = /[^0-9A-HJ-NPQRTUWXY]/.exec(text)
  if (wrong) return refuse('character', `统一社会信用代码不使用字符“${wrong[0]}”（不含字母 I、O、S、V、Z）`)
  if (!/^\d{6}$/.test(text.slice(2, 8))) return refuse('division', '统一社会信用代码第 3 至 8 位应为六位行政区划代码')
  return undefined
}

/**
 * 统一社会信用代码 (GB 32100-2015). The inner organisation code keeps its own check digit in all samples of domain §5.1, but the
 * registries are not bound to it, so only the outer one decides.
 */
export const parseCreditCode = (text: string): Parsed<CreditCode, CreditCodeFault> => {
  const fault = shapeFault(text)
  if (fault) return fault
  if (creditCheck(text.slice(0, 17)) !== text[17])
    return refuse('check_digit', '统一社会信用代码校验位不正确，请核对是否录错')
  return {
    ok: true,
    value: text,
    registry: text.charAt(0),
    category: text.charAt(1),
    division_code: text.slice(2, 8),
    organ_code: text.slice(8, 17),
    kind: KINDS[text.slice(0, 2)] ?? null,
  }
}
