import { isUtf8 } from 'node:buffer'
import { Fault } from '#kernel/fault.ts'
import { parseExactly } from './exact-json.ts'
import { type Shaped, shapeFor } from './shape.ts'
import type { AttachedService, GrantRow } from './snapshot.ts'

const malformed = (reason: string): Fault => new Fault('provider_malformed', reason)

const CHARSET = /charset\s*=\s*"?([\w-]+)/i

// Older systems answer in GB 18030 and say so; what is neither that nor UTF-8 is refused rather than guessed.
const decode = (bytes: Buffer, type: string): string => {
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase() ?? 'utf-8'
  if (charset === 'utf-8' || charset === 'utf8') {
    if (!isUtf8(bytes)) throw malformed('提供方返回的不是 UTF-8 文本')
    return bytes.toString('utf8')
  }
  if (!/^gb(k|2312|18030)$/.test(charset)) throw malformed(`不支持提供方使用的字符集 ${charset}`)
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  } catch {
    throw malformed(`提供方返回的不是 ${charset} 文本`)
  }
}

/** Numbers that a double may not hold as they are written; in a text it costs time and changes nothing. */
const MAY_LOSE = /[:[,]\s*-?\d[\d.]{15}/

const parse = (bytes: Buffer, type: string): unknown => {
  const text = decode(bytes, type)
  try {
    return MAY_LOSE.test(text) ? parseExactly(text) : JSON.parse(text)
  } catch {
    throw malformed('提供方返回的不是 JSON')
  }
}

/** The provider's answer under the grant: what is visible, or a fault that says what is wrong with it. */
export const shapeAnswer = (
  grant: GrantRow,
  service: AttachedService,
  { bytes, type }: { bytes: Buffer; type: string },
): Shaped => {
  const shaping = shapeFor(grant, service)(parse(bytes, type))
  if (shaping.ok) return shaping.value
  throw new Fault(shaping.code, shaping.reason)
}

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[\x20-\x7e]*)?$/

/** A media type that may be sent on as a header; anything else is bytes. */
export const safeType = (type: string): string => (MEDIA_TYPE.test(type) ? type : 'application/octet-stream')
