import { organCheck } from './check-digit.ts'
import { type Parsed, refuse, type TextFault, textFault } from './parsed.ts'

export type OrganCodeFault = TextFault | 'character' | 'check_digit'

/** 组织机构代码 (GB 11714-1997), written `D2143569-X` or without the hyphen; `value` has none. */
export const parseOrganCode = (text: string): Parsed<object, OrganCodeFault> => {
  const fault = textFault(text, '组织机构代码')
  if (fault) return fault
  if (/[a-z]/.test(text)) return refuse('lower_case', '组织机构代码中的字母应为大写')
  const value = text.replace(/^(.{8})-(.)$/, '$1$2')
  if (value.length !== 9) return refuse('length', '组织机构代码应为 8 位本体代码加 1 位校验码')
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(value))
    return refuse('character', '组织机构代码由数字和大写字母组成，校验码为数字或 X')
  if (organCheck(value.slice(0, 8)) !== value[8]) return refuse('check_digit', '组织机构代码校验码不正确')
  return { ok: true, value }
}
