import type { ServerResponse } from 'node:http'
import { Accepted } from '@sanjiang/contract/exchange.door'
import { release } from '@sanjiang/seal/node'
import { Fault } from '#kernel/fault.ts'
import { readJson } from './body.ts'
import { type AgentRequest, type DoorAnswer, SENT } from './door.ts'
import { isSigned } from './signature.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const idOf = (text: string | null | undefined): string => {
  if (!text || !UUID.test(text)) throw new Fault('not_found')
  return text
}

/** Until the reader has taken what waits, or is gone. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })

/**
 * Frames one after another with backpressure. What stops them in the middle — a revoked grant above all — cuts the
 * connection behind a whole frame or before it; the reader asks again from where it stands and is told why.
 */
export const sendFrames = async ({ parts, agent, params, query, response }: AgentRequest): Promise<DoorAnswer> => {
  const from = query.get('from') ?? ''
  if (!/^\d{1,15}$/.test(from)) throw new Fault('malformed', 'from 应为序号')
  const wanted = { from: Number(from), run: idOf(query.get('run')) }
  const frames = await parts.delivery.frames(agent.agent_id, idOf(params.id), wanted)
  if (!frames) return null
  for await (const pieces of frames) {
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' })
    let isFull = false
    // Each piece is this answer's alone, and done with when it is out.
    for (const piece of pieces) isFull = !response.write(piece, () => release(piece)) || isFull
    if (response.destroyed) return SENT
    if (isFull) await drained(response)
  }
  if (!response.headersSent) return null
  response.end()
  return SENT
}

export const takeAccepted = async ({ parts, agent, params, request }: AgentRequest): Promise<DoorAnswer> => {
  const body = await readJson(request, Accepted)
  const speaker = {
    agent_id: agent.agent_id,
    key_id: agent.key_id,
    verify: (text: string, signature: string) => isSigned(agent.public_key, text, signature),
  }
  return parts.delivery.accepted(speaker, idOf(params.id), body)
}
