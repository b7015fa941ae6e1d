import { SourceFailure } from './failure.ts'
import { excerptOf } from './portrait.ts'

const decode = (bytes: Uint8Array, charset: string): string | null => {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

const CHARSET = /charset\s*=\s*"?([\w-]+)/i

/**
 * The bytes say more truly than the heading what they are written in: text that is valid UTF-8 practically never is anything
 * else, and catalogues that claim UTF-8 send GBK.
 */
export const toText = (bytes: Uint8Array, type: string): { text: string; notes: readonly string[] } => {
  const said = CHARSET.exec(type)?.[1]?.toLowerCase() ?? 'utf-8'
  if (/^utf-?16/.test(said)) {
    const text = decode(bytes, said)
    if (text !== null) return { text, notes: [] }
  }
  const plain = decode(bytes, 'utf-8')
  if (plain !== null) return { text: plain, notes: [] }
  const chinese = decode(bytes, 'gb18030')
  if (chinese === null) throw new SourceFailure('bad', `编码无法识别：声明为 ${said}，既不是 UTF-8 也不是 GB18030`)
  return { text: chinese, notes: /^gb/.test(said) ? [] : [`回答声明为 ${said}，实为 GB18030，已按后者读取`] }
}

const POSITION = /at position (\d+)/

const lineOf = (text: string, at: number): string => {
  const before = text.slice(0, at).split('\n')
  return `第 ${before.length} 行第 ${before.at(-1)!.length + 1} 列`
}

/** JSON, or where and why it is none. */
export const parseJsonText = (text: string): unknown => {
  if (/^\s*</.test(text))
    throw new SourceFailure('bad', '回答是网页而不是 JSON', { pointer: '第 1 行', excerpt: excerptOf(text), text })
  try {
    return JSON.parse(text)
  } catch (error) {
    const found = POSITION.exec((error as Error).message)?.[1]
    // An end that comes too early has no position of its own.
    const at = found === undefined ? text.length : Number(found)
    throw new SourceFailure('bad', `不是合法的 JSON：${lineOf(text, at)}`, {
      pointer: lineOf(text, at),
      excerpt: excerptOf(text, at),
      text,
    })
  }
}

/** Identifiers that text which cannot be parsed still shows. */
export const mentionsIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(/"(?:id|name|resource_id)"\s*:\s*"([^"\\]{1,200})"/g), (match) => match[1]!)),
]
