// Letters, digits and separators that stand between two digits: "13-1" is not "131", "2017-2018" is not one number.
const SEPARATOR = /(?<=\p{N})[^\p{L}\p{N}]+(?=\p{N})/gu
const OTHER = /[^\p{L}\p{N}-]+|(?<!\p{N})-|-(?!\p{N})/gu

/** A name as duplicates are found by: full-width folded, case, blanks and punctuation gone. */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').toLowerCase().replace(SEPARATOR, '-').replace(OTHER, '')

const YEAR = /(19|20)\d{2}年?度?$/
const PART_NUMBER = /(第?[\d一二三四五六七八九十]{1,3}(期|批|部分|册|卷)?|-\d{1,3})$/u

/**
 * The key without the number of a part: departments split one table into numbered parts, which should be one entry. A year is no
 * part number — yearbooks publish real series (…2016, …2017) — so an equal series key is a hint, never a refusal.
 */
export const seriesKey = (key: string): string => (YEAR.test(key) ? key : key.replace(PART_NUMBER, '') || key)
