import pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'

const CONNECT_MS = 5000
/** No statement but those that move rows takes longer. */
const STATEMENT_MS = 30_000

/** One connection for one piece of work, to the public side or to the stage. */
export const withClient = async <T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  more: pg.ClientConfig = {},
): Promise<T> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, ...more })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** From the inside to the public database, with short statements; nothing where there is no public side. */
export const overPublic = async <T>(ctx: Ctx, work: (client: pg.Client) => Promise<T>): Promise<T | undefined> => {
  const url = ctx.site.publishDatabaseUrl
  return url ? withClient(url, work, { query_timeout: STATEMENT_MS }) : undefined
}
