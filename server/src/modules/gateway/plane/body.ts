import type { IncomingMessage } from 'node:http'
import { Fault } from '#kernel/fault.ts'

const tooLarge = (limit: number): Fault => new Fault('too_large', `请求体超过 ${limit} 字节`)

/** Whether a request announces a body; without, nothing has to be read and nothing is awaited. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0')

/** Reads a body up to `limit`: refused by its announced length at once, by its real length as soon as it is known. */
export const readBody = (request: IncomingMessage, limit: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit))
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= limit) return
      request.off('data', onData)
      request.pause()
      reject(tooLarge(limit))
    }
    request.on('data', onData)
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    request.once('error', (cause) => reject(new Fault('malformed', '请求体没有传完', { cause })))
    request.once('close', () => reject(new Fault('malformed', '请求体没有传完')))
  })
