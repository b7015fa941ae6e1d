import { type Finding, hasErrors, type ResourceContent, type ResourceDraft } from '@sanjiang/contract/catalog'
import { formatResourceCode } from '@sanjiang/contract/codes'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { toContent } from './content.rules.ts'
import type { EntryProvider, Publication } from './entry.rules.ts'
import { listProviders, writeEntries } from './entry.store.ts'
import { gatherFacts, NameIndex } from './facts.service.ts'
import { insertImported, listImportedKeys } from './import.store.ts'
import { nextSeq } from './resource.store.ts'
import { currentChecker } from './standard.service.ts'

/** One entry to be taken over as published. `key` is the source's own and makes the import resumable. */
export interface ImportRow {
  readonly key: string
  readonly draft: ResourceDraft & { readonly provider_organ_id: string }
  /** Business date on which it was compiled and published there. */
  readonly published_on: string
  readonly compiled_by_name?: string
}

export interface ImportReport {
  readonly published: readonly { readonly key: string; readonly resource_id: string; readonly code: string }[]
  /** Keys that were there already, from an earlier run. */
  readonly skipped: number
  readonly refused: readonly { readonly key: string; readonly name: string; readonly findings: readonly Finding[] }[]
}

const BATCH = 250

interface Prepared {
  readonly row: ImportRow
  readonly content: ResourceContent
  readonly provider: EntryProvider
}

interface Known {
  readonly names: NameIndex
  readonly providers: ReadonlyMap<string, EntryProvider>
}

/** The same rules as form and API; the facts are gathered for the whole batch at once. */
const sift = async (db: Db, rows: readonly ImportRow[], { names, providers }: Known) => {
  const checker = await currentChecker(db)
  const contents = rows.map(({ draft }) => toContent(draft, draft.provider_organ_id, []))
  const factsOf = await gatherFacts(db, contents, names)
  const prepared: Prepared[] = []
  const refused: ImportReport['refused'][number][] = []
  for (const [index, row] of rows.entries()) {
    const { key } = row
    const content = contents[index]!
    const organId = content.provider_organ_id
    const findings = checker.check(content, factsOf(content, { resource_id: null, code: null }))
    const provider = providers.get(organId)
    if (!provider || hasErrors(findings)) refused.push({ key, name: content.name, findings })
    else {
      prepared.push({ row, content, provider })
      names.add(organId, content.name)
    }
  }
  return { prepared, refused, standard: checker.standard }
}

/** Codes in the order of the rows: one lock per class, in the order of the codes so that two imports cannot deadlock. */
export const issueCodes = async <T extends { readonly content: ResourceContent }>(
  tx: Tx,
  prepared: readonly T[],
): Promise<Map<T, string>> => {
  const byClass = Map.groupBy(prepared, ({ content }) => content.class_code!)
  const codes = new Map<T, string>()
  for (const classCode of [...byClass.keys()].sort()) {
    const members = byClass.get(classCode)!
    const first = await nextSeq(tx, classCode, members.length)
    for (const [index, one] of members.entries()) codes.set(one, formatResourceCode(classCode, first + index))
  }
  return codes
}

interface Batch {
  readonly prepared: readonly Prepared[]
  readonly standard: { readonly id: string; readonly version: number }
}

const publishBatch = (ctx: Ctx, { prepared, standard }: Batch): Promise<ImportReport['published']> =>
  inTx(ctx, async (tx, inner) => {
    const codes = await issueCodes(tx, prepared)
    const publications = prepared.map((one): Publication & { row: ImportRow } => ({
      row: one.row,
      resource_id: newId(),
      version: 1,
      code: codes.get(one)!,
      published_on: one.row.published_on,
      content: one.content,
      provider: one.provider,
      origin: 'imported',
    }))
    await insertImported(tx, inner, { publications, standard })
    await writeEntries(tx, publications)
    await bumpPolicy(tx)
    return publications.map(({ row, resource_id, code }) => ({ key: row.key, resource_id, code }))
  })

/**
 * Takes over entries that are published already: seeds, and later workbooks. Rules are the form's, codes are issued in order,
 * each batch is one transaction of a few set-based statements; keys that are known are passed over, so an import that was
 * cut off is simply run again.
 */
export const importPublished = async (ctx: Ctx, rows: readonly ImportRow[]): Promise<ImportReport> => {
  const done = await listImportedKeys(
    ctx.db,
    rows.map(({ key }) => key),
  )
  const fresh = rows.filter(({ key }) => !done.has(key))
  const organIds = [...new Set(fresh.map(({ draft }) => draft.provider_organ_id))]
  const names = new NameIndex()
  await names.learn(ctx.db, organIds)
  const known: Known = { names, providers: await listProviders(ctx.db, organIds) }
  const published: ImportReport['published'][number][] = []
  const refused: ImportReport['refused'][number][] = []
  // The database writes one batch while the rules read the next.
  let writing: Promise<ImportReport['published']> = Promise.resolve([])
  for (let start = 0; start < fresh.length; start += BATCH) {
    const sifting = sift(ctx.db, fresh.slice(start, start + BATCH), known)
    const [written, sifted] = await Promise.all([writing, sifting])
    published.push(...written)
    refused.push(...sifted.refused)
    writing = sifted.prepared.length > 0 ? publishBatch(ctx, sifted) : Promise.resolve([])
  }
  published.push(...(await writing))
  return { published, skipped: rows.length - fresh.length, refused }
}
