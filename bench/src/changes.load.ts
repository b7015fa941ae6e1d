import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { ITEMS, KEY } from './snapshot.data.ts'

// What is written at the source, and how it is seen to arrive.

export interface Place {
  readonly url: string
  readonly table: string
}

const FIRST_KEY = 6_300_000_000
const VALUES = ITEMS.map(({ value }) => value).join(', ')
const POLL_MS = 2

export const KINDS = ['insert', 'update', 'delete'] as const
export type Kind = (typeof KINDS)[number]

const textOf = (kind: Kind, base: number, rows: number): string => {
  const behind = `where ${KEY} > ${FIRST_KEY + base}`
  if (kind === 'insert')
    return `insert into person select ${VALUES} from generate_series(${base + 1}::bigint, ${base + rows}) n`
  if (kind === 'delete') return `delete from person ${behind}`
  return `update person set updated_at = updated_at + interval '1 second', remark = md5(remark) ${behind}`
}

const connected = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

export interface Applied {
  /** From the source's commit until it is seen at the target. */
  readonly since_commit: number
  readonly since_begin: number
}

/** One transaction at the source, until its last row is seen at the target as the source has it. */
export const carry = async (
  kind: Kind,
  { source, at, base, rows }: { source: string; at: Place; base: number; rows: number },
): Promise<Applied> => {
  const [writer, reader] = [await connected(source), await connected(at.url)]
  const last = `${KEY} = ${FIRST_KEY + base + rows}`
  try {
    const begun = performance.now()
    await writer.query(textOf(kind, base, rows))
    const committed = performance.now()
    const { rows: there } = await writer.query(`select updated_at::text as mark from person where ${last}`)
    for (;;) {
      const { rows: here } = await reader.query(`select updated_at::text as mark from ${at.table} where ${last}`)
      if (here[0]?.mark === there[0]?.mark) break
      await pause(POLL_MS)
    }
    const seen = performance.now()
    return { since_commit: (seen - committed) / 1000, since_begin: (seen - begun) / 1000 }
  } finally {
    await writer.end()
    await reader.end()
  }
}

export interface Lags {
  readonly p50_ms: number
  readonly p99_ms: number
  readonly written_per_second: number
}

interface Trickle {
  readonly source: string
  readonly at: Place
  readonly base: number
  readonly perSecond: number
  readonly seconds: number
}

const WRITERS = 8
const SAMPLE_MS = 10

/** Small transactions at an even pace: each inserts a row that says when it was written. */
const write = async (client: pg.Client, trickle: Trickle & { first: number }): Promise<number> => {
  const { base, perSecond, seconds, first } = trickle
  const values = ITEMS.map(({ column, value }) =>
    column === 'updated_at' ? `clock_timestamp() at time zone 'UTC'` : value,
  )
  const text = `insert into person select ${values.join(', ')} from (select $1::bigint as n) one`
  const begun = performance.now()
  let written = 0
  for (; performance.now() - begun < seconds * 1000; written += 1) {
    const due = begun + (written * WRITERS * 1000) / perSecond
    if (due > performance.now()) await pause(due - performance.now())
    await client.query({ name: 'small', text, values: [base + first + written * WRITERS] })
  }
  return written
}

/** How old the newest row at the target is, looked at every few milliseconds while the source is written to. */
export const trickle = async (one: Trickle): Promise<Lags> => {
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => connected(one.source)))
  const reader = await connected(one.at.url)
  const lags: number[] = []
  let isOver = false
  const text = `select extract(epoch from (clock_timestamp() at time zone 'UTC') - updated_at)::float8 * 1000 as lag
     from ${one.at.table} where ${KEY} > ${FIRST_KEY + one.base} order by ${KEY} desc limit 1`
  const sample = async (): Promise<void> => {
    while (!isOver) {
      const { rows } = await reader.query<{ lag: number }>({ name: 'sample', text })
      if (rows[0]) lags.push(rows[0].lag)
      await pause(SAMPLE_MS)
    }
  }
  try {
    const sampling = sample()
    const written = await Promise.all(writers.map((client, at) => write(client, { ...one, first: at + 1 })))
    isOver = true
    await sampling
    const last = (await writers[0]?.query(`select max(${KEY})::text as key from person`))?.rows[0]?.key
    for (;;) {
      const { rows } = await reader.query(`select max(${KEY})::text as key from ${one.at.table}`)
      if (rows[0]?.key === last) break
      await pause(SAMPLE_MS)
    }
    const sorted = lags.sort((a, b) => a - b)
    const at = (share: number): number => Math.round(sorted[Math.floor(share * sorted.length)] ?? Number.NaN)
    const total = written.reduce((sum, count) => sum + count, 0)
    return { p50_ms: at(0.5), p99_ms: at(0.99), written_per_second: Math.round(total / one.seconds) }
  } finally {
    for (const client of [...writers, reader]) await client.end()
  }
}
