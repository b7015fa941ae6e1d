import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { loadRenderer, STATEMENT_MS } from '#roles/public.ts'
import { buildSite } from '../src/public/site.app.ts'
import type { Usage } from '../src/public/usage.ts'
import { cloneOn, clusterUrl } from './cluster.ts'
import { buildPages } from './pages.ts'

/** The public side as an operator sets it up: a database of its own, a login that may only read it, the site on top. */
export interface PublicGround {
  /** As its owner: what the inside publishes into. */
  readonly publishUrl: string
  /** As the public process signs in. */
  readonly siteUrl: string
  readonly app: FastifyInstance & { readonly usage: Usage }
  /** SQL as the owner. */
  sql<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>
  close(): Promise<void>
}

export const asAdmin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** On a cluster, by its admin's URL; the pages are built first where they are stale. */
const openOn = async (admin: string): Promise<PublicGround> => {
  await buildPages()
  await using parts = new AsyncDisposableStack()
  const { url: publishUrl, drop } = await cloneOn(admin, 'public')
  const [login, password] = [`site_${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')]
  parts.defer(() => asAdmin(admin, async (client) => void (await client.query(`drop role if exists ${login}`))))
  parts.defer(drop)
  await asAdmin(admin, async (client) => {
    await client.query(`create role ${login} login password '${password}'`)
    await client.query(`grant sanjiang_public to ${login}`)
  })
  const site = Object.assign(new URL(publishUrl), { username: login, password })
  const pool = openPool(site.href, { name: 'public-test', max: 3, statementMs: STATEMENT_MS })
  parts.defer(() => pool.end())
  const app = buildSite({
    pool,
    renderer: await loadRenderer(),
    log: makeLog('public', 'silent'),
    demo: true,
    imprint: ['主办：省政府电子政务办公室', '服务电话：12345'],
    origin: 'http://data.test',
    trustProxy: [],
    followMs: 0,
  })
  parts.defer(() => app.close())
  const all = parts.move()
  return {
    publishUrl,
    siteUrl: site.href,
    app,
    sql: (text, values) => asAdmin(publishUrl, async (client) => (await client.query(text, values)).rows as never),
    close: () => all.disposeAsync(),
  }
}

/** Beside an inside whose database is another one of the same cluster, which strangers may not even connect to. */
export const openPublic = async (inside: string): Promise<PublicGround> => {
  const { pathname } = new URL(inside)
  await asAdmin(inside, (client) => client.query(`revoke connect on database "${pathname.slice(1)}" from public`))
  return openOn(Object.assign(new URL(inside), { pathname: '/postgres' }).href)
}

/** With nothing inside. */
export const openPublicAlone = async (): Promise<PublicGround> => openOn(await clusterUrl())
