import { isAscii, isUtf8 } from 'node:buffer'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

export interface Detected {
  readonly encoding: Encoding
  /** Bytes of the byte order mark at the start. */
  readonly bom: number
  /** Some bytes are not of this encoding: the lines they stand in are told one by one. */
  readonly is_broken: boolean
}

const LF = 10
/** How much of a file without NUL bytes must be seen before UTF-16 is ruled out. */
const UTF16_SAMPLE = 4096

const bomOf = (head: Buffer): Detected | null => {
  if (head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { encoding: 'utf-8', bom: 3, is_broken: false }
  if (head.length >= 2 && head[0] === 0xff && head[1] === 0xfe)
    return { encoding: 'utf-16le', bom: 2, is_broken: false }
  if (head.length >= 2 && head[0] === 0xfe && head[1] === 0xff)
    return { encoding: 'utf-16be', bom: 2, is_broken: false }
  return null
}

/** UTF-16 without a mark: text has its line ends and digits as pairs with a zero byte, always on the same side. */
const bareUtf16 = (head: Buffer): Detected | null => {
  const sample = head.subarray(0, UTF16_SAMPLE)
  let even = 0
  let odd = 0
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) i % 2 === 0 ? even++ : odd++
  if (even + odd < 2 || (even > 0 && odd > 0)) return null
  return { encoding: even > 0 ? 'utf-16be' : 'utf-16le', bom: 0, is_broken: false }
}

/** Bytes at the end of a piece that may be the start of a character which the next piece goes on with. */
const openEnd = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

class Utf8Judge {
  #rest: Buffer = Buffer.alloc(0)
  isValid = true
  take(bytes: Buffer): void {
    if (!this.isValid) return
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const open = openEnd(all)
    this.isValid = isUtf8(all.subarray(0, all.length - open))
    this.#rest = Buffer.from(all.subarray(all.length - open))
  }
  end(): void {
    if (this.#rest.length > 0) this.isValid = false
  }
}

/** Text that was UTF-8 to begin with. By chance GBK looks like Latin or Cyrillic letters, hardly ever like Chinese ones. */
const isChineseUtf8 = (line: Buffer): boolean => {
  if (isAscii(line) || !isUtf8(line)) return false
  const text = line.toString()
  return /\p{Script=Han}/u.test(text) && !/[\u0080-\u07ff]/.test(text)
}

/** Cuts pieces into lines (each with its LF). */
class Lines {
  #carry: Buffer[] = []
  rest(): Buffer {
    return Buffer.concat(this.#carry)
  }
  *take(bytes: Buffer): Generator<Buffer> {
    let start = 0
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, start)) {
      const tail = bytes.subarray(start, at + 1)
      yield this.#carry.length === 0 ? tail : Buffer.concat([...this.#carry, tail])
      this.#carry = []
      start = at + 1
    }
    if (start < bytes.length) this.#carry.push(Buffer.from(bytes.subarray(start)))
  }
}

/**
 * Tells the encoding of a file from all of its bytes. A mark decides; else valid UTF-8 wins, because GB18030 text is
 * practically never valid UTF-8 by chance while the reverse is common; else GB18030, which contains GBK and GB 2312. In a file that mixes
 * both the encoding of most lines is taken, and the others are damaged lines.
 */
export class EncodingDetector {
  #start: Buffer = Buffer.alloc(0)
  readonly #utf8 = new Utf8Judge()
  readonly #gb = new TextDecoder('gb18030', { fatal: true })
  #gbValid = true
  readonly #lines = new Lines()
  #chineseLines = 0
  #otherLines = 0

  take(bytes: Buffer): void {
    if (this.#start.length < UTF16_SAMPLE) this.#start = Buffer.concat([this.#start, bytes.subarray(0, UTF16_SAMPLE)])
    this.#utf8.take(bytes)
    if (!this.#gbValid) return
    try {
      this.#gb.decode(bytes, { stream: true })
    } catch {
      this.#gbValid = false
    }
  }

  /** The verdict, or null when the bytes must be shown again by `takeAgain`. */
  end(): Detected | null {
    this.#utf8.end()
    const marked = bomOf(this.#start) ?? bareUtf16(this.#start)
    if (marked !== null && marked.encoding !== 'utf-8') return marked
    const bom = marked?.bom ?? 0
    if (this.#utf8.isValid) return { encoding: 'utf-8', bom, is_broken: false }
    if (bom > 0) return { encoding: 'utf-8', bom, is_broken: true }
    try {
      if (this.#gbValid) this.#gb.decode()
    } catch {
      this.#gbValid = false
    }
    return null
  }

  /** A second reading, of files that are not UTF-8 throughout: line by line. */
  takeAgain(bytes: Buffer): void {
    for (const line of this.#lines.take(bytes)) this.#judge(line)
  }

  #judge(line: Buffer): void {
    if (isChineseUtf8(line)) this.#chineseLines++
    else if (!isUtf8(line)) this.#otherLines++
  }

  endAgain(): Detected {
    this.#judge(this.#lines.rest())
    if (this.#chineseLines > this.#otherLines) return { encoding: 'utf-8', bom: 0, is_broken: true }
    return { encoding: 'gb18030', bom: 0, is_broken: !this.#gbValid || this.#chineseLines > 0 }
  }
}

/** Lines of a GB18030 file in which UTF-8 lines are mixed: every word of those is marked as damaged. */
async function* mixedTexts(bytes: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder('gb18030')
  const textOf = (line: Buffer): string =>
    isChineseUtf8(line) ? line.toString().replace(/\P{ASCII}+/gu, '$&\ufffd') : decoder.decode(line)
  const lines = new Lines()
  for await (const piece of bytes) {
    let text = ''
    for (const line of lines.take(piece)) text += textOf(line)
    if (text !== '') yield text
  }
  const rest = lines.rest()
  if (rest.length > 0) yield textOf(rest)
}

/** Text pieces of a file; broken bytes become U+FFFD, which the reader of a broken file looks for. */
export async function* decoded(
  bytes: AsyncIterable<Buffer>,
  { encoding, bom, is_broken }: Detected,
): AsyncIterable<string> {
  if (encoding === 'gb18030' && is_broken) {
    yield* mixedTexts(bytes)
    return
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  let skip = bom
  for await (const piece of bytes) {
    const from = Math.min(skip, piece.length)
    skip -= from
    const text = decoder.decode(from === 0 ? piece : piece.subarray(from), { stream: true })
    if (text !== '') yield text
  }
  const last = decoder.decode()
  if (last !== '') yield last
}
