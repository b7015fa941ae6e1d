import type { FieldFault } from '@sanjiang/contract'
import { type OpenContent, type OpenRows, type RowsProposal, THEMES, type ThemeCode } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { type EditionRow, findLive, lockEdition } from './edition/edition.store.ts'
import { planRows } from './edition/shaping.rules.ts'
import { changedFaults, openingFaults, textFaults } from './release.rules.ts'
import * as store from './release.store.ts'
import { overtaken } from './release-rows.service.ts'

export interface Proposal {
  readonly resource_id: string
  readonly title: string
  readonly summary: string
  readonly contact: string
  readonly licence: OpenContent['licence']
  readonly theme_code?: ThemeCode
  readonly item_ids: readonly string[]
  readonly keywords?: readonly string[]
  readonly rows?: RowsProposal
  readonly shows_sample?: boolean
}

type Items = Awaited<ReturnType<typeof store.listOpeningItems>>

interface Rows {
  readonly edition?: EditionRow
  readonly rows?: OpenRows
  readonly faults: readonly FieldFault[]
}

const PROPOSABLE = new Set(['staged', 'held', 'clean'])

/** The rows that are proposed: an edition of this resource that stands in the stage. */
const proposedRows = async (tx: Tx, { resource_id, rows }: Proposal, items: Items): Promise<Rows> => {
  const refuse = (rule: string, message: string): Rows => ({ faults: [{ field: 'rows.edition_id', rule, message }] })
  const edition = await lockEdition(tx, 'all', rows!.edition_id)
  if (!edition || edition.resource_id !== resource_id) return refuse('unknown', '这个资源没有这一版数据')
  if (!PROPOSABLE.has(edition.state)) return refuse('wrong_state', '这一版不在待提出发布的状态')
  const why = await overtaken(tx, edition)
  if (why) return refuse('overtaken', why)
  const { columns, source } = edition
  const planned = planRows({ proposal: rows!, source, columns, items: items as never })
  return { edition, ...planned }
}

/** A release of new words keeps the rows as they go out now, where it still lets out all their columns. */
const keptRows = async (tx: Tx, { resource_id }: Proposal, items: Items): Promise<Rows> => {
  const rows = (await findLive(tx, resource_id))?.content.rows
  const lost = rows?.columns.find(({ name }) => !items.some(({ name_en }) => name_en === name))
  if (!lost) return { rows, faults: [] }
  const message = `现行数据中有“${lost.title}”一列，不再开放它须随新的一版数据提出`
  return { faults: [{ field: 'rows', rule: 'required', message }] }
}

const itemsOf = (items: Items, rows?: OpenRows): OpenContent['items'] => {
  const shaped = new Map(rows?.columns.map((column) => [column.name, column]))
  return items
    .filter(({ name_en }) => !rows || shaped.has(name_en!))
    .map(({ name, name_en, data_type, length }) => {
      const column = shaped.get(name_en!)
      return {
        name: name!,
        name_en: name_en!,
        data_type: column?.data_type ?? data_type,
        length: column ? column.length : length,
      }
    })
}

const OTHER = '其他'

/** Entries of a department's own class stand under no theme unless the proposer names one. */
const themeOf = (resource: { class_code: string; theme_title: string | null }, { theme_code }: Proposal): string => {
  if (theme_code) return THEMES.titles[theme_code]
  return resource.class_code.startsWith('3') ? OTHER : (resource.theme_title ?? OTHER)
}

/** The projection that is reviewed and then goes out, letter by letter the same: named items, their rows and plain words alone. */
export const projectionOf = async (tx: Tx, ctx: Ctx, proposal: Proposal) => {
  const resource = await store.findOpening(tx, proposal.resource_id)
  if (!resource || !reaches(scopeOf(ctx.actor, 'opendata.release.propose'), resource.provider_path))
    throw new Fault('not_found')
  const items = await store.listOpeningItems(tx, proposal.resource_id)
  const wanted = new Set(proposal.item_ids)
  const let_out = items.filter(({ item_id }) => wanted.has(item_id))
  const { rows, edition, faults } = await (proposal.rows ? proposedRows : keptRows)(tx, proposal, let_out)
  const content: OpenContent = {
    slug: resource.code.replace('/', '-'),
    title: proposal.title.trim(),
    summary: proposal.summary.trim(),
    organ_name: resource.provider_name,
    theme_title: themeOf(resource, proposal),
    open_type: resource.open_type === 'unconditional' ? 'unconditional' : 'conditional',
    open_condition: resource.open_condition || null,
    licence: proposal.licence,
    update_cycle: resource.update_cycle,
    contact: proposal.contact.trim(),
    keywords: [...(proposal.keywords ?? [])],
    items: itemsOf(let_out, rows),
    ...(rows ? { rows } : {}),
    ...(proposal.shows_sample && resource.open_type === 'conditional' ? { shows_sample: true } : {}),
  }
  const found = [
    ...openingFaults({ ...resource, items }, proposal.item_ids),
    ...textFaults(content, ctx.today),
    ...faults,
  ]
  if (found.length > 0) throw new Fault('invalid', undefined, { fields: found })
  return { resource, content, edition }
}

/** Nobody opens what the catalogue has closed since it was proposed; it is rejected and proposed anew. */
export const assertUnchanged = async (tx: Tx, { resource_id, content }: store.ReleaseRow): Promise<void> => {
  const resource = await store.findOpening(tx, resource_id)
  if (!resource) throw new Fault('wrong_state', '这个资源已不在目录中，不能开放')
  const fields = changedFaults({ ...resource, items: await store.listOpeningItems(tx, resource_id) }, content)
  if (fields.length > 0) throw new Fault('wrong_state', '提出之后目录已修订，请退回后重新提出', { fields })
}
