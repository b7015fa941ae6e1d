import type { IncomingMessage } from 'node:http'
import type { Static, TSchema } from 'typebox'
import { Fault } from '#kernel/fault.ts'
import { bodyValidator } from '#kernel/validate.ts'

const MAX_JSON_BYTES = 2 * 1_048_576

export const readBytes = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new Fault('too_large', `请求体超过 ${limit} 字节`)
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of request) {
      size += (piece as Buffer).length
      if (size > limit) throw new Fault('too_large', `请求体超过 ${limit} 字节`)
      pieces.push(piece as Buffer)
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('malformed', '请求体没有传完', { cause })
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

const validators = new Map<TSchema, ReturnType<typeof bodyValidator>>()

const validatorOf = (schema: TSchema) => {
  const known = validators.get(schema)
  if (known) return known
  const made = bodyValidator(schema)
  validators.set(schema, made)
  return made
}

/** A request's JSON held to the contract's schema. */
export const readJson = async <S extends TSchema>(request: IncomingMessage, schema: S): Promise<Static<S>> => {
  let value: unknown
  try {
    value = JSON.parse((await readBytes(request, MAX_JSON_BYTES)).toString('utf8'))
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('malformed', '请求体不是 JSON', { cause })
  }
  const validate = validatorOf(schema)
  if (validate(value)) return value as Static<S>
  const fields = (validate.errors ?? []).map(({ instancePath, keyword, message = keyword }) => ({
    field: instancePath.split('/').slice(1).join('.') || 'body',
    rule: keyword,
    message,
  }))
  throw new Fault('invalid', undefined, { fields })
}
