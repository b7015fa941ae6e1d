import { FILE_FORMATS, type FileFormat, formatsOf } from '@sanjiang/contract/site.file'
import { CellTooLong } from '@sanjiang/tabular/xlsx-write'
import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { withClient } from '../connection.ts'
import { type FileKey, PackedWriter, PartWriter } from './file.parts.ts'
import { type FileEdition, type FileSource, readFacts, readRows } from './file.source.ts'
import { insertFile, insertOmission, listCurrent, removeWithdrawn, takeFile, Withdrawn } from './file.store.ts'
import { WRITERS } from './format/format.ts'
import { FormatUnfit } from './format/unfit.ts'

/** A run ends after the file it is at, so that the queue never takes it for dead; the next minute goes on. */
const RUN_MS = 5 * 60_000

/** The builder reads and writes the public database only. */
type FileCtx = Pick<Ctx, 'log' | 'site'>

/** One connection reads, the other writes: pieces of a file are laid down while the next rows are fetched. */
export interface Links {
  readonly reader: pg.Client
  readonly writer: pg.Client
}

const SESSION = { application_name: 'sanjiang-files', options: '-c datestyle=iso,ymd' }

const reasonOf = (error: unknown): string | undefined => {
  if (error instanceof FormatUnfit) return error.message
  if (error instanceof CellTooLong) return '有单元格超过 32767 个字符，XLSX 容不下'
  return error instanceof RangeError && /4 GiB/.test(error.message) ? '文件超过 4 GiB，这种格式容不下' : undefined
}

/** All of one file in one transaction of the writer: whoever looks sees none of it or all of it. */
const layFile = async ({ writer }: Links, source: FileSource, key: FileKey & { format: FileFormat }): Promise<void> => {
  const { media_type, is_text } = FILE_FORMATS[key.format]
  const isCsv = key.format === 'csv'
  const plain = new PartWriter(writer, key)
  const packedKey = { ...key, format: `${key.format}-gzip` }
  const packed = is_text ? new PackedWriter(new PartWriter(writer, packedKey)) : undefined
  for await (const piece of WRITERS[key.format](source)) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    await plain.write(bytes)
    await packed?.write(bytes)
  }
  const { bom_sha256, ...weighed } = await plain.finish()
  await insertFile(writer, key, {
    ...weighed,
    media_type,
    bom_sha256: isCsv ? bom_sha256 : null,
    formula_cells: isCsv ? source.facts.formula_cells : null,
  })
  if (!packed) return
  const { bytes, sha256 } = await packed.finish()
  await insertFile(writer, packedKey, {
    ...{ bytes, sha256, media_type: 'application/gzip', bom_sha256: null, formula_cells: null },
  })
}

const makeFile = async (links: Links, source: FileSource, format: FileFormat): Promise<boolean> => {
  const { writer } = links
  const key = { dataset_id: source.edition.dataset_id, edition_no: source.edition.edition_no, format }
  await writer.query('begin')
  try {
    const isMine = await takeFile(writer, key)
    if (isMine) await layFile(links, source, key)
    await writer.query('commit')
    return isMine
  } catch (error) {
    await writer.query('rollback')
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    await insertOmission(writer, key, reason)
    return true
  }
}

// 42P01, 23503: a newer edition has taken the place of this one, or it was withdrawn: its table or itself is gone.
const isReplaced = (error: unknown): boolean =>
  error instanceof Withdrawn || ['42P01', '23503'].includes((error as { code: string }).code)

const isAway = (error: unknown): boolean =>
  /ECONN|EPIPE|57P0[123]|terminat/i.test(`${(error as { code?: string }).code} ${(error as Error).message}`)

interface Work {
  readonly links: Links
  readonly origin: string
  readonly until: number
}

const makeFiles = async (
  ctx: FileCtx,
  { links, origin, until }: Work,
  edition: FileEdition & { missing: FileFormat[] },
) => {
  const facts = await readFacts(links.reader, edition)
  const source: FileSource = { edition, facts, origin, batches: () => readRows(links.reader, edition) }
  let count = 0
  for (const format of edition.missing) {
    if (Date.now() > until) return count
    const started = Date.now()
    if (!(await makeFile(links, source, format))) continue
    count++
    ctx.log.info({ dataset: edition.slug, edition: edition.edition_no, format, ms: Date.now() - started }, 'file made')
  }
  return count
}

const work = async (ctx: FileCtx, links: Links): Promise<number> => {
  const until = Date.now() + RUN_MS
  await removeWithdrawn(links.writer)
  let count = 0
  const failed: unknown[] = []
  for (const { settled, ...edition } of await listCurrent(links.writer)) {
    const missing = formatsOf(edition.columns).filter((format) => !settled.includes(format))
    if (missing.length === 0 || Date.now() > until) continue
    const task = { links, origin: ctx.site.publicUrl ?? '', until }
    try {
      count += await makeFiles(ctx, task, { ...edition, missing })
    } catch (error) {
      if (isAway(error)) throw error
      if (isReplaced(error)) continue
      ctx.log.error({ err: error, dataset: edition.slug }, 'files not made')
      failed.push(error)
    }
  }
  // One dataset's trouble keeps no other waiting; the queue is told at the end.
  if (failed.length > 0) throw failed[0]
  return count
}

/**
 * Makes what current editions lack: from the inside out, over the connection that carries releases. Killed at any place it
 * leaves whole files only, and the next run makes the rest; run again it changes nothing.
 */
export const buildFiles = async (ctx: FileCtx): Promise<number> => {
  const url = ctx.site.publishDatabaseUrl
  if (!url) return 0
  return withClient(url, (reader) => withClient(url, (writer) => work(ctx, { reader, writer }), SESSION), SESSION)
}
