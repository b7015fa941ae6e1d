import { licenceCheck } from './check-digit.ts'
import { parseCreditCode } from './credit-code.ts'
import { type Parsed, refuse, type TextFault, textFault } from './parsed.ts'

export interface LicenceId {
  readonly type_code: string
  readonly issuer_code: string
  readonly serial: string
  readonly version: string
}

export type LicenceIdFault = TextFault | 'layout' | 'type_owner' | 'issuer' | 'check_digit'

const ROOT = '1.2.156.3005.2.'
/** Type (its owner's credit code and three digits), issuer, serial, version, check character. */
const LAYOUT = /^([0-9A-Z]{18}\d{3})\.([0-9A-Z]{18})\.([0-9A-Z]+)\.(\d{3})\.([0-9A-Z])$/

/** 电子证照标识 (GB/T 36904-2018); the check character covers the parts without dots and root. */
export const parseLicenceId = (text: string): Parsed<LicenceId, LicenceIdFault> => {
  const fault = textFault(text, '电子证照标识')
  if (fault) return fault
  if (/[a-z]/.test(text)) return refuse('lower_case', '电子证照标识中的字母应为大写')
  const match = text.startsWith(ROOT) ? LAYOUT.exec(text.slice(ROOT.length)) : null
  if (!match) return refuse('layout', `电子证照标识应为 ${ROOT}类型代码.颁证机构代码.流水号.版本号.校验位`)
  const [, type_code = '', issuer_code = '', serial = '', version = '', check] = match
  if (!parseCreditCode(type_code.slice(0, 18)).ok)
    return refuse('type_owner', '证照类型代码中的归口部门代码不是有效的统一社会信用代码')
  if (!parseCreditCode(issuer_code).ok) return refuse('issuer', '颁证机构代码不是有效的统一社会信用代码')
  if (licenceCheck(type_code + issuer_code + serial + version) !== check)
    return refuse('check_digit', '电子证照标识校验位不正确')
  return { ok: true, value: text, type_code, issuer_code, serial, version }
}
