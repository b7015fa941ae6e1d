const escaped = (term: string): string => term.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)

/** The terms in a text, the longer before the shorter; one character alone is marked only where nothing else was asked. */
export const patternOf = (terms: readonly string[]): RegExp | undefined => {
  const long = terms.filter((term) => term.length > 1)
  const used = (long.length > 0 ? long : terms).filter((term) => term !== '').toSorted((a, b) => b.length - a.length)
  return used.length > 0 ? new RegExp(`(${used.map(escaped).join('|')})`, 'gi') : undefined
}

interface MarkedProps {
  readonly text: string
  readonly terms: readonly string[]
}

/** A text with what was looked for marked in it. */
export const Marked = ({ text, terms }: MarkedProps) => {
  const pattern = patternOf(terms)
  if (!pattern) return text
  // Splitting at a group puts the terms at the odd places.
  return text.split(pattern).map((part, at) => {
    const key = `${at}:${part}`
    return at % 2 === 1 ? <mark key={key}>{part}</mark> : part
  })
}
