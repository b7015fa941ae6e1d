import { citizenCheck } from './check-digit.ts'
import { dayOfParts, formatDay, parseDay } from './day.ts'
import { type Parsed, type Refused, refuse, type TextFault, textFault } from './parsed.ts'

export interface CitizenId {
  readonly division_code: string
  readonly born_on: string
  readonly sex: 'male' | 'female'
}

export type CitizenIdFault =
  | TextFault
  | 'old_15_digits'
  | 'character'
  | 'division'
  | 'birth_impossible'
  | 'birth_in_future'
  | 'check_digit'

/** First two digits of GB/T 2260: provinces, with 71 台湾, 81 香港, 82 澳门 and 83 for residence permits of Taiwan residents. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)

const shapeFault = (text: string): Refused<CitizenIdFault> | undefined => {
  const fault = textFault(text, '身份号码')
  if (fault) return fault
  if (/^\d{15}$/.test(text)) return refuse('old_15_digits', '15 位旧身份证号已停止使用，请填写 18 位公民身份号码')
  if (text.length !== 18) return refuse('length', `身份号码应为 18 位，现为 ${text.length} 位`)
  if (/^\d{17}x$/.test(text)) return refuse('lower_case', '身份号码末位应为大写字母 X')
  if (!/^\d{17}[\dX]$/.test(text)) return refuse('character', '身份号码前 17 位应为数字，末位应为数字或大写字母 X')
  return undefined
}

/** 公民身份号码 (GB 11643-1999). Division codes of people stay for life, so only the province is looked at. */
export const parseCitizenId = (text: string, today: string): Parsed<CitizenId, CitizenIdFault> => {
  const fault = shapeFault(text)
  if (fault) return fault
  if (!PROVINCES.has(text.slice(0, 2))) return refuse('division', '身份号码前两位不是行政区划代码')
  const born = dayOfParts(Number(text.slice(6, 10)), Number(text.slice(10, 12)), Number(text.slice(12, 14)))
  if (born === undefined) return refuse('birth_impossible', '身份号码中的出生日期不存在')
  if (born > parseDay(today)) return refuse('birth_in_future', '身份号码中的出生日期晚于今天')
  if (citizenCheck(text.slice(0, 17)) !== text[17]) return refuse('check_digit', '身份号码校验位不正确，请核对是否录错')
  const sex = Number(text[16]) % 2 === 1 ? 'male' : 'female'
  return { ok: true, value: text, division_code: text.slice(0, 6), born_on: formatDay(born), sex }
}
