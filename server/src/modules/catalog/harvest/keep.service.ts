import type { HarvestOutcome, ResourceContent } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { record } from '#kernel/record.ts'
import type { Publication } from '../entry.rules.ts'
import { writeEntries } from '../entry.store.ts'
import { issueCodes } from '../import.service.ts'
import { insertImported } from '../import.store.ts'
import { announce, narrowed, withdrawIn } from '../publish.service.ts'
import { rereadResource } from '../resource.store.ts'
import { currentChecker } from '../standard.service.ts'
import { getContent } from '../version.store.ts'
import type { Judged } from './judge.service.ts'
import {
  archiveHarvested,
  type HarvestedRow,
  insertRevised,
  listPresent,
  type Present,
  upsertHarvested,
} from './keep.store.ts'
import type { LogRow } from './run.store.ts'

export interface Keeping {
  readonly source_id: string
  readonly source_name: string
  readonly run_id: string
}

type Ready = Judged & Required<Pick<Judged, 'portrait' | 'draft' | 'hash' | 'content' | 'provider'>> & { key: string }

const isReady =
  (outcomes: readonly HarvestOutcome[]) =>
  (one: Judged): one is Ready =>
    outcomes.includes(one.outcome) && one.content !== undefined

const LOGGED = 300
const logOf = (one: Judged, resource_id: string | null): LogRow => ({
  record_key: one.key,
  title: one.title.slice(0, LOGGED),
  outcome: one.outcome,
  pointer: one.pointer.slice(0, LOGGED),
  message: one.message.slice(0, 2000),
  excerpt: one.excerpt,
  resource_id,
})

const harvestedOf = (
  one: Judged,
  resource_id: string,
  { source_id, run_id, at }: Keeping & { at: string },
): HarvestedRow => ({
  source_id,
  run_id,
  record_key: one.key!,
  resource_id,
  state: one.outcome === 'linked' ? 'linked' : 'present',
  content_hash: one.hash!,
  record_url: one.portrait?.url ?? null,
  changed_at: at,
})

const publicationOf = (
  one: Ready,
  more: Pick<Publication, 'resource_id' | 'version' | 'code' | 'published_on'>,
): Publication => ({
  ...more,
  content: one.content,
  provider: one.provider,
  origin: 'harvested',
})

type Kept = ReadonlyMap<Judged, string>

const keepNew = async (
  tx: Tx,
  ctx: Ctx,
  { fresh, keeping }: { fresh: readonly Ready[]; keeping: Keeping },
): Promise<Kept> => {
  if (fresh.length === 0) return new Map()
  const { standard } = await currentChecker(tx)
  const codes = await issueCodes(tx, fresh)
  const publications = fresh.map((one) => {
    const issued = one.portrait.issued_on
    const published_on = issued !== null && issued < ctx.today ? issued : ctx.today
    return {
      ...publicationOf(one, { resource_id: newId(), version: 1, code: codes.get(one)!, published_on }),
      row: {
        key: `harvest:${keeping.source_id}:${one.key}:${newId().slice(-12)}`,
        draft: one.draft,
        published_on,
        compiled_by_name: `汇聚：${keeping.source_name}`.slice(0, 60),
      },
    }
  })
  await insertImported(tx, ctx, { publications, standard })
  await writeEntries(tx, publications)
  return new Map(fresh.map((one, index) => [one, publications[index]!.resource_id]))
}

const tellChanged = async (
  tx: Tx,
  ctx: Ctx,
  { one, before }: { readonly one: Ready; readonly before: ResourceContent },
): Promise<void> => {
  const row = await rereadResource(tx, one.known!.resource_id)
  await record(tx, ctx, {
    type: 'catalog.resource.published',
    subject_kind: 'catalog.resource',
    subject_id: row.resource_id,
    organ_id: row.provider_organ_id,
    before: { version: one.known!.last_version },
    after: announce(row, { opinion: '随来源更新', ...narrowed(before, one.content) }),
  })
}

const keepRevised = async (tx: Tx, ctx: Ctx, revised: readonly Ready[]): Promise<void> => {
  if (revised.length === 0) return
  const { standard } = await currentChecker(tx)
  const befores: ResourceContent[] = []
  for (const { known } of revised) befores.push(await getContent(tx, known!.resource_id, known!.last_version))
  const publications = revised.map((one) => {
    const { resource_id, last_version, code } = one.known!
    return publicationOf(one, { resource_id, version: last_version + 1, code, published_on: ctx.today })
  })
  await insertRevised(tx, ctx, { publications, standard })
  await writeEntries(tx, publications)
  for (const [index, one] of revised.entries()) await tellChanged(tx, ctx, { one, before: befores[index]! })
}

/** Writes what a page came to; a page on which nothing changed writes nothing into the catalogue. Returns the log's lines. */
export const keepJudged = async (
  tx: Tx,
  ctx: Ctx,
  { judged, keeping }: { readonly judged: readonly Judged[]; readonly keeping: Keeping },
): Promise<LogRow[]> => {
  const fresh = judged.filter(isReady(['new']))
  const revised = judged.filter(isReady(['changed', 'restored']))
  const added = await keepNew(tx, ctx, { fresh, keeping })
  await keepRevised(tx, ctx, revised)
  const idOf = (one: Judged): string | null => added.get(one) ?? one.linkedTo ?? one.known?.resource_id ?? null
  const linked = judged.filter(({ outcome }) => outcome === 'linked')
  await upsertHarvested(
    tx,
    [...fresh, ...revised, ...linked].map((one) => harvestedOf(one, idOf(one)!, { ...keeping, at: ctx.instant })),
  )
  if (fresh.length + revised.length > 0) await bumpPolicy(tx)
  return judged.filter(({ outcome }) => outcome !== 'same').map((one) => logOf(one, idOf(one)))
}

/** Takes entries out of the catalogue whose record the source no longer has; versions, codes and history stay. */
export const archive = async (
  tx: Tx,
  ctx: Ctx,
  {
    absent,
    keeping,
    message,
  }: { readonly absent: readonly Present[]; readonly keeping: Keeping; readonly message: string },
): Promise<LogRow[]> => {
  if (absent.length === 0) return []
  const lines: LogRow[] = []
  for (const { record_key, resource_id } of absent) {
    const row = await rereadResource(tx, resource_id)
    if (row.published_version !== null)
      await withdrawIn(tx, ctx, { row, reason: `${message}（${keeping.source_name}）` })
    lines.push({ record_key, title: row.name, outcome: 'archived', pointer: '', message, excerpt: '', resource_id })
  }
  const keys = absent.map(({ record_key }) => record_key)
  await archiveHarvested(tx, keeping.source_id, { keys, run_id: keeping.run_id, changed_at: ctx.instant })
  return lines
}

/** Of these keys, those of which the source says itself that they are gone. */
export const archiveGone = async (
  tx: Tx,
  ctx: Ctx,
  { keys, keeping }: { readonly keys: readonly string[]; readonly keeping: Keeping },
): Promise<LogRow[]> =>
  archive(tx, ctx, { absent: await listPresent(tx, keeping.source_id, keys), keeping, message: '来源已下架' })
