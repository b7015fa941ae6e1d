/** Masking of an item's values (domain §5.4). */
export type MaskRule =
  | 'none'
  | 'name'
  | 'citizen_id'
  | 'citizen_id_public'
  | 'mobile'
  | 'landline'
  | 'bank_card'
  | 'address'
  | 'email'
  | 'plate'
  | 'certificate'
  | 'full'

/** Fixed, so that hiding everything hides the length too. */
const HIDDEN = '****'

/** Marks that belong to the letter before them: Tibetan and Mongolian vowel signs, joined emoji. */
const JOINED = /[\p{M}\u200d]/u
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Letters as a reader counts them: a surrogate pair is one, and so is a Tibetan stack with its vowel. */
const lettersOf = (text: string): string[] =>
  JOINED.test(text) ? Array.from(GRAPHEMES.segment(text), ({ segment }) => segment) : [...text]

/** Keeps `head` and `tail` characters when at least `min` remain hidden between them, else nothing. */
const keepEnds = (text: string, { head, tail, min }: { head: number; tail: number; min: number }): string => {
  const letters = lettersOf(text)
  const hidden = letters.length - head - tail
  if (hidden < min) return HIDDEN
  return letters.slice(0, head).join('') + '*'.repeat(hidden) + letters.slice(letters.length - tail).join('')
}

const maskName = (text: string): string => {
  const letters = lettersOf(text)
  if (letters.length < 2) return HIDDEN
  if (letters.length === 2) return `*${letters[1]}`
  return keepEnds(text, { head: 1, tail: 1, min: 1 })
}

/** Only a number of the right length shows its ends: of a shorter one, ten characters may be nearly all. */
const maskCitizenId = (text: string): string =>
  /^\d{17}[\dXx]$/.test(text) || /^\d{15}$/.test(text) ? keepEnds(text, { head: 6, tail: 4, min: 5 }) : HIDDEN

const maskCitizenIdPublic = (text: string): string =>
  /^\d{17}[\dXx]$/.test(text) || /^\d{15}$/.test(text) ? keepEnds(text, { head: 1, tail: 1, min: 13 }) : HIDDEN

const maskMobile = (text: string): string => {
  const digits = text.replace(/^(\+?86)?[ -]?/, '').replace(/[ -]/g, '')
  return /^1\d{10}$/.test(digits) ? keepEnds(digits, { head: 3, tail: 4, min: 4 }) : HIDDEN
}

const maskLandline = (text: string): string => {
  const digits = text.replace(/\D/g, '')
  return /^[\d ()+-]+$/.test(text) && digits.length >= 7 ? `${HIDDEN}${digits.slice(-4)}` : HIDDEN
}

const maskBankCard = (text: string): string => {
  const digits = text.replace(/[ -]/g, '')
  return /^\d{15,19}$/.test(digits) ? keepEnds(digits, { head: 6, tail: 4, min: 5 }) : HIDDEN
}

const PROVINCE = String.raw`(?:[\p{Script=Han}]{2,7}?(?:省|自治区|特别行政区)|[\p{Script=Han}]{2}市)`
const PREFECTURE = String.raw`(?:[\p{Script=Han}]{2,12}?(?:自治州|地区|盟|市))`
const COUNTY = String.raw`(?:[\p{Script=Han}]{1,12}?(?:自治县|自治旗|县|区|旗|市|行政委员会|行委))`
const TO_COUNTY = new RegExp(`^(?:${PROVINCE})?(?:${PREFECTURE})?${COUNTY}`, 'u')
/** Words that end in 区 or 市 below the county: what a county pattern must not swallow. */
const BELOW_COUNTY = /[街路巷村镇乡组号楼栋室园]|小区|社区|[0-9０-９]/

/** To the county and no further; where no county can be told apart, nothing. */
const maskAddress = (text: string): string => {
  const shown = TO_COUNTY.exec(text)?.[0]
  return shown === undefined || BELOW_COUNTY.test(shown) ? HIDDEN : shown + HIDDEN
}

const maskEmail = (text: string): string => {
  const parts = /^([^@\s]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/.exec(text)
  if (parts === null) return HIDDEN
  const [first, second] = lettersOf(parts[1] as string)
  // A local part of one character would be shown whole.
  return second === undefined ? `***@${parts[2]}` : `${first}***@${parts[2]}`
}

const maskPlate = (text: string): string =>
  /^\p{Script=Han}[A-Z][A-Z0-9挂学警港澳]{5,6}$/u.test(text.replace('·', ''))
    ? keepEnds(text.replace('·', ''), { head: 2, tail: 2, min: 3 })
    : HIDDEN

const maskCertificate = (text: string): string => {
  const length = lettersOf(text).length
  const kept = length >= 12 ? 4 : length >= 8 ? 2 : 1
  return keepEnds(text, { head: kept, tail: kept, min: 4 })
}

const MASKS: Readonly<Record<MaskRule, (text: string) => string>> = {
  none: (text) => text,
  name: maskName,
  citizen_id: maskCitizenId,
  citizen_id_public: maskCitizenIdPublic,
  mobile: maskMobile,
  landline: maskLandline,
  bank_card: maskBankCard,
  address: maskAddress,
  email: maskEmail,
  plate: maskPlate,
  certificate: maskCertificate,
  full: () => HIDDEN,
}

/**
 * A value as a grant lets it be seen. Fails closed: an unknown rule, a value that is not text, and a text that does not
 * look like what the rule is for are hidden whole. Empty stays empty: that nothing is known is not a secret of the person.
 */
export const applyMask = (rule: MaskRule, value: string): string => {
  if (rule === 'none') return value
  const mask = Object.hasOwn(MASKS, rule) ? MASKS[rule] : MASKS.full
  if (typeof value === 'number') return mask(String(value))
  if (typeof value !== 'string') return HIDDEN
  const text = value.trim()
  return text === '' ? '' : mask(text)
}
