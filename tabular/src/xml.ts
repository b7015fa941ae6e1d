import { ArchiveRefused } from './zip.ts'

/** `open` and `close` carry the local name; a tag that closes itself gives both. */
export type XmlEvent =
  | { readonly kind: 'open'; readonly name: string; readonly tag: string }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const MAX_TOKEN = 4 * 1_048_576

const entity = (name: string): string => {
  const known = ENTITIES[name]
  if (known !== undefined) return known
  const number = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  if (!name.startsWith('#') || !(number >= 0 && number <= 0x10ffff))
    throw new ArchiveRefused('XML 含自定义实体，已拒绝')
  return String.fromCodePoint(number)
}

export const unescapeXml = (text: string): string =>
  text.includes('&') ? text.replace(/&([^;&]{1,10});/g, (_, name: string) => entity(name)) : text

const attributes = new Map<string, RegExp>()
const attributeRule = (name: string): RegExp => {
  let rule = attributes.get(name)
  if (rule === undefined) {
    rule = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    attributes.set(name, rule)
  }
  return rule
}

/** Attribute of a tag by local name. */
export const attributeOf = (tag: string, name: string): string | null => {
  const found = attributeRule(name).exec(tag)
  return found === null ? null : unescapeXml(found[1] ?? found[2] ?? '')
}

const localName = (tag: string): string => {
  let colon = -1
  let end = 0
  for (; end < tag.length; end++) {
    const code = tag.charCodeAt(end)
    if (code === 58) colon = end
    else if (code === 47 || code <= 32) break
  }
  return tag.slice(colon + 1, end)
}

/** `attributeOf` for tags of which there are many: most are written in the one plain way. */
export const plainAttributeOf = (tag: string, name: string): string | null => {
  const mark = ` ${name}="`
  const at = tag.indexOf(mark)
  if (at === -1)
    return tag.includes("'") || tag.includes(':') || tag.includes('\n') || tag.includes(' =')
      ? attributeOf(tag, name)
      : null
  const from = at + mark.length
  const value = tag.slice(from, tag.indexOf('"', from))
  return value.includes('&') ? unescapeXml(value) : value
}

const GREATER = 62
const DOUBLE = 34
const SINGLE = 39

/** Where a tag that starts at `<` ends; a `>` inside quotes does not count. -1: not yet here. */
const tagEnd = (text: string, start: number): number => {
  let quote = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === GREATER) return at
    else if (code === DOUBLE || code === SINGLE) quote = code
  }
  return -1
}

/** Where comments, instructions and CDATA end: [text inside, index behind], or null when not yet here. */
const special = (text: string, at: number): { readonly text: string; readonly next: number } | null => {
  const until = (mark: string, from: number): { text: string; next: number } | null => {
    const end = text.indexOf(mark, from)
    return end === -1 ? null : { text: text.slice(from, end), next: end + mark.length }
  }
  if (text.startsWith('<!--', at)) return until('-->', at + 4)
  if (text.startsWith('<?', at)) return until('?>', at + 2)
  if (text.startsWith('<![CDATA[', at)) return until(']]>', at + 9)
  // Document types bring entities that expand without end, and files of this machine.
  throw new ArchiveRefused('XML 含文档类型声明，已拒绝')
}

/** A pull reader of XML without document types: enough for SpreadsheetML, in memory of one token. */
export async function* xmlEvents(texts: AsyncIterable<string>): AsyncIterable<readonly XmlEvent[]> {
  let text = ''
  for await (const piece of texts) {
    text += piece
    const events: XmlEvent[] = []
    let at = 0
    for (;;) {
      const start = text.indexOf('<', at)
      if (start === -1) break
      if (start > at) events.push({ kind: 'text', text: unescapeXml(text.slice(at, start)) })
      at = start
      const next = text[start + 1]
      if (next === undefined || (next === '!' && text.length - start < 9)) break
      if (next === '!' || next === '?') {
        const found = special(text, start)
        if (found === null) break
        if (text.startsWith('<![', start)) events.push({ kind: 'text', text: found.text })
        at = found.next
        continue
      }
      const end = tagEnd(text, start)
      if (end === -1) break
      const tag = text.slice(start + 1, end)
      if (next === '/') events.push({ kind: 'close', name: localName(tag.slice(1)) })
      else {
        const name = localName(tag)
        events.push({ kind: 'open', name, tag })
        if (tag.endsWith('/')) events.push({ kind: 'close', name })
      }
      at = end + 1
    }
    text = text.slice(at)
    if (text.length > MAX_TOKEN) throw new ArchiveRefused('XML 中有超长的标记')
    yield events
  }
}
