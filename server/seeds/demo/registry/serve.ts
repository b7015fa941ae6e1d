import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { answerPortal } from '../portal/serve.ts'
import { answerOf, type Offer } from './offers.ts'

const send = (response: ServerResponse, status: number, body: unknown): void => {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length })
  response.end(bytes)
}

const answer = async (offers: readonly Offer[], request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://provider')
  const portal = answerPortal(url)
  if (portal) return void response.writeHead(200, { 'content-type': portal.type }).end(portal.body)
  const path = url.pathname
  const offer = offers.find((one) => path.startsWith(`${one.path}/`))
  if (request.method !== 'GET' || !offer) return send(response, 404, { error: 'no such service' })
  const key = decodeURIComponent(path.slice(offer.path.length + 1))
  await pause(offer.delayOf?.(key) ?? 0)
  send(response, 200, answerOf(offer, key))
}

export interface Serving {
  readonly port: number
  close(): Promise<void>
}

/** Serves the departments' services on loopback, as each department would serve its own. Throws when the port is taken. */
export const serveOffers = (offers: readonly Offer[], port: number): Promise<Serving> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      answer(offers, request, response).catch(() => send(response, 500, { error: 'malformed request' }))
    })
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done())
          server.closeAllConnections()
        })
      resolve({ port: (server.address() as AddressInfo).port, close })
    })
  })
