import type { HarvestDefaults, HarvestKind, HarvestPreview, HarvestSettings } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { makeEgress } from '#kernel/egress.ts'
import { Fault } from '#kernel/fault.ts'
import { SourceFailure } from './failure.ts'
import { SourceHttp } from './http.ts'
import { type Judged, judge } from './judge.service.ts'
import type { ReadPage } from './portrait.ts'
import { PublisherBook } from './publisher.service.ts'
import { openReader } from './reader.ts'
import { assertAddress, headerOf, secretOf } from './source.service.ts'
import { findSourceRow } from './source.store.ts'

/** A person waits: one try, and not for long. */
const LOOK = { tries: 1, timeoutMs: 10_000, requestsPerSecond: 50 } as const
const LOOK_MS = 20_000
const SHOWN = 20_000

interface Look {
  readonly kind: HarvestKind
  readonly url: string
  readonly header: Record<string, string>
  readonly limit: number
}

const lookAt = async (ctx: Ctx, { kind, url, header, limit }: Look): Promise<ReadPage> => {
  const signal = AbortSignal.timeout(LOOK_MS)
  const http = new SourceHttp(makeEgress(ctx.site.egressAllow ?? []), { manners: LOOK, signal, header })
  try {
    const reader = openReader(http, { kind, url, etag: null }, { dataDir: ctx.site.dataDir, limit })
    return await reader.read(reader.first)
  } finally {
    await http.close()
  }
}

const toText = (original: unknown): string =>
  (typeof original === 'string' ? original : JSON.stringify(original, null, 2)).slice(0, SHOWN)

const toShown = (one: Judged, organs: ReadonlyMap<string, string>): HarvestPreview['records'][number] => ({
  record_key: one.key,
  title: one.title,
  outcome: one.outcome,
  message: one.message,
  pointer: one.pointer,
  original: toText(one.original ?? one.excerpt),
  publisher_name: one.portrait?.publisher?.name ?? null,
  provider_name: organs.get(one.draft?.provider_organ_id ?? '') ?? null,
  draft: one.draft ?? null,
  findings: [...one.findings],
})

const listOrganNames = async ({ db }: Ctx, judged: readonly Judged[]): Promise<Map<string, string>> => {
  const ids = [...new Set(judged.flatMap(({ draft }) => (draft ? [draft.provider_organ_id] : [])))]
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('identity.organ').select(['organ_id', 'name']).where('organ_id', 'in', ids).execute()
  return new Map(rows.map(({ organ_id, name }) => [organ_id, name]))
}

/** What the first records would become under the present settings, beside what the source wrote; nothing is written. */
export const previewHarvest = async (ctx: Ctx, sourceId: string, limit: number): Promise<HarvestPreview> => {
  const source = await findSourceRow(ctx.db, sourceId)
  if (!source) throw new Fault('not_found')
  const { kind, url } = source
  const page = await lookAt(ctx, { kind: kind as HarvestKind, url, header: headerOf(ctx, source), limit }).catch(
    (error: Error) => {
      throw error instanceof SourceFailure ? new Fault('source_failed', error.message) : error
    },
  )
  const book = await PublisherBook.open(ctx.db, sourceId)
  const defaults = source.defaults as HarvestDefaults
  const judged = await judge(ctx.db, page.items.slice(0, limit), { source_id: sourceId, defaults, book })
  const organs = await listOrganNames(ctx, judged)
  return { total: page.total, notes: [...page.notes], records: judged.map((one) => toShown(one, organs)) }
}

const titleOf = (one: ReadPage['items'][number]): string =>
  one.kind === 'record' ? one.portrait.title : one.kind === 'failed' ? `${one.title}：${one.message}` : one.key

/** Whether the source answers as its kind should, before anything is saved. */
export const probeSource = async (
  ctx: Ctx,
  { source_id, settings }: { readonly source_id?: string | null; readonly settings: HarvestSettings },
) => {
  assertAddress(settings)
  const before = source_id ? await findSourceRow(ctx.db, source_id) : undefined
  if (source_id && !before) throw new Fault('not_found')
  // A kept secret goes to the address it was entered for, and to no other that somebody types in.
  const kept = before && new URL(before.url).origin === new URL(settings.url).origin ? before : undefined
  const header = headerOf(ctx, secretOf(ctx, settings, kept))
  const { kind, url } = settings
  try {
    const page = await lookAt(ctx, { kind, url, header, limit: 3 })
    const titles = page.items.slice(0, 3).map(titleOf)
    const message = page.items.length > 0 ? '连接正常' : '连接正常，但目录是空的'
    return { is_good: true, total: page.total, titles, message: [message, ...page.notes].join('；') }
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error
    return { is_good: false, total: null, titles: [], message: error.message }
  }
}
