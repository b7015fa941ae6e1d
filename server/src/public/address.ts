const UTF8 = new TextDecoder('utf-8', { fatal: true })
/** The superset of GBK and GB 2312. */
const GB18030 = new TextDecoder('gb18030', { fatal: true })

const BYTES = /%([0-9a-f]{2})|./gis
/** Escaped bytes beyond ASCII; without them there is nothing to tell. */
const BEYOND = /%[89a-f][0-9a-f]/i

/** In GBK the second byte of a character may be an ASCII letter, which no browser escapes. */
const bytesOf = (text: string): Uint8Array => {
  const parts = Array.from(text.matchAll(BYTES), ([char, hex]) =>
    hex ? [Number.parseInt(hex, 16)] : [...Buffer.from(char)],
  )
  return Uint8Array.from(parts.flat())
}

const readAs = (decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const inUtf8 = (text: string): string => {
  if (!BEYOND.test(text)) return text
  const bytes = bytesOf(text)
  if (readAs(UTF8, bytes) !== undefined) return text
  const read = readAs(GB18030, bytes)
  return read === undefined ? text : encodeURIComponent(read)
}

/**
 * An address as we read addresses: pages written in GBK, as many of older sites are, escape what is typed on them in GBK, and
 * what is no UTF-8 and is GBK was meant so. Everything else stays as it came.
 */
export const addressOf = (url: string): string => (BEYOND.test(url) ? url.replace(/[^/?&=+#]+/g, inUtf8) : url)

/** Where an address written with a slash too much leads; never to another site. */
export const withoutSlash = (url: string): string | undefined => {
  const path = url.split('?', 1)[0]!
  let end = path.length
  while (end > 1 && path[end - 1] === '/') end -= 1
  return end === path.length || !/^\/(?![/\\])/.test(path) ? undefined : path.slice(0, end) + url.slice(path.length)
}
