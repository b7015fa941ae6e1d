import type { ServerResponse } from 'node:http'
import { Digests, DOOR, FileLine } from '@sanjiang/contract/exchange.door'
import { piecesOf, readJson } from '../door/body.ts'
import { type AgentRequest, type DoorAnswer, SENT } from '../door/door.ts'
import { ownFeed } from '../door/head.service.ts'

const BINARY = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' }
/** Lengths of parts beside their bytes. */
const FRAMING = 65_536

interface Parts {
  readonly length: number
  readonly pieces: AsyncGenerator<readonly Uint8Array[]>
}

const writeParts = async (response: ServerResponse, { length, pieces: reader }: Parts): Promise<void> => {
  // The first is asked for before the head is sent, so that a refusal can still be one.
  let next = await reader.next()
  response.writeHead(200, { ...BINARY, 'content-length': length })
  response.on('close', () => void reader.return(undefined))
  while (!next.done && !response.destroyed) {
    let isFlowing = true
    // Not corked: a corked write that fills the response waits for a drain that never comes.
    for (const piece of next.value) isFlowing = response.write(piece)
    const following = reader.next()
    if (!isFlowing && !response.destroyed)
      await new Promise<void>((resolve) => {
        response.once('drain', resolve)
        response.once('close', resolve)
      })
    next = await following
  }
  response.end()
}

const askMissing = async (said: AgentRequest): Promise<DoorAnswer> => {
  await ownFeed(said)
  const { digests } = await readJson(said.request, Digests)
  return { digests: await said.parts.blobs.missing(digests) }
}

const putParts = async (said: AgentRequest): Promise<DoorAnswer> => {
  await ownFeed(said)
  await said.parts.blobs.put(piecesOf(said.request, DOOR.put_max_bytes + FRAMING))
  return null
}

const closeFile = async (said: AgentRequest): Promise<DoorAnswer> => {
  const { feed_id } = await ownFeed(said)
  await said.parts.blobs.close(feed_id, said.params.recipe ?? '', await readJson(said.request, FileLine))
  return {}
}

const fetchFile = async ({ parts, agent, params, query, response }: AgentRequest): Promise<DoorAnswer> => {
  const subscriptionId = params.id ?? ''
  const recipe = params.recipe ?? ''
  if (query.has('from')) {
    const range = { from: Number(query.get('from')), count: Number(query.get('count') ?? 1) }
    const reader = { agentId: agent.agent_id, subscriptionId }
    await writeParts(response, await parts.blobs.readParts(reader, recipe, range))
    return SENT
  }
  const bytes = await parts.blobs.readRecipe(agent.agent_id, subscriptionId, recipe)
  response.writeHead(200, { ...BINARY, 'content-length': bytes.length })
  response.end(bytes)
  return SENT
}

const tellFetched = async ({ parts, agent, params, request }: AgentRequest): Promise<DoorAnswer> => {
  const { digests } = await readJson(request, Digests)
  await parts.blobs.fetched(agent.agent_id, params.id ?? '', digests)
  return {}
}

/** Files as they are, at the agents' door. */
export const BLOB_ROUTES = [
  { method: 'POST', path: DOOR.partsMissing(':id'), handle: askMissing },
  { method: 'PUT', path: DOOR.parts(':id'), handle: putParts },
  { method: 'POST', path: DOOR.file(':id', ':recipe'), handle: closeFile },
  { method: 'GET', path: DOOR.fetch(':id', ':recipe'), handle: fetchFile },
  { method: 'POST', path: DOOR.fetched(':id'), handle: tellFetched },
] as const
