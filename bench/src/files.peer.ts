// A provider's or a consumer's agent as far as files go, as a process of its own, told what to do by messages.
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { Agent, request } from 'undici'
import { type FetchLink, fetchFile } from '../../agent/src/blob.fetch.ts'
import { sendFile } from '../../agent/src/blob.send.ts'
import { type Ask, Refused } from '../../agent/src/link.ts'
import { openLocal } from '../../agent/src/random-file.ts'

export type Order =
  | { readonly do: 'send'; readonly path: string; readonly name: string }
  | { readonly do: 'fetch'; readonly recipe: string; readonly to: string; readonly old: string | null }
  | { readonly do: 'cpu' }

const [address = '', token = '', id = ''] = process.argv.slice(2)
const dispatcher = new Agent({ connections: 16, pipelining: 1 })

const dial = async ({ method, path, query, json, bytes }: Ask) => {
  const url = new URL(address + path)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value))
  const body = bytes ? Readable.from(bytes) : json === undefined ? null : JSON.stringify(json)
  const length = bytes?.reduce((sum, piece) => sum + piece.length, 0)
  const headers = {
    authorization: `Bearer ${token}`,
    ...(length === undefined ? {} : { 'content-length': `${length}` }),
  }
  const answer = await request(url, { method, dispatcher, body, headers })
  if (answer.statusCode >= 400) throw new Refused(answer.statusCode, (await answer.body.json()) as object)
  return answer
}

const link: FetchLink = {
  async ask(said) {
    const { statusCode, body } = await dial(said)
    return { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()) }
  },
  async stream(said) {
    const { body } = await dial(said)
    return (async function* () {
      for await (const piece of body) yield piece as Buffer
    })()
  },
}
const signal = new AbortController().signal
// As the agent sets it for itself.
setFlagsFromString('--external-memory-accounted-in-global-limit')

const carryOut = async (order: Order): Promise<unknown> => {
  if (order.do === 'cpu') return process.cpuUsage()
  if (order.do === 'send')
    return sendFile(
      { link, feedId: id, signal },
      () => openLocal(order.path, 'read'),
      (recipe) => ({
        items: ['path', 'size', 'modified', 'content'],
        line: `${order.name}\t1\t2017-12-11 08:00:00\t${recipe}`,
      }),
    )
  const part = await openLocal(`${order.to}.part`, 'write')
  const old = order.old === null ? null : await openLocal(order.old, 'read').catch(() => null)
  const place = { part, old: old === null ? [] : [old] }
  const fetched = await fetchFile({ link, subscriptionId: id, signal }, order.recipe, place)
  for (const file of [part, ...place.old]) await file.close()
  await rename(`${order.to}.part`, order.to)
  const folder = await open(dirname(order.to), 'r')
  await folder.sync()
  await folder.close()
  return fetched
}

process.on('message', ({ no, order }: { no: number; order: Order }) => {
  carryOut(order).then(
    (value) => process.send?.({ no, value }),
    (error: unknown) => process.send?.({ no, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ no: -1 })
