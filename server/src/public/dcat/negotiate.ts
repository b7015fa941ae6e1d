/** The two ways a catalogue is written. */
export const SYNTAXES = {
  ttl: 'text/turtle; charset=utf-8',
  jsonld: 'application/ld+json; charset=utf-8',
} as const
export type Syntax = keyof typeof SYNTAXES

const MEDIA: Readonly<Record<string, Syntax | 'html'>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/turtle': 'ttl',
  'application/x-turtle': 'ttl',
  'application/ld+json': 'jsonld',
}

/** What somebody would rather read: statements where he names them before pages, else `null`. */
export const wantsRdf = (accept: string | undefined): Syntax | null => {
  const offers = (accept ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, at) => {
      const [media = '', ...params] = part.split(';').map((one) => one.trim().toLowerCase())
      const q = Number(/^q=([\d.]+)$/.exec(params.find((one) => one.startsWith('q=')) ?? '')?.[1] ?? 1)
      return { kind: MEDIA[media], q, at }
    })
    .filter(({ kind, q }) => kind !== undefined && q > 0)
    .sort((a, b) => b.q - a.q || a.at - b.at)
  const best = offers[0]?.kind
  return best === undefined || best === 'html' ? null : best
}
