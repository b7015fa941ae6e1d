import type { Readable } from 'node:stream'
import type { BatchKind, BatchMapping, ResourceState } from '@sanjiang/contract/catalog'
import { BATCH_KINDS } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { formatCursor } from '#kernel/page.ts'
import { reachOf } from '../resource.rules.ts'
import { findResource, listResourceRows } from '../resource.store.ts'
import { type SearchQuery, search } from '../search/search.service.ts'
import { currentChecker } from '../standard.service.ts'
import {
  type CellFault,
  type Layout,
  type RowStatus,
  type WrittenEntry,
  writeAnnotated,
  writeTemplate,
  writeWorkbook,
} from '../workbook/index.ts'
import { needBatch } from './batch.view.ts'
import { eachFault } from './batch-entry.store.ts'
import { listPublishedEntries, listWorkingEntries } from './export.store.ts'
import { openFile } from './file.service.ts'

const PAGE = 200
/** More hits than these are a catalogue, not a result. */
const MAX_HITS = 2_000

interface Wanted {
  readonly layout?: Layout
  readonly state?: ResourceState
  readonly provider_organ_id?: string
  readonly q?: string
}

async function* ownEntries(ctx: Ctx, { state, provider_organ_id, q }: Wanted): AsyncIterable<WrittenEntry> {
  const reach = reachOf(ctx.actor)
  for (let after: string | undefined; ; ) {
    const rows = await listResourceRows(ctx.db, {
      reach,
      state,
      q,
      providerOrganId: provider_organ_id,
      after,
      limit: PAGE,
    })
    const page = rows.slice(0, PAGE)
    yield* await listWorkingEntries(
      ctx.db,
      page.map(({ resource_id }) => resource_id),
    )
    const last = page.at(-1)
    if (rows.length <= PAGE || !last) return
    after = formatCursor([last.updated_at, last.resource_id])
  }
}

/** Entries of the actor's own reach as a workbook that imports again without a change. */
export const exportResources = async (ctx: Ctx, wanted: Wanted): Promise<Readable> => {
  const { standard } = await currentChecker(ctx.db)
  return writeWorkbook(standard, wanted.layout ?? 'full', ownEntries(ctx, wanted))
}

async function* foundEntries(ctx: Ctx, query: SearchQuery): AsyncIterable<WrittenEntry> {
  const reach = reachOf(ctx.actor)
  for (let after: string | undefined, count = 0; count < MAX_HITS; ) {
    const { rows, next } = await search(ctx, { ...query, after, limit: 50 })
    yield* await listPublishedEntries(
      ctx.db,
      reach,
      rows.map(({ resource_id }) => resource_id),
    )
    count += rows.length
    if (next === null) return
    after = next
  }
}

export const exportSearch = async (ctx: Ctx, { layout, ...query }: SearchQuery & { layout?: Layout }) => {
  const { standard } = await currentChecker(ctx.db)
  return writeWorkbook(standard, layout ?? 'full', foundEntries(ctx, query))
}

/** One entry: its working copy for those who compile it, else what is published. */
export const exportOne = async (
  ctx: Ctx,
  id: string,
  layout: Layout = 'full',
): Promise<{ name: string; stream: Readable }> => {
  const reach = reachOf(ctx.actor)
  const row = await findResource(ctx.db, reach, id)
  if (!row) throw new Fault('not_found')
  const published = await listPublishedEntries(ctx.db, reach, [id])
  const entries = published.length > 0 || !row.may_work ? published : await listWorkingEntries(ctx.db, [id])
  const [entry] = entries
  if (!entry) throw new Fault('not_found')
  const { standard } = await currentChecker(ctx.db)
  return { name: entry.content.name || '未命名', stream: writeWorkbook(standard, layout, [entry]) }
}

export const getTemplate = async (ctx: Ctx): Promise<Readable> => {
  const { standard } = await currentChecker(ctx.db)
  return writeTemplate(standard, { organ: ctx.actor.organ?.name ?? null })
}

const CELL = /^([A-Z]+)(\d+)$/
const columnOf = (letters: string): number =>
  [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)

type JudgedRow = Awaited<ReturnType<typeof eachFault> extends AsyncGenerator<infer R> ? R : never>
type StoredFault = Omit<CellFault, 'cell'> & { readonly sheet: string | null; readonly cell: string | null }

const cellFaults = (row: JudgedRow): CellFault[] => {
  const own = { sheet: row.sheet ?? '', row: row.first_row ?? 1, column: 1 }
  const told = (row.faults as StoredFault[]).map(({ sheet, cell, ...fault }) => {
    const [, letters, digits] = CELL.exec(cell ?? '') ?? []
    return {
      ...fault,
      cell: letters ? { sheet: sheet ?? own.sheet, row: Number(digits), column: columnOf(letters) } : own,
    }
  })
  if (row.reason === null) return told
  const reason = { cell: own, field: '', rule: '冲突', message: row.reason, clause: '', level: 'error' } as const
  return [reason, ...told]
}

/** The officer's own file with a column that says what was found. */
export const getAnnotated = async (ctx: Ctx, id: string): Promise<{ name: string; stream: Readable }> => {
  const batch = await needBatch(ctx, id)
  const mapping = (batch.mapping ?? []) as BatchMapping[]
  if (batch.source !== 'workbook' || mapping.length === 0 || batch.checked_at === null) throw new Fault('wrong_state')
  if (!['checked', 'committed', 'undone'].includes(batch.state)) throw new Fault('wrong_state')
  const faults: CellFault[] = []
  const statuses: RowStatus[] = []
  for await (const row of eachFault(ctx.db, id)) {
    if (row.sheet === null) continue
    faults.push(...cellFaults(row))
    statuses.push({
      sheet: row.sheet,
      first_row: row.first_row!,
      last_row: row.last_row!,
      title: BATCH_KINDS.titles[row.kind as BatchKind],
    })
  }
  const { path, close } = await openFile(ctx, id)
  try {
    const stream = await writeAnnotated(path, { file_name: batch.title, mapping, faults, statuses })
    stream.once('close', () => void close())
    return { name: `${batch.title.replace(/\.\w+$/, '')}-检查结果.${batch.file_format}`, stream }
  } catch (error) {
    await close()
    throw error
  }
}
