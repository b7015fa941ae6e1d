import type { ReactNode } from 'react'

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The text with every searched word marked. */
export const Highlight = ({ text, terms }: { text: string; terms: readonly string[] }): ReactNode => {
  const words = terms.filter((one) => one.trim() !== '').map(escapeRegExp)
  if (words.length === 0) return text
  const parts = text.split(new RegExp(`(${words.join('|')})`, 'gi'))
  // Splitting by one group alternates plain text and matches.
  return parts.map((part, index) => (index % 2 === 1 ? <mark key={`${index}-${part}`}>{part}</mark> : part))
}
