import {
  type Finding,
  type HarvestDefaults,
  type HarvestOutcome,
  hasErrors,
  nameKey,
  type ResourceContent,
} from '@sanjiang/contract/catalog'
import type { Db } from '#kernel/db.ts'
import { judge as judgeBy } from '../check.service.ts'
import { toContent } from '../content.rules.ts'
import type { EntryProvider } from '../entry.rules.ts'
import { listProviders } from '../entry.store.ts'
import { currentJudge, type Judge } from '../standard.service.ts'
import { type KnownEntry, listKnownEntries, listNamesakes, listOrgans, type Namesake } from './judge.store.ts'
import { hashOf, type MappedDraft, toDraft } from './map.rules.ts'
import { excerptOf, type Portrait, type Sourced } from './portrait.ts'
import type { PublisherBook } from './publisher.service.ts'

type SourcedRecord = Extract<Sourced, { kind: 'record' }>

/** What is to become of one record, and all that is needed to do it. */
export interface Judged {
  readonly key: string | null
  readonly title: string
  readonly outcome: HarvestOutcome
  readonly pointer: string
  readonly message: string
  readonly excerpt: string
  readonly portrait?: Portrait
  readonly draft?: MappedDraft
  readonly hash?: string
  readonly findings: readonly Finding[]
  readonly known?: KnownEntry
  /** The local entry it is the same as. */
  readonly linkedTo?: string
  readonly content?: ResourceContent
  readonly provider?: EntryProvider
  readonly original?: unknown
  readonly mentioned?: readonly string[]
}

interface Court {
  readonly source_id: string
  readonly defaults: HarvestDefaults
  readonly book: PublisherBook
}

const refusal = (one: SourcedRecord, { message, field }: { message: string; field: string }): Judged => ({
  key: one.portrait.key,
  title: one.portrait.title,
  outcome: 'refused',
  pointer: `${one.pointer} ${field}`.trim(),
  message,
  excerpt: excerptOf(JSON.stringify(one.original)),
  portrait: one.portrait,
  findings: [],
  original: one.original,
})

interface Facts {
  readonly court: Court
  readonly known: ReadonlyMap<string, KnownEntry>
  readonly classes: ReadonlyMap<string, string>
}

const organClasses = new WeakMap<Judge, ReadonlyMap<string, string>>()

/** Of every department its own leaf of the classification: the first, where it has several. */
const organClassesOf = (by: Judge): ReadonlyMap<string, string> => {
  const known = organClasses.get(by)
  if (known) return known
  const leaves = [...by.classes.values()].filter((node) => node.is_leaf && node.organ_id !== null)
  const found = new Map(
    leaves.toSorted((a, b) => (a.code < b.code ? 1 : -1)).map((node) => [node.organ_id!, node.code] as const),
  )
  organClasses.set(by, found)
  return found
}

/** The class of an entry once published stays; else the other node's own where it fits, the source's default, the organ's own. */
const classOf = (portrait: Portrait, organId: string, { court, known, classes }: Facts): string | null => {
  const issued = known.get(portrait.key)
  if (issued && issued.state !== 'linked') return issued.class_code
  const said = portrait.draft?.class_code
  if (said && !said.startsWith('3')) return said
  return court.defaults.class_code ?? classes.get(organId) ?? null
}

interface Candidate {
  readonly one: SourcedRecord
  readonly draft: MappedDraft
  readonly hash: string
  readonly known: KnownEntry | undefined
}

const toCandidate = (one: SourcedRecord, facts: Facts): Candidate | Judged => {
  const { portrait } = one
  const { court } = facts
  if (!portrait.publisher) return refusal(one, { message: '记录没有说明发布机构', field: 'publisher' })
  const organ_id = court.book.organOf(portrait.publisher)
  if (!organ_id)
    return refusal(one, { message: `发布机构“${portrait.publisher.name}”尚未对应到本省机构`, field: 'publisher' })
  const class_code = classOf(portrait, organ_id, facts)
  const draft = toDraft(portrait, { organ_id, class_code, defaults: court.defaults })
  return { one, draft, hash: hashOf(draft), known: facts.known.get(portrait.key) }
}

const isSame = ({ known, hash }: Candidate): boolean =>
  known !== undefined && known.content_hash === hash && known.state !== 'archived'

const judgedOf = ({ one, draft, hash, known }: Candidate, outcome: HarvestOutcome): Judged => ({
  key: one.portrait.key,
  title: one.portrait.title,
  outcome,
  pointer: one.pointer,
  message: '',
  excerpt: '',
  portrait: one.portrait,
  draft,
  hash,
  known,
  findings: [],
  original: one.original,
})

const slotOf = (organId: string, name: string): string => `${organId} ${nameKey(name)}`

interface Bench {
  readonly by: Judge
  readonly organs: Awaited<ReturnType<typeof listOrgans>>
  readonly providers: Awaited<ReturnType<typeof listProviders>>
  readonly namesakes: ReadonlyMap<string, readonly Namesake[]>
  /** Names this page has already given to somebody. */
  readonly taken: Set<string>
  readonly sourceId: string
}

const openBench = async (
  db: Db,
  { sourceId, by }: Pick<Bench, 'sourceId' | 'by'>,
  candidates: readonly Candidate[],
): Promise<Bench> => {
  const organIds = [...new Set(candidates.map(({ draft }) => draft.provider_organ_id))]
  const names = candidates.map(({ draft }) => nameKey(draft.name ?? ''))
  const namesakes = await listNamesakes(db, organIds, names)
  return {
    by,
    organs: await listOrgans(db, organIds),
    providers: await listProviders(db, organIds),
    namesakes: Map.groupBy(namesakes, ({ provider_organ_id, name }) => slotOf(provider_organ_id, name)),
    taken: new Set(),
    sourceId,
  }
}

/** Somebody else's entry of the same provider and name: ours or another source's is linked to, the same source's is a double. */
const namesakeOf = ({ draft, known }: Candidate, { namesakes }: Bench): Namesake | undefined =>
  namesakes
    .get(slotOf(draft.provider_organ_id, draft.name ?? ''))
    ?.find(({ resource_id }) => resource_id !== known?.resource_id || known.state === 'linked')

const toJudged = (candidate: Candidate, bench: Bench): Judged => {
  const { draft, known, one } = candidate
  const slot = slotOf(draft.provider_organ_id, draft.name ?? '')
  const namesake = namesakeOf(candidate, bench)
  const isDouble = bench.taken.has(slot) || namesake?.source_id === bench.sourceId
  if (namesake && !isDouble && (known === undefined || known.state === 'linked'))
    return {
      ...judgedOf(candidate, known?.resource_id === namesake.resource_id ? 'same' : 'linked'),
      linkedTo: namesake.resource_id,
      message: `本目录已有同一提供方的同名条目（${namesake.source_id ? '来自另一来源' : '本地编制'}），只作关联`,
    }
  const mine = known && known.state !== 'linked' ? known : undefined
  const content = toContent(draft, draft.provider_organ_id, mine?.items ?? [])
  const findings = judgeBy(bench.by, content, {
    provider: bench.organs.get(draft.provider_organ_id) ?? null,
    sibling_names: isDouble || namesake ? [draft.name ?? ''] : [],
    unknown_codes: [],
    code: mine?.code ?? null,
  })
  const provider = bench.providers.get(draft.provider_organ_id)
  if (!provider || hasErrors(findings)) {
    const errors = findings.filter(({ level }) => level === 'error')
    const message = errors.map(({ rule, field, message }) => `${rule} ${field}：${message}`).join('；')
    const field = errors[0]?.field ?? 'provider_organ_id'
    return { ...refusal(one, { message, field }), draft, findings, known }
  }
  bench.taken.add(slot)
  const outcome = mine === undefined ? 'new' : mine.state === 'archived' ? 'restored' : 'changed'
  return {
    ...judgedOf(candidate, outcome),
    findings,
    content,
    provider,
    known: mine,
  }
}

const fromFailed = (one: Extract<Sourced, { kind: 'failed' }>): Judged => ({
  ...one,
  outcome: 'failed',
  findings: [],
  original: one.excerpt,
})

const isJudged = (one: Candidate | Judged): one is Judged => 'outcome' in one

/** The same rules as form and import, on what a page of the source became under the source's settings; writes nothing. */
export const judge = async (db: Db, items: readonly Sourced[], court: Court): Promise<Judged[]> => {
  const records = items.filter((one): one is SourcedRecord => one.kind === 'record')
  await court.book.meet(
    db,
    records.flatMap(({ portrait }) => (portrait.publisher ? [portrait.publisher] : [])),
  )
  const known = await listKnownEntries(
    db,
    court.source_id,
    records.map(({ portrait }) => portrait.key),
  )
  const by = await currentJudge(db)
  const facts = { court, known, classes: organClassesOf(by) }
  const standing = new Map<Sourced, Candidate | Judged>(records.map((one) => [one, toCandidate(one, facts)]))
  const open = [...standing.values()].filter((one): one is Candidate => !isJudged(one) && !isSame(one))
  const bench = open.length > 0 ? await openBench(db, { sourceId: court.source_id, by }, open) : null
  return items.flatMap((one): Judged[] => {
    if (one.kind === 'gone') return []
    if (one.kind === 'failed') return [fromFailed(one)]
    const found = standing.get(one)!
    if (isJudged(found)) return [found]
    return [isSame(found) ? judgedOf(found, 'same') : toJudged(found, bench!)]
  })
}
