import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { catalog } from '@sanjiang/contract'
import type { HarvestRun, HarvestSettings, HarvestSource } from '@sanjiang/contract/catalog'
import { Harvester } from '#modules/catalog/index.ts'
import type { Voice, World } from './harness.ts'

export type Package = Record<string, unknown>

/** A record as CKAN tells it, of a department that the test world has. */
export const packageOf = (no: number, more: Package = {}): Package => ({
  id: `pkg-${String(no).padStart(6, '0')}`,
  name: `dataset-${no}`,
  title: `登记信息第${'甲乙丙丁戊己庚辛壬癸'[no % 10]}类${no}号目录`,
  notes: `第 ${no} 号数据集：全省各级机关办理登记时产生的信息。`,
  organization: { name: 'sgsj', title: '青海省工商行政管理局' },
  tags: [{ name: '登记' }, { name: '市场主体' }],
  extras: [{ key: 'update_frequency', value: 'monthly' }],
  resources: [{ format: 'CSV', url: 'http://portal/x.csv' }],
  metadata_created: '2017-06-01T08:00:00.000000',
  metadata_modified: '2017-11-01T08:00:00.000000',
  ...more,
})

export interface Portal {
  readonly url: string
  /** What it holds, in order. */
  packages: Package[]
  readonly asked: string[]
  /** Answers first, when it returns true; a test's way to misbehave. */
  meddle: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean
  close(): Promise<void>
}

export const sendJson = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

const answer = (portal: Portal, url: URL, response: ServerResponse): void => {
  const { pathname, searchParams } = url
  if (pathname.endsWith('/package_search')) {
    const start = Number(searchParams.get('start'))
    const results = portal.packages.slice(start, start + Number(searchParams.get('rows')))
    sendJson(response, { success: true, result: { count: portal.packages.length, results } })
  } else sendJson(response, { success: false }, 404)
}

/** A CKAN portal on loopback; it really runs. */
export const openPortal = async (packages: Package[] = []): Promise<Portal> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://portal')
    portal.asked.push(`${url.pathname}${url.search}`)
    if (!portal.meddle(request, response, url)) answer(portal, url, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const portal: Portal = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    packages,
    asked: [],
    meddle: () => false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return portal
}

export const settingsOf = (url: string, more: Partial<HarvestSettings> = {}): HarvestSettings => ({
  name: `来源 ${url}`,
  kind: 'ckan',
  url,
  defaults: { share_type: 'unconditional', open_type: 'unconditional', update_cycle: 'irregular' },
  cycle: 'manual',
  requests_per_second: 1000,
  is_enabled: true,
  ...more,
})

export const createSource = (admin: Voice, url: string, more: Partial<HarvestSettings> = {}): Promise<HarvestSource> =>
  admin.call(catalog.createHarvestSource, { body: settingsOf(url, more) })

/** Impatient where a real one waits seconds. */
export const QUICK = { firstWaitMs: 1, longestWaitMs: 20, timeoutMs: 2000 } as const

/** Does what is ordered, as the worker would. */
export const work = async (world: World, manners: object = {}): Promise<void> => {
  const harvester = new Harvester(world.house, {
    egressAllow: ['127.0.0.0/8'],
    manners: { ...QUICK, ...manners },
  })
  await harvester.beat()
  await harvester.settled()
  await harvester.close()
}

export const harvest = async (world: World, admin: Voice, sourceId: string): Promise<HarvestRun> => {
  const { run_id } = await admin.call(catalog.orderHarvestRun, { params: { id: sourceId } })
  await work(world)
  return admin.call(catalog.getHarvestRun, { params: { id: run_id } })
}

export const logOf = async (voice: Voice, runId: string, outcome?: catalog.HarvestOutcome) =>
  (await voice.call(catalog.listHarvestLog, { params: { id: runId }, query: { outcome, limit: 200 } })).rows
