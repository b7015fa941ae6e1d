import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { request } from 'undici'
import { columnOf, layDataset } from '../../server/test/public-dataset.ts'
import type { PublicGround } from '../../server/test/public-ground.ts'

export const SLUG = 'bench-export'
const TABLE = 'data.d_bench_export_1'
const COLUMNS = [
  columnOf('credit_code', '统一社会信用代码', { role: 'key', length: 18 }),
  columnOf('name', '企业名称', { length: 100 }),
  columnOf('city', '市州', { role: 'category' }),
  columnOf('capital', '注册资本', { data_type: 'N', unit: '万元', role: 'measure' }),
  columnOf('staff', '从业人数', { data_type: 'I' }),
  columnOf('founded_on', '成立日期', { data_type: 'D' }),
  columnOf('changed_at', '变更时刻', { data_type: 'T' }),
  columnOf('is_active', '是否在营', { data_type: 'L' }),
  columnOf('lon', '经度', { data_type: 'N', role: 'lon' }),
  columnOf('lat', '纬度', { data_type: 'N', role: 'lat' }),
]

/** Enterprises of a province, as many as asked. */
export const layRows = async (ground: PublicGround, rows: number): Promise<void> => {
  await layDataset(ground, { slug: SLUG, columns: COLUMNS, rows: [] })
  await ground.sql(
    `insert into ${TABLE}
     select i, '91630000' || lpad(i::text, 10, '0'), '青海' || (array['三江','昆仑','湟源','格尔木','祁连'])[1 + i % 5] || '第' || i || '商贸有限责任公司',
       (array['西宁市','海东市','海西州','海南州','海北州'])[1 + i % 5], (i % 100000) / 100.0, case when i % 7 > 0 then i % 500 end,
       date '1990-01-01' + i % 10000, timestamp '2016-01-01' + i * interval '37 seconds', i % 3 > 0,
       round(90 + (i % 130000) / 10000.0, 6), round(32 + (i % 70000) / 10000.0, 6)
     from generate_series(1, $1::integer) i`,
    [rows],
  )
  await ground.sql('update site.edition set row_count = $1', [rows])
  await ground.sql(`vacuum analyze ${TABLE}`)
}

export interface Taken {
  readonly seconds: number
  readonly firstByteMs: number
  readonly bytes: number
}

const timed = async (open: () => Promise<AsyncIterable<Buffer> | NodeJS.ReadableStream>): Promise<Taken> => {
  const begun = performance.now()
  let [firstByteMs, bytes] = [0, 0]
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      if (bytes === 0) firstByteMs = performance.now() - begun
      bytes += chunk.length
      done()
    },
  })
  await pipeline((await open()) as NodeJS.ReadableStream, sink)
  return { seconds: (performance.now() - begun) / 1000, firstByteMs, bytes }
}

/** Our public process over HTTP. */
export const takeOurs = (url: string): Promise<Taken> =>
  timed(async () => {
    const { statusCode, body } = await request(url, { headersTimeout: 600_000, bodyTimeout: 600_000 })
    if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${await body.text()}`)
    return body
  })

/** The whole table by a bare COPY, as a client beside the database takes it. */
export const takeCopy = async (databaseUrl: string): Promise<Taken> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const names = COLUMNS.map(({ name }) => name).join(', ')
  try {
    return await timed(async () => client.query(copyTo(`copy ${TABLE} (${names}) to stdout with (format csv, header)`)))
  } finally {
    await client.end()
  }
}

const MIB = 1_048_576
export const memoryOf = (pid: number): number => {
  try {
    return (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024) / MIB
  } catch {
    return 0 // ended between two looks
  }
}

/** Highest memory of a process since it was last asked. */
export const watchMemory = (pid: number) => {
  let highest = memoryOf(pid)
  const timer = setInterval(() => {
    highest = Math.max(highest, memoryOf(pid))
  }, 50)
  return {
    take: (): number => {
      const taken = Math.round(Math.max(highest, memoryOf(pid)))
      highest = 0
      return taken
    },
    stop: () => clearInterval(timer),
  }
}

export interface Built {
  readonly format: string
  readonly seconds: number
  readonly memory_mb: number
}

/** All formats in a process of its own, each with the time it took and the highest memory meanwhile. */
export const buildAll = async (publishUrl: string): Promise<Built[]> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./export.builder.ts', import.meta.url)), publishUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const memory = watchMemory(child.pid!)
  const files: Built[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, format, ms } = JSON.parse(line) as { msg: string; format: string; ms: number }
    if (msg !== 'file made') throw new Error(line)
    files.push({ format, seconds: Math.round(ms / 100) / 10, memory_mb: memory.take() })
  }
  memory.stop()
  return files
}
