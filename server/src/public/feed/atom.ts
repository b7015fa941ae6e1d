/** An entry of a feed (RFC 4287). */
export interface AtomEntry {
  readonly id: string
  readonly title: string
  readonly updated: string
  readonly href: string
  readonly summary: string
  readonly author: string
  readonly published?: string
  readonly categories?: readonly string[]
}

export interface AtomFeed {
  readonly id: string
  readonly title: string
  readonly updated: string
  readonly self: string
  readonly page: string
  readonly entries: readonly AtomEntry[]
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 has no place for control characters, not even escaped. */
export const xml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '')
    .replace(/[&<>"]/g, (char) => ESCAPES[char]!)

const entryXml = ({ id, title, updated, href, summary, author, published, categories = [] }: AtomEntry): string =>
  `<entry><id>${xml(id)}</id><title>${xml(title)}</title><updated>${updated}</updated>${
    published ? `<published>${published}</published>` : ''
  }<link rel="alternate" type="text/html" href="${xml(href)}"/><author><name>${xml(author)}</name></author>${categories
    .map((term) => `<category term="${xml(term)}"/>`)
    .join('')}<summary>${xml(summary)}</summary></entry>`

export const toAtom = ({ id, title, updated, self, page, entries }: AtomFeed): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">
<id>${xml(id)}</id><title>${xml(title)}</title><updated>${updated}</updated>
<link rel="self" type="application/atom+xml" href="${xml(self)}"/><link rel="alternate" type="text/html" href="${xml(page)}"/>
${entries.map(entryXml).join('\n')}
</feed>
`
