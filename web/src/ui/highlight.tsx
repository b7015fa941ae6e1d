import type { ReactNode } from 'react'

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const pairsOf = (word: string): string[] => Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2))

/** The word itself where it stands whole; otherwise those of its two-character pieces that do, as the index finds them. */
const foundOf = (word: string, text: string): string[] =>
  text.includes(word) || word.length < 3 ? [word] : pairsOf(word).filter((pair) => text.includes(pair))

/** The text with every searched word marked. */
export const Highlight = ({ text, terms }: { text: string; terms: readonly string[] }): ReactNode => {
  const words = terms
    .filter((one) => one.trim() !== '')
    .flatMap((one) => foundOf(one, text))
    .map(escapeRegExp)
  if (words.length === 0) return text
  const parts = text.split(new RegExp(`(${words.join('|')})`, 'gi'))
  // Splitting by one group alternates plain text and matches.
  return parts.map((part, index) => (index % 2 === 1 ? <mark key={`${index}-${part}`}>{part}</mark> : part))
}
