import { utf8 } from './bytes.ts'
import { applyMask, type MaskRule } from './mask.ts'
import { ByteMemo, fieldText } from './row-memo.ts'
import { escapeField } from './row-text.ts'
import { SealError } from './seal-error.ts'

/** A field's bytes and where its masked form goes: answers where that ends. NULL does not come here. */
export type ByteMask = (bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number) => number
/** The same, or -1 where only the general way knows. */
type Shortcut = ByteMask

/** No mask makes a field longer than this beyond what it was: `****` stands for one letter. */
export const MASK_GROWTH = 8

const STAR = 0x2a
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

const areDigits = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (!isDigit(bytes[i] as number)) return false
  return true
}

/** For plain ASCII: both ends as they are, a star for each character between. */
const ends =
  (head: number, tail: number): ByteMask =>
  (bytes, start, end, out, at) => {
    let o = at
    for (let i = start; i < start + head; i++) out[o++] = bytes[i] as number
    for (let i = start + head; i < end - tail; i++) out[o++] = STAR
    for (let i = end - tail; i < end; i++) out[o++] = bytes[i] as number
    return o
  }

const isCitizenId = (bytes: Uint8Array, start: number, end: number): boolean => {
  if (end - start === 15) return areDigits(bytes, start, end)
  if (end - start !== 18) return false
  const check = bytes[end - 1] as number
  return (isDigit(check) || check === 0x58 || check === 0x78) && areDigits(bytes, start, end - 1)
}

const when =
  (fits: (bytes: Uint8Array, start: number, end: number) => boolean, mask: ByteMask): Shortcut =>
  (bytes, start, end, out, at) =>
    fits(bytes, start, end) ? mask(bytes, start, end, out, at) : -1

const isMobile = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 11 && bytes[start] === 0x31 && areDigits(bytes, start, end)

const isBankCard = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start >= 15 && end - start <= 19 && areDigits(bytes, start, end)

/** U+4E00–9FFF, three bytes each and one letter each: nothing there is a mark, a space or half of anything. */
const isHan = (bytes: Uint8Array, start: number, end: number): boolean => {
  if ((end - start) % 3 !== 0) return false
  for (let i = start; i < end; i += 3) {
    const lead = bytes[i] as number
    const second = bytes[i + 1] as number
    if (lead < 0xe4 || lead > 0xe9 || second < (lead === 0xe4 ? 0xb8 : 0x80) || second > 0xbf) return false
    if (((bytes[i + 2] as number) & 0xc0) !== 0x80) return false
  }
  return true
}

const hanName: Shortcut = (bytes, start, end, out, at) => {
  if (end - start < 6 || !isHan(bytes, start, end)) return -1
  let o = at
  if (end - start > 6) {
    out[o++] = bytes[start] as number
    out[o++] = bytes[start + 1] as number
    out[o++] = bytes[start + 2] as number
    for (let i = start + 6; i < end; i += 3) out[o++] = STAR
  } else {
    out[o++] = STAR
  }
  for (let i = end - 3; i < end; i++) out[o++] = bytes[i] as number
  return o
}

/** A visible ASCII character first: not empty, whatever trimming may do. */
const hidden: Shortcut = (bytes, start, end, out, at) => {
  const first = bytes[start] as number
  if (start === end || first <= 0x20 || first >= 0x7f || first === 0x5c) return -1
  for (let o = at; o < at + 4; o++) out[o] = STAR
  return at + 4
}

const SHORTCUTS: Partial<Record<MaskRule, Shortcut>> = {
  name: hanName,
  citizen_id: when(isCitizenId, ends(6, 4)),
  citizen_id_public: when(isCitizenId, ends(1, 1)),
  mobile: when(isMobile, ends(3, 4)),
  bank_card: when(isBankCard, ends(6, 4)),
  full: hidden,
}

/** The bytes that `applyMask` gives for what the field says; what cannot be read is hidden whole. */
const generalMask = (rule: MaskRule): ByteMask => {
  const memo = new ByteMemo((bytes, start, end) => {
    const text = fieldText(bytes, start, end)
    return utf8(text === undefined || text === null ? applyMask('full', '?') : escapeField(applyMask(rule, text)))
  })
  return (bytes, start, end, out, at) => {
    const masked = memo.get(bytes, start, end)
    if (masked.length > end - start + MASK_GROWTH) throw new SealError('out_of_range', rule, '脱敏结果过长')
    out.set(masked, at)
    return at + masked.length
  }
}

/** Byte-level form of a mask: shortcuts for what nearly every value looks like, else through `applyMask`. */
export const byteMask = (rule: MaskRule): ByteMask => {
  const shortcut = Object.hasOwn(SHORTCUTS, rule) ? SHORTCUTS[rule] : undefined
  const general = generalMask(rule)
  if (shortcut === undefined) return general
  return (bytes, start, end, out, at) => {
    const short = shortcut(bytes, start, end, out, at)
    return short === -1 ? general(bytes, start, end, out, at) : short
  }
}
