import { Readable } from 'node:stream'
import { type FileFormat, FORMAT_NAMES, fileHref, PART_BYTES } from '@sanjiang/contract/site.file'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayRead } from './access.ts'
import { OPEN_TO_ALL } from './answer.ts'
import { openOf } from './dataset.fault.ts'
import {
  conditionOf,
  digestText,
  dispositionOf,
  type Range,
  rangeOf,
  tagOf,
  type Variant,
  variantOf,
} from './file.rules.ts'
import { type FileQuestion, findFile, findOmission, isBareCurrent, readPart, type StoredFile } from './file.store.ts'
import { refuseOthers } from './rows/row.reply.ts'
import { type Site, SiteFault, type SiteRoutes, slugOf, textOf } from './site.ts'

const absent = async (site: Site, asked: FileQuestion): Promise<SiteFault> => {
  const reason = await findOmission(site.pool, asked)
  if (reason)
    return new SiteFault(404, 'not_offered', { detail: `这一版不提供 ${asked.format}：${reason}`, field: 'format' })
  const isCurrent = await isBareCurrent(site.pool, asked)
  if (isCurrent)
    return new SiteFault(404, 'not_made_yet', { detail: '这一版的文件正在制作，请几分钟后再来', wait: 120 })
  if (isCurrent === false)
    return new SiteFault(404, 'never_made', {
      detail: '这一版在文件制成之前已被下一版替换，没有文件；行数和校验值仍可查',
    })
  const detail = `没有这个文件。有哪些版次和格式，见 ${site.origin}/datasets/${asked.slug}/versions.json`
  return new SiteFault(404, 'no_file', { detail })
}

const findOpen = async (site: Site, asked: FileQuestion): Promise<StoredFile> => {
  const found = openOf(await findFile(site.pool, asked))
  if (found.edition_no === null) throw await absent(site, asked)
  return found as StoredFile
}

/** Part after part, each a short statement of its own: a slow reader holds one part in memory and no connection. */
async function* bytesOf({ pool }: Site, file: StoredFile, { variant, range }: { variant: Variant; range: Range }) {
  const { before, format } = variant
  if (range.from < before.length) yield before.subarray(range.from, range.to + 1)
  const end = range.to + 1 - before.length
  for (let at = Math.max(0, range.from - before.length); at < end; ) {
    const part_no = Math.floor(at / PART_BYTES)
    const from = at - part_no * PART_BYTES
    const count = Math.min(end - at, PART_BYTES - from)
    const { dataset_id, edition_no } = file
    const bytes = await readPart(pool, { dataset_id, edition_no, format, part_no, from, count })
    if (bytes?.length !== count) throw new Error(`part ${part_no} of ${file.slug}.${format} is gone`)
    yield bytes
    at += count
  }
}

const headersOf = (file: StoredFile, variant: Variant, { is_latest }: { is_latest: boolean }) => {
  const { slug, title, edition_no, format, media_type, made_at } = file
  return {
    'content-type': format === 'csv' ? `${media_type}; header=present` : media_type,
    etag: tagOf(variant),
    'last-modified': new Date(made_at).toUTCString(),
    'accept-ranges': 'bytes',
    'repr-digest': digestText(variant.sha256),
    'content-disposition': dispositionOf(`${slug}_${edition_no}`, `${title}_第${edition_no}版`, format),
    // A day, not for ever: what is withdrawn is to be gone from what stands between, too.
    'cache-control': is_latest ? 'public, max-age=60' : 'public, max-age=86400, immutable',
    ...(variant.isPacked ? { 'content-encoding': 'gzip' } : {}),
    ...(file.packed_bytes === null ? {} : { vary: 'Accept-Encoding' }),
    ...(is_latest ? { 'content-location': fileHref(slug, edition_no, format) } : {}),
  }
}

/** A refusal is not the file. */
const unsay = (reply: FastifyReply): void => {
  for (const name of ['repr-digest', 'content-disposition', 'content-encoding', 'content-location'])
    reply.removeHeader(name)
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

const sendFile = async (site: Site, asked: FileQuestion, { request, reply }: Exchange): Promise<FastifyReply> => {
  const file = await findOpen(site, asked)
  await mayRead(site, request, file)
  const { headers, method } = request
  const isMarked = ['1', 'true'].includes(textOf((request.query as Record<string, unknown>).bom, 5))
  const variant = variantOf(file, headers, isMarked)
  const { made_at } = file
  reply.headers(headersOf(file, variant, { is_latest: asked.edition_no === null }))
  const status = method === 'POST' ? 200 : conditionOf(headers, { variant, made_at })
  if (status === 412) {
    unsay(reply)
    throw new SiteFault(412, 'changed', { detail: '文件已不是所要的那一个' })
  }
  if (status === 304) return reply.code(304).send()
  const range = method === 'GET' ? rangeOf(headers, { variant, made_at }) : 'whole'
  if (range === null) {
    unsay(reply)
    reply.header('content-range', `bytes */${variant.bytes}`)
    throw new SiteFault(416, 'range_outside', { detail: `文件共 ${variant.bytes} 字节`, field: 'range' })
  }
  const sent = range === 'whole' ? { from: 0, to: variant.bytes - 1 } : range
  reply.header('content-length', String(sent.to - sent.from + 1))
  if (method === 'HEAD') return reply.send()
  if (range === 'whole') reply.header('content-digest', digestText(variant.sha256))
  else reply.code(206).header('content-range', `bytes ${sent.from}-${sent.to}/${variant.bytes}`)
  return reply.send(Readable.from(bytesOf(site, file, { variant, range: sent }), { objectMode: false }))
}

/** `/datasets/S/files/3/S.csv`; anything else below is no file. */
const questionOf = (request: FastifyRequest): FileQuestion => {
  const { edition, file } = request.params as { edition: string; file: string }
  const slug = slugOf(request)
  const format = FORMAT_NAMES.find((one) => file === `${slug}.${one}`)
  if (!format || !/^[1-9]\d{0,8}$/.test(edition)) throw new SiteFault(404, 'no_file', { detail: '没有这个文件' })
  return { slug, format, edition_no: Number(edition) }
}

/** What the applicant's page sends by its form, with the key in the body. */
const METHODS = ['GET', 'HEAD', 'POST'] as const

/** Files of datasets: one address per edition that never changes, and one that always has the newest. */
export const fileRoutes: SiteRoutes = (app, site) => {
  app.addHook('onRequest', async (_, reply) => void reply.headers(OPEN_TO_ALL))
  const add = (url: string, asked: (request: FastifyRequest) => FileQuestion): void => {
    app.route({
      ...{ method: [...METHODS], url, exposeHeadRoute: false },
      handler: (request, reply) => sendFile(site, asked(request), { request, reply }),
    })
    refuseOthers(app, url, METHODS)
  }
  add('/datasets/:slug/files/:edition/:file', questionOf)
  for (const format of FORMAT_NAMES as readonly FileFormat[])
    add(`/datasets/:slug/latest.${format}`, (request) => ({ slug: slugOf(request), format, edition_no: null }))
}
