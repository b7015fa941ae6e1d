import { once } from 'node:events'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'

export interface ExportLimits {
  /** All of it, however fast the reader. */
  readonly totalMs: number
  /** A reader that takes nothing for so long is gone. */
  readonly stallMs: number
}

export interface ExportPlan {
  readonly text: string
  /** What stands before the first row. */
  readonly before: string
  readonly limits: ExportLimits
  /** Called once, however it ends. */
  onEnd(error: Error | undefined): void
}

interface Passing {
  readonly before: string
  onProgress(): void
  /** When all rows are through, before the reader is told that these were all. */
  finish(): Promise<void>
}

const passing = ({ before, onProgress, finish }: Passing): Transform => {
  const stream = new Transform({
    highWaterMark: 262_144,
    transform(chunk: Buffer, _, done) {
      onProgress()
      done(null, chunk)
    },
    flush(done) {
      finish().then(() => done(), done)
    },
  })
  if (before) stream.push(before)
  return stream
}

interface Watched {
  readonly limits: ExportLimits
  /** When the reader last took something, or had nothing to take. */
  readonly moved: { at: number }
}

/** Ends the export of a reader that holds the connection for nothing. */
const watch = (stream: Transform, { limits: { totalMs, stallMs }, moved }: Watched): (() => void) => {
  const ends = setTimeout(() => stream.destroy(new Error('export took too long')), totalMs)
  const look = (): void => {
    // Rows that are long in coming are the database's doing.
    if (stream.readableLength === 0) moved.at = Date.now()
    if (Date.now() - moved.at > stallMs) stream.destroy(new Error('reader takes nothing'))
  }
  const looks = setInterval(look, Math.min(stallMs, 5000))
  return () => {
    clearTimeout(ends)
    clearInterval(looks)
  }
}

const begin = async (client: pg.PoolClient, { text, limits }: ExportPlan) => {
  await client.query('begin read only')
  // The portal's limit of ten seconds is for questions; an honest export of a large table takes longer.
  await client.query(`set local statement_timeout = ${limits.totalMs}`)
  const copy = client.query(copyTo(text, { highWaterMark: 262_144 }))
  // A connection that is cut tells the copy once more, when nobody listens to it any longer.
  copy.on('error', () => undefined)
  // What is wrong with the statement is known before its first row, and told with a status of its own.
  await once(copy, 'readable')
  return copy
}

/**
 * Rows as COPY gives them, no faster than the reader takes them. The connection goes back when all is sent; of a reader that
 * went away or takes nothing it is cut, which ends the COPY.
 */
export const openExport = async (pool: pg.Pool, plan: ExportPlan): Promise<Transform> => {
  const client = await pool.connect()
  try {
    const copy = await begin(client, plan)
    const moved = { at: Date.now() }
    let isSettled = false
    const settle = (error?: Error): void => {
      if (isSettled) return
      isSettled = true
      stop()
      client.release(error)
      plan.onEnd(error)
    }
    const stream = passing({
      before: plan.before,
      onProgress: () => {
        moved.at = Date.now()
      },
      finish: async () => {
        await client.query('commit')
        settle()
      },
    })
    const stop = watch(stream, { limits: plan.limits, moved })
    pipeline(copy, stream).then(() => undefined, settle)
    return stream
  } catch (error) {
    client.release(error as Error)
    throw error
  }
}
