import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '#config'
import { migrate } from '#kernel/migrate.ts'

const NAME = 'sanjiang_public'
const LOGIN = 'sanjiang_public_site'
const FOLDER = new URL('../../public-migrations/', import.meta.url)

/** How the two sides reach the public side's database; nothing where there is no public portal. */
export type PublicDatabase = Pick<Config, 'publicDatabaseUrl' | 'publishDatabaseUrl'>

const passwordIn = async (dataDir: string): Promise<string> => {
  const file = join(dataDir, 'keys', 'public.password')
  const found = await readFile(file, 'utf8').catch(() => '')
  if (found) return found.trim()
  const password = randomBytes(24).toString('base64url')
  await mkdir(join(dataDir, 'keys'), { recursive: true, mode: 0o700 })
  await writeFile(file, password, { mode: 0o600 })
  return password
}

const withAdmin = async (url: string, work: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const urlFor = (adminUrl: string, user?: { name: string; password: string }): string => {
  const url = new URL(adminUrl)
  url.pathname = `/${NAME}`
  if (user) Object.assign(url, { username: user.name, password: user.password })
  return url.href
}

/** A database of its own beside the embedded one, with a login that may connect to it and to nothing else of the cluster. */
const prepareEmbedded = async (adminUrl: string, dataDir: string): Promise<PublicDatabase> => {
  const password = await passwordIn(dataDir)
  await withAdmin(adminUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [NAME])
    if (!rowCount) await client.query(`create database ${NAME}`)
    const { rowCount: known } = await client.query('select from pg_roles where rolname = $1', [LOGIN])
    if (!known) await client.query(`create role ${LOGIN} login`)
    await client.query(`alter role ${LOGIN} password '${password}'`)
    const inside = new URL(adminUrl).pathname.slice(1)
    await client.query(`revoke connect on database "${inside}" from public`)
    await client.query(`revoke connect on database ${NAME} from public`)
    await client.query(`grant connect on database ${NAME} to ${LOGIN}`)
  })
  return { publishDatabaseUrl: urlFor(adminUrl), publicDatabaseUrl: urlFor(adminUrl, { name: LOGIN, password }) }
}

/** Brings the public side's database to this program's version; made first where it is the embedded one. */
export const openPublicDatabase = async (config: Config, adminUrl: string, say: (line: string) => void) => {
  const isEmbedded = config.databaseUrl === ''
  const none: PublicDatabase = { publicDatabaseUrl: '', publishDatabaseUrl: '' }
  if (!isEmbedded && config.publishDatabaseUrl === '') return none
  const given = config.publishDatabaseUrl !== ''
  const database = given ? config : await prepareEmbedded(adminUrl, config.dataDir)
  await migrate({
    adminUrl: database.publishDatabaseUrl,
    folder: FOLDER,
    hasQueue: false,
    log: (name) => say(`公共侧迁移 ${name}`),
  })
  if (!given)
    await withAdmin(database.publishDatabaseUrl, async (client) => {
      await client.query(`grant sanjiang_public to ${LOGIN}`)
    })
  const { publicDatabaseUrl, publishDatabaseUrl } = database
  return { publicDatabaseUrl, publishDatabaseUrl }
}
