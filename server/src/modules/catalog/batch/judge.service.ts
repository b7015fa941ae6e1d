import {
  type BatchEdit,
  type BatchFault,
  type Checker,
  type FieldChange,
  type Finding,
  hasErrors,
  nameKey,
  type ResourceContent,
  type ResourceDraft,
} from '@sanjiang/contract/catalog'
import { reaches, type Scope } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { toContent } from '../content.rules.ts'
import { diffContents } from '../diff.rules.ts'
import { gatherFacts, NameIndex } from '../facts.service.ts'
import { faultsOf, overlay, type ReadEntry } from '../workbook/index.ts'
import { applyEdit, atCell, heldBy } from './batch.rules.ts'
import type { Judged } from './batch-entry.store.ts'
import {
  listByCode,
  listByIds,
  listByName,
  listItemsOf,
  listNamedOrgans,
  listOwnEarlier,
  type NamedOrgan,
  type Present,
} from './match.store.ts'

/** One entry as its source tells it: some rows of a sheet, or an entry chosen for a change. */
export type Candidate = { readonly seq: number } & ({ readonly read: ReadEntry } | { readonly resource_id: string })

export interface Bench {
  readonly checker: Checker
  readonly reach: Scope
  readonly today: string
  /** Whose sheet this is, where a row names no provider. */
  readonly own_organ_id: string
  readonly edit: BatchEdit | null
  readonly may_have_errors: boolean
  readonly names: NameIndex
  /** Organs whose names are known already, and entries met already: a file may name one twice, far apart. */
  readonly learned: Set<string>
  readonly met: Map<string, string>
}

export const openBench = (more: Omit<Bench, 'names' | 'learned' | 'met'>): Bench => ({
  ...more,
  names: new NameIndex(),
  learned: new Set(),
  met: new Map(),
})

/** A candidate with whom it concerns: the organ, the entry that is there, or why neither is certain. */
interface Subject {
  readonly candidate: Candidate
  readonly read: ReadEntry | null
  readonly organ: Pick<NamedOrgan, 'organ_id' | 'name' | 'path' | 'dissolved_on'> | null
  readonly present: Present | null
  readonly reason?: string
}

const wordsOf = ({ read }: { read: ReadEntry }, ownId: string): string[] => {
  const words = [read.provider_code, read.provider_name, read.draft.provider_organ_id]
  return words.some((word) => word) ? words.filter((word) => word).map((word) => word!.trim()) : [ownId]
}

const keyOf = (organId: string, name: string): string => `${organId} ${nameKey(name)}`

const whoProvides = (words: readonly string[], organs: ReadonlyMap<string, NamedOrgan[]>) => {
  const found = words.map((word) => organs.get(word) ?? [])
  const [first] = found.find((list) => list.length > 0) ?? []
  const unknown = words.filter((_, index) => found[index]!.length === 0)
  if (!first) return { organ: null, reason: `没有叫“${words.join('、')}”的机构` }
  if (unknown.length > 0) return { organ: first, reason: `提供方“${unknown.join('、')}”不在机构名录中` }
  const agrees = found.every((list) => list.some(({ organ_id }) => organ_id === first.organ_id))
  return agrees ? { organ: first } : { organ: first, reason: '提供方名称与提供方代码不是同一机构' }
}

const findSubjects = async (db: Db, bench: Bench, candidates: readonly Candidate[]): Promise<Subject[]> => {
  const sheets = candidates.flatMap((one) => ('read' in one ? [one] : []))
  const chosen = candidates.flatMap((one) => ('read' in one ? [] : [one.resource_id]))
  const words = new Map(sheets.map((one) => [one.seq, wordsOf(one, bench.own_organ_id)]))
  const organs = Map.groupBy(await listNamedOrgans(db, [...new Set([...words.values()].flat())]), ({ word }) => word)
  const provided = new Map(sheets.map((one) => [one.seq, whoProvides(words.get(one.seq)!, organs)]))
  const named = sheets.flatMap(({ seq, read }) => {
    const organ = provided.get(seq)!.organ
    return organ && !read.code && read.draft.name ? [{ organ_id: organ.organ_id, key: nameKey(read.draft.name) }] : []
  })
  const codes = sheets.flatMap(({ read }) => (read.code ? [read.code] : []))
  const [byCode, byName, byId] = [
    new Map((await listByCode(db, codes)).map((one) => [one.code, one])),
    Map.groupBy(await listByName(db, named), (one) => `${one.provider_organ_id} ${one.name_key}`),
    new Map((chosen.length > 0 ? await listByIds(db, chosen) : []).map((one) => [one.resource_id, one])),
  ]
  // An entry out of reach is absent: nothing of it may be told, not even that it is there.
  const within = (present: Present | undefined): Present | null =>
    present && reaches(bench.reach, present.provider_path) ? present : null
  return candidates.map((candidate): Subject => {
    if (!('read' in candidate)) {
      const present = within(byId.get(candidate.resource_id))
      const organ = present && {
        organ_id: present.provider_organ_id,
        name: present.provider_name,
        path: present.provider_path,
        dissolved_on: null,
      }
      return { candidate, read: null, organ, present, reason: present ? undefined : '条目不存在，或不在您的编目范围内' }
    }
    const { read } = candidate
    const { organ, reason } = provided.get(candidate.seq)!
    if (read.code) {
      const present = within(byCode.get(read.code))
      const missing = `您的编目范围内没有代码为 ${read.code} 的条目；代码由平台赋，新条目请留空`
      return { candidate, read, organ, present, reason: reason ?? (present ? undefined : missing) }
    }
    const matches = organ && read.draft.name ? (byName.get(keyOf(organ.organ_id, read.draft.name)) ?? []) : []
    const many = matches.length > 1 ? `本部门有 ${matches.length} 个同名条目，请填写代码以指明` : undefined
    return { candidate, read, organ, present: within(matches[0]), reason: reason ?? many }
  })
}

const placeText = ({ sheet, first_row }: ReadEntry): string => `${sheet} 第 ${first_row} 行`

/** Why this entry is not the batch's to write, whatever it says. */
const conflictOf = (bench: Bench, { candidate, read, organ, present, reason }: Subject): string | undefined => {
  const subject = present
    ? present.resource_id
    : organ && read?.draft.name
      ? keyOf(organ.organ_id, read.draft.name)
      : null
  const earlier = subject === null ? undefined : bench.met.get(subject)
  if (subject !== null && !earlier) bench.met.set(subject, read ? placeText(read) : String(candidate.seq))
  if (organ && !reaches(bench.reach, organ.path)) return `提供方是${organ.name}，不在您的编目范围内`
  if (reason) return reason
  if (!organ) return '没有提供方'
  if (present && present.provider_organ_id !== organ.organ_id)
    return `代码 ${present.code} 是${present.provider_name}的条目，与所填提供方不符`
  if (!present && organ.dissolved_on !== null && organ.dissolved_on <= bench.today)
    return `${organ.name}已于 ${organ.dissolved_on} 撤销，请由承继机构编制`
  if (earlier) return `与${earlier}是同一条目`
  if (present && !read && present.state === 'withdrawn') return '该条目已下架'
  return present ? heldBy(present) : undefined
}

/** What the rules find stands at its cell, beside what could not be read; an entry chosen for a change has no cells. */
const toFaults = (read: ReadEntry | null, findings: readonly Finding[]): BatchFault[] =>
  read ? faultsOf(read, findings).map(atCell) : findings.map((finding) => ({ ...finding, sheet: null, cell: null }))

const blank = ({ candidate, read, organ, present }: Subject) => ({
  seq: candidate.seq,
  sheet: read?.sheet ?? null,
  first_row: read?.first_row ?? null,
  last_row: read?.last_row ?? null,
  name: (read ? read.draft.name?.trim() : present?.name) || '（未命名）',
  code: read?.code ?? present?.code ?? null,
  provider_organ_id: organ?.organ_id ?? null,
  resource_id: present?.resource_id ?? null,
  base_revision: present?.revision ?? null,
  exported_as: read?.revision ?? null,
})

const NOTHING = { content: null, reason: null, faults: [], changes: [] } as const

const draftOf = ({ read, present }: Subject, edit: BatchEdit | null): ResourceDraft => {
  if (!read) return applyEdit(present!.content, edit ?? {})
  return overlay(present?.content ?? null, read.draft)
}

const digestOf = (mark: string): string => mark.slice(mark.indexOf('-') + 1)

/** Entries that say something else than they said when the file was exported. */
const listOvertaken = async (db: Db, subjects: readonly Subject[]): Promise<ReadonlySet<string>> => {
  const moved = subjects.flatMap(({ read, present }) =>
    present && read?.revision && digestOf(read.revision) !== digestOf(present.mark)
      ? [{ resource_id: present.resource_id, mark: present.mark, revision: read.revision }]
      : [],
  )
  const own = await listOwnEarlier(db, moved)
  return new Set(moved.map(({ resource_id }) => resource_id).filter((id) => !own.has(id)))
}

const NAMED = 6

/** What an old export would write over what others have written since. */
const overtakenText = ({ revision }: Present, changes: readonly FieldChange[]): string => {
  const titles = [...new Set(changes.map(({ title }) => title))]
  const more = titles.length > NAMED ? `等 ${titles.length} 项` : ''
  return `导出之后已被他人修改（现为第 ${revision} 次修订），与文件不同的有：${titles.slice(0, NAMED).join('、')}${more}；请重新导出再改，或选定采用文件`
}

/** What would become of a few hundred entries, each judged by the rules of form and API (T2.2). */
export const judge = async (db: Db, bench: Bench, candidates: readonly Candidate[]): Promise<Judged[]> => {
  const subjects = (await findSubjects(db, bench, candidates)).map((one) => ({
    ...one,
    conflict: conflictOf(bench, one),
  }))
  const open = subjects.filter(({ conflict }) => conflict === undefined)
  const items = await listItemsOf(
    db,
    open.flatMap(({ present }) => (present && present.last_version > 0 ? [present.resource_id] : [])),
  )
  const contents = new Map<number, ResourceContent>()
  for (const one of open) {
    const { present, organ, candidate } = one
    const known = present ? [...present.content.items, ...(items.get(present.resource_id) ?? [])] : []
    contents.set(candidate.seq, toContent(draftOf(one, bench.edit), organ!.organ_id, known))
  }
  const strangers = [...new Set(open.map(({ organ }) => organ!.organ_id))].filter((id) => !bench.learned.has(id))
  await bench.names.learn(db, strangers)
  for (const id of strangers) bench.learned.add(id)
  const factsOf = await gatherFacts(db, [...contents.values()], bench.names)
  const overtaken = await listOvertaken(db, open)
  return subjects.map((one): Judged => {
    const { present, read, conflict } = one
    if (conflict !== undefined)
      return { ...blank(one), ...NOTHING, kind: 'conflict', reason: conflict, faults: toFaults(read, []) }
    const content = contents.get(one.candidate.seq)!
    const subject = { resource_id: present?.resource_id ?? null, code: present?.code ?? null }
    const findings = bench.checker.check(content, factsOf(content, subject))
    const faults = toFaults(read, findings)
    const changes = present ? diffContents(present.content, content, bench.checker.standard) : []
    const isSame = present !== null && changes.length === 0
    // Reading may have failed at a cell and left the value as it was: then nothing changes, but not as the sheet wants it.
    const isWrong = hasErrors(isSame ? toFaults(read, []) : faults) && !bench.may_have_errors
    const kind = isWrong ? 'error' : isSame ? 'same' : present ? 'changed' : 'new'
    if (kind === 'changed' && overtaken.has(present!.resource_id))
      return { ...blank(one), kind: 'conflict', content, reason: overtakenText(present!, changes), faults, changes }
    return { ...blank(one), ...NOTHING, kind, content: isSame ? null : content, faults, changes }
  })
}
