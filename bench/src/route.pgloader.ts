import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { query } from './route.ground.ts'
import { GRANTED, KEY, SOURCE_TABLE } from './snapshot.data.ts'

const TABLE = 'person_given'
const LIMIT_MS = 600_000

/** Whether the machine has it: where not, the comparison is left out and says so. */
export const hasPgloader = (): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, 'pgloader'), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** pgloader moves whole tables, so it gets one that has no more than the seven columns: it reads less than ours does. */
export const fillPgloaderSource = async (source: string): Promise<void> => {
  const columns = GRANTED.map(({ column }) => column).join(', ')
  await query(
    source,
    `create table ${TABLE} as select ${columns} from ${SOURCE_TABLE}`,
    `alter table ${TABLE} add primary key (${KEY})`,
    `vacuum analyze ${TABLE}`,
  )
}

const orderOf = (source: string, target: string): string => `LOAD DATABASE FROM ${source} INTO ${target}
  WITH include drop, create tables, create indexes, reset no sequences, workers = 2, concurrency = 1, prefetch rows = 25000
  INCLUDING ONLY TABLE NAMES MATCHING '${TABLE}' IN SCHEMA 'public';
`

/** From its start to its end, rows counted. */
export const runPgloader = async (source: string, target: string, rows: number): Promise<number> => {
  const file = join(tmpdir(), `sanjiang-pgloader-${process.pid}.load`)
  await writeFile(file, orderOf(source, target), { mode: 0o600 })
  try {
    await query(target, `drop table if exists ${TABLE}`, 'checkpoint')
    const begun = performance.now()
    const child = spawn('pgloader', [file], { timeout: LIMIT_MS })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said = (said + text).slice(-4_000)
      })
    const [code] = await once(child, 'close')
    const seconds = (performance.now() - begun) / 1000
    const [found] = await query<{ n: number }>(target, `select count(*)::int as n from ${TABLE}`)
    if (code !== 0 || found?.n !== rows) throw new Error(`pgloader failed (${code}, ${found?.n} rows): ${said}`)
    return seconds
  } finally {
    await rm(file, { force: true })
  }
}
