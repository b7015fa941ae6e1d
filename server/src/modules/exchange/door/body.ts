import type { IncomingMessage } from 'node:http'
import type { Static, TSchema } from 'typebox'
import { Fault } from '#kernel/fault.ts'
import { bodyValidator } from '#kernel/validate.ts'

/** A thousand reports, or the hashes of ten thousand ranges. */
const MAX_JSON_BYTES = 4 * 1_048_576

/**
 * A request's body as it arrives. Who stops reading it leaves the connection open, so that the refusal can still be said;
 * a plain `for await` would cut it, and the agent would take that for a centre that is away and try for ever.
 */
export async function* piecesOf(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  const tooLarge = (): Fault => new Fault('too_large', `请求体超过 ${limit} 字节`)
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const pieces = request.iterator({ destroyOnReturn: false })
  let size = 0
  for (;;) {
    const { done, value } = await pieces.next().catch((cause: Error) => {
      throw new Fault('malformed', '请求体没有传完', { cause })
    })
    if (done) return
    size += (value as Buffer).length
    if (size > limit) throw tooLarge()
    yield value as Buffer
  }
}

export const readBytes = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for await (const piece of piecesOf(request, limit)) pieces.push(piece)
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

const MAX_FIELDS = 20
const validators = new Map<TSchema, ReturnType<typeof bodyValidator>>()

const validatorOf = (schema: TSchema) => {
  const known = validators.get(schema)
  if (known) return known
  const made = bodyValidator(schema)
  validators.set(schema, made)
  return made
}

/** A request's JSON held to the contract's schema. */
export const readJson = async <S extends TSchema>(request: IncomingMessage, schema: S): Promise<Static<S>> =>
  parseJson(await readBytes(request, MAX_JSON_BYTES), schema)

export const parseJson = <S extends TSchema>(bytes: Buffer, schema: S): Static<S> => {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new Fault('malformed', '请求体不是 JSON', { cause })
  }
  const validate = validatorOf(schema)
  if (validate(value)) return value as Static<S>
  const fields = (validate.errors ?? []).slice(0, MAX_FIELDS).map(({ instancePath, keyword, message = keyword }) => ({
    field: instancePath.split('/').slice(1).join('.') || 'body',
    rule: keyword,
    message,
  }))
  throw new Fault('invalid', undefined, { fields })
}
