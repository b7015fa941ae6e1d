import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from '#kernel/migrate.ts'
import { Door } from './door.ts'
import type { DrillGround } from './ground.ts'
import { MIGRATION_POINTS } from './points.ts'

const CHILD = fileURLToPath(new URL('./migrate.child.ts', import.meta.url))

const SHAPE = `select coalesce(string_agg(format('%s.%s.%s %s', table_schema, table_name, column_name, data_type), ', '
  order by table_schema, table_name, ordinal_position), '') as shape, (select count(*)::int from migration.applied) as applied
  from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
  and table_name !~ '_\\d{4}_\\d{2}$'`

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const DATABASE = 'drill_migration'

/** Migrates a new database with the migrating process killed at every named point; what is wrong with the result. */
export const drillMigration = async (
  { server }: DrillGround,
  say: (line: string) => void,
): Promise<{ kills: number; faults: string[] }> => {
  await query(server.url('postgres'), `create database ${DATABASE}`)
  const door = await Door.open(() => server.port)
  const through = new URL(server.url(DATABASE))
  through.port = String(door.port)
  let kills = 0
  const faults: string[] = []
  for (const { name, pattern, moment } of MIGRATION_POINTS) {
    const child = spawn(process.execPath, [CHILD, through.href], {
      stdio: 'ignore',
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    })
    door.arm({ pattern, moment, spring: () => child.kill('SIGKILL') })
    const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
    door.disarm()
    if (signal === 'SIGKILL') kills += 1
    else faults.push(`never reached: ${name}`)
    say(name)
  }
  door.close()
  await migrate({ adminUrl: server.url(DATABASE) })
  const [ours, clean] = [await query(server.url(DATABASE), SHAPE), await query(server.url('postgres'), SHAPE)]
  if (JSON.stringify(ours) !== JSON.stringify(clean)) faults.push('a migration killed and resumed left another schema')
  return { kills, faults }
}
