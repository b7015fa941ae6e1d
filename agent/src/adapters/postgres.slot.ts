import pg from 'pg'
import { AdapterFault, type ReadPlan } from './adapter.ts'
import { type CatalogRelation, getRelation, sqlName, streamObstacle } from './postgres.catalog.ts'
import { lsnText } from './postgres.lsn.ts'
import { asFault, type Client, id, type PostgresConfig, SESSION, withClient } from './postgres.session.ts'

export interface MadeSlot {
  /** Snapshot of the instant the slot begins at; null when the slot was there already. */
  readonly snapshot: string | null
  readonly position: string
  /** Lets the snapshot's own connection go, once somebody else has taken the snapshot over. */
  release(): Promise<void>
}

// The `replication` startup parameter is read by the client but not declared.
export const connectReplication = async (config: PostgresConfig): Promise<Client> => {
  const client = new pg.Client({ ...config.client, replication: 'database' } as pg.ClientConfig)
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(SESSION)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw asFault(error)
  }
}

const SLOT_NAME = /^[a-z0-9_]{1,63}$/

export const checkSlotName = (slot: string): void => {
  if (!SLOT_NAME.test(slot)) throw new AdapterFault('misconfigured', `复制槽名“${slot}”只能用小写字母、数字和下划线`)
}

const PUBLISHED = `select p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate as is_whole,
  exists (select from pg_publication_tables t where t.pubname = p.pubname and t.schemaname = $2 and t.tablename = $3) as is_in
  from pg_publication p where p.pubname = $1`

export const isPublished = async (client: Client, relation: CatalogRelation, name: string): Promise<boolean> => {
  const { rows } = await client.query<{ is_in: boolean }>(PUBLISHED, [name, relation.schema, relation.table])
  return rows[0]?.is_in ?? false
}

/** A publication named like the slot that holds the relation; made here where the account may, else the DBA is told what to run. */
export const ensurePublication = async (client: Client, relation: CatalogRelation, name: string): Promise<void> => {
  const { rows } = await client.query<{ is_whole: boolean; is_in: boolean }>(PUBLISHED, [
    name,
    relation.schema,
    relation.table,
  ])
  const found = rows[0]
  if (found?.is_whole && found.is_in) return
  const rooted = relation.is_partitioned ? ' WITH (publish_via_partition_root = true)' : ''
  const sql =
    found === undefined
      ? `CREATE PUBLICATION ${id(name)} FOR TABLE ${sqlName(relation)}${rooted}`
      : found.is_in
        ? `ALTER PUBLICATION ${id(name)} SET (publish = 'insert, update, delete, truncate')`
        : `ALTER PUBLICATION ${id(name)} SET TABLE ${sqlName(relation)}`
  try {
    await client.query(sql)
  } catch (error) {
    throw new AdapterFault('denied', `连接所用账号不能建立发布:请数据库管理员执行 ${sql};`, { cause: error })
  }
}

interface SlotRow {
  readonly position: string | null
  readonly wal_status: string
  readonly active: boolean
  readonly is_here: boolean
}

/** The slot as the server keeps it, or null. */
export const findSlot = async (client: Client, slot: string): Promise<SlotRow | null> => {
  const { rows } = await client.query<SlotRow>(
    `select confirmed_flush_lsn::text as position, coalesce(wal_status, 'lost') as wal_status, active,
            database = current_database() as is_here
       from pg_replication_slots where slot_name = $1`,
    [slot],
  )
  const found = rows[0]
  return found === undefined ? null : { ...found, position: found.position === null ? null : lsnText(found.position) }
}

const DROP_TRIES = 50
const DROP_PAUSE_MS = 100

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A connection that still holds the slot is our own of a moment ago: it is ended first. */
const dropSlot = async (client: Client, slot: string): Promise<void> => {
  for (let tries = 0; (await findSlot(client, slot))?.active && tries < DROP_TRIES; tries += 1) {
    if (tries % 10 === 0)
      await client.query('select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1', [
        slot,
      ])
    await pause(DROP_PAUSE_MS)
  }
  await client.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [
    slot,
  ])
}

/** The publication may be the DBA's own: then it stays. */
export const forgetSlot = (config: PostgresConfig, slot: string): Promise<void> =>
  withClient(config, async (client) => {
    checkSlotName(slot)
    await dropSlot(client, slot)
    await client.query(`drop publication if exists ${id(slot)}`).catch(() => undefined)
  })

const newSlot = async (config: PostgresConfig, slot: string): Promise<MadeSlot> => {
  const client = await connectReplication(config)
  try {
    const { rows } = await client.query<{ consistent_point: string; snapshot_name: string }>(
      `CREATE_REPLICATION_SLOT ${id(slot)} LOGICAL pgoutput EXPORT_SNAPSHOT`,
    )
    const made = rows[0]
    return {
      snapshot: made?.snapshot_name ?? null,
      position: lsnText(made?.consistent_point ?? '0/0'),
      release: () => client.end().catch(() => undefined),
    }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw asFault(error)
  }
}

/** Deletes carry the primary key only, unless the table is set to log whole rows. */
const checkIdentity = (plan: ReadPlan, relation: CatalogRelation): void => {
  const logged = new Set(relation.columns.filter(({ key_no }) => key_no !== null).map(({ name }) => name))
  const blind = plan.columns.find(({ is_key, column }) => is_key && !logged.has(column))
  if (relation.identity !== 'd' || blind === undefined) return
  throw new AdapterFault(
    'misconfigured',
    `主键项“${blind.column}”不在该表主键中,变更日志不带其旧值:请数据库管理员执行 ALTER TABLE ${sqlName(relation)} REPLICA IDENTITY FULL;`,
  )
}

/**
 * The slot a feed's changes are kept by, made when it is not there. One that is there goes on from where it was confirmed:
 * a snapshot begun again loses nothing. One that the server has given up is made anew.
 */
export const createSlot = async (config: PostgresConfig, plan: ReadPlan, slot: string): Promise<MadeSlot> => {
  checkSlotName(slot)
  const kept = await withClient(config, async (client) => {
    const relation = await getRelation(client, plan.relation)
    const obstacle = await streamObstacle(client, relation)
    if (obstacle !== '') throw new AdapterFault('misconfigured', obstacle)
    checkIdentity(plan, relation)
    // Before the slot: decoding sees the catalogue as it was at each change.
    await ensurePublication(client, relation, slot)
    const found = await findSlot(client, slot)
    if (found === null) return null
    if (!found.is_here) throw new AdapterFault('misconfigured', `复制槽“${slot}”属于另一个数据库`)
    if (found.wal_status !== 'lost' && found.position !== null) return found.position
    await dropSlot(client, slot)
    return null
  })
  return kept === null ? newSlot(config, slot) : { snapshot: null, position: kept, release: async () => undefined }
}
