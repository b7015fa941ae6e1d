import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { migrate } from '#kernel/migrate.ts'
import { loadRenderer, STATEMENT_MS } from '#roles/public.ts'
import { buildSite } from '../src/public/site.app.ts'
import type { Usage } from '../src/public/usage.ts'
import { buildStale } from '../src/supervisor/build.ts'
import { cloneDatabase } from './cluster.ts'

const FOLDER = new URL('../public-migrations/', import.meta.url)

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

const asAdmin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** `inside` is a URL of the test cluster; the public database is another one of it. */
export const openPublic = async (inside: string): Promise<PublicGround> => {
  const name = `public_${randomBytes(6).toString('hex')}`
  const [login, password] = [`site_${name}`, randomBytes(12).toString('hex')]
  await asAdmin(inside, async (client) => {
    await client.query(`create database ${name}`)
    await client.query(`create role ${login} login password '${password}'`)
    await client.query(`revoke connect on database "${new URL(inside).pathname.slice(1)}" from public`)
  })
  const publish = Object.assign(new URL(inside), { pathname: `/${name}` })
  const site = Object.assign(new URL(publish), { username: login, password })
  await migrate({ adminUrl: publish.href, folder: FOLDER, hasQueue: false })
  await asAdmin(publish.href, (client) => client.query(`grant sanjiang_public to ${login}`))
  const pool = openPool(site.href, { name: 'public-test', max: 3, statementMs: STATEMENT_MS })
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
  return {
    publishUrl: publish.href,
    siteUrl: site.href,
    app,
    sql: (text, values) => asAdmin(publish.href, async (client) => (await client.query(text, values)).rows as never),
    close: async () => {
      await app.close()
      await pool.end()
      await asAdmin(inside, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`)
        await client.query(`drop role ${login}`)
      })
    },
  }
}

/** The public side with nothing inside but an empty database; its pages are built first where they are stale. */
export const openPublicAlone = async (): Promise<PublicGround> => {
  await buildStale(() => undefined)
  const database = await cloneDatabase()
  const ground = await openPublic(database.url)
  const close = async (): Promise<void> => {
    await ground.close()
    await database.drop()
  }
  return { ...ground, close }
}
