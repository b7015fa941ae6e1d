/** Edits that make one word the other, counted no further than `most`: beyond it `most + 1`. */
export const distance = (one: string, other: string, most: number): number => {
  const [a, b] = [[...one], [...other]]
  if (Math.abs(a.length - b.length) > most) return most + 1
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    if (Math.min(...row) > most) return most + 1
    above = row
  }
  return above[b.length]!
}

/**
 * The one key that is nearest to a word, or null when none is near or two different things are equally near: 五条件开放 is one edit
 * from 无条件开放 and from 有条件开放, so it says nothing.
 */
export const nearest = <T>(
  word: string,
  entries: Iterable<readonly [key: string, value: T]>,
  isSame: (one: T, other: T) => boolean = Object.is,
): T | null => {
  const length = [...word].length
  if (length < 4) return null
  const most = length < 8 ? 1 : 2
  let best = most + 1
  let found: T | null = null
  let isTorn = false
  for (const [key, value] of entries) {
    if (key.length < 4 || Math.abs(key.length - word.length) > most * 2) continue
    const edits = distance(word, key, Math.min(best, most))
    if (edits > most || edits > best) continue
    if (edits < best) {
      best = edits
      found = value
      isTorn = false
    } else if (found !== null && !isSame(found, value)) isTorn = true
  }
  return isTorn ? null : found
}

/** A word as it is compared: half-width, lower case, no blanks. */
export const wordKey = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u200b\ufeff]+/g, '')
