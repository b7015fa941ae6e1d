import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { gather, never, planOf, reading } from '../src/adapters/adapter.conformance.kit.ts'
import type { Source, Unreadable } from '../src/adapters/adapter.ts'
import { http } from '../src/adapters/http.ts'
import { quote, type Tables } from './tables.ts'

export interface TestService {
  readonly url: string
  /** Paths and queries asked for so far. */
  readonly asked: string[]
  close(): Promise<void>
}

/** A service on a free port of this machine, for one test. */
export const openService = async (
  answer: (url: URL, response: ServerResponse, request: IncomingMessage) => unknown,
): Promise<TestService> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    Promise.resolve()
      .then(() => answer(new URL(request.url ?? '', 'http://service'), response, request))
      .catch((error: Error) => {
        response.statusCode = 500
        response.end(error.message)
      })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export const json = (response: ServerResponse, value: unknown): void => {
  response.setHeader('content-type', 'application/json')
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Answers with tables of a real database, as departments' services do: `GET /NAME?page=2&size=500&since=…`. */
export const answerTables =
  (tables: Tables, pathOf: (name: string) => string) =>
  async (url: URL, response: ServerResponse): Promise<void> => {
    const name = (await tables.names()).find((one) => `/${pathOf(one)}` === decodeURIComponent(url.pathname))
    if (name === undefined) {
      response.statusCode = 404
      response.end()
      return
    }
    const [page, size] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('size'))]
    const since = url.searchParams.get('since')
    const where = since === null ? '' : 'where changed >= $1::timestamp'
    const values = since === null ? [] : [since]
    const [found] = await tables.query<{ total: string; list: string }>(
      `with t as (select * from ${quote(name)} ${where})
       select (select count(*) from t)::text as total,
         (select coalesce(json_agg(p), '[]')::text from (select * from t order by 1 offset ${(page - 1) * size} limit ${size}) p) as list`,
      values,
    )
    json(response, `{"code":0,"data":{"total":${found?.total},"list":${found?.list}}}`)
  }

/** Where this file's sources keep what they must remember. */
export const dir = await mkdtemp(join(tmpdir(), 'sanjiang-http-'))
const services: TestService[] = []
after(async () => {
  for (const service of services) await service.close()
  await rm(dir, { recursive: true, force: true })
})

export type Answer = Parameters<typeof openService>[0]

export interface PeopleSource extends Source {
  readonly service: TestService
  readonly state_dir: string
}

/** The list `people` of a service that answers like this. */
export const openPeople = async (answer: Answer, more: Record<string, unknown> = {}): Promise<PeopleSource> => {
  const service = await openService(answer)
  services.push(service)
  const state_dir = join(dir, `state-${services.length}`)
  const given = { base_url: `${service.url}/api`, state_dir, requests_per_second: '10000', retries: '1' }
  const source = await http.openSource(
    { ...given, 'people.path': '/people', ...more },
    { read: { people: '*' }, write: [] },
  )
  return Object.assign(source, { service, state_dir })
}

export const PEOPLE = planOf('people')

export const linesOf = async (source: Source, told: Unreadable[] = []): Promise<string[]> => {
  const snapshot = await source.snapshot(PEOPLE, { signal: never, slot: null })
  const { lines } = await gather(snapshot.batches(reading(told)))
  await snapshot.close()
  return lines
}

export const people = (from: number, count: number): { readonly id: number; readonly name: string }[] =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, name: `人${from + at}` }))

export const numbered = (url: URL, name: string): number => Number(url.searchParams.get(name) ?? 0)
