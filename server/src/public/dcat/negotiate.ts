import { preferred } from '../accept.ts'

/** The two ways a catalogue is written. */
export const SYNTAXES = {
  ttl: 'text/turtle; charset=utf-8',
  jsonld: 'application/ld+json; charset=utf-8',
} as const
export type Syntax = keyof typeof SYNTAXES

const STATEMENTS = { ttl: ['text/turtle', 'application/x-turtle'], jsonld: ['application/ld+json'] } as const
const PAGES = { html: ['text/html', 'application/xhtml+xml'] } as const

/** What somebody would rather read: statements where he names them before pages, else `null`. */
export const wantsRdf = (accept: string | undefined): Syntax | null => {
  const best = preferred(accept, { ...PAGES, ...STATEMENTS })
  return best === 'html' ? null : best
}

/** Where there are only statements: in which way, Turtle where it is all the same. */
export const syntaxFor = (accept: string | undefined): Syntax => preferred(accept, STATEMENTS) ?? 'ttl'
