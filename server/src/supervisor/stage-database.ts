import pg from 'pg'
import type { Config } from '#config'

const NAME = 'sanjiang_stage'

/** Made beside the embedded database; no login of the outside may connect to it. */
const prepareEmbedded = async (adminUrl: string): Promise<string> => {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [NAME])
    if (!rowCount) await client.query(`create database ${NAME}`)
    await client.query(`revoke connect on database ${NAME} from public`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(adminUrl), { pathname: `/${NAME}` }).href
}

/** Where rows stand before they are released: the operator's, else one beside the embedded database, else a schema of the inside's own. */
export const openStageDatabase = async (
  { databaseUrl, stageDatabaseUrl }: Pick<Config, 'databaseUrl' | 'stageDatabaseUrl'>,
  adminUrl: string,
): Promise<string> => {
  if (stageDatabaseUrl) return stageDatabaseUrl
  return databaseUrl ? databaseUrl : prepareEmbedded(adminUrl)
}
