import type { FieldFault } from '@sanjiang/contract'
import type { Decision, MaskRule, RequestState, RowCondition, Terms } from '@sanjiang/contract/sharing'
import { Fault } from '#kernel/fault.ts'
import { conditionFaults, isStricterMask, widenings } from './narrowing.rules.ts'

/** What the actor is to a request; `is_asker` bars him from answering it (separation of duties). */
export interface Standing {
  readonly is_consumer: boolean
  readonly is_provider: boolean
  readonly is_coordinator: boolean
  readonly is_asker: boolean
}

interface VerbRule {
  readonly by: 'is_consumer' | 'is_provider' | 'is_coordinator'
  readonly from: readonly RequestState[]
}

const VERBS = {
  save: { by: 'is_consumer', from: ['draft'] },
  submit: { by: 'is_consumer', from: ['draft'] },
  withdraw: { by: 'is_consumer', from: ['draft', 'submitted'] },
  decide: { by: 'is_provider', from: ['submitted'] },
  dispute: { by: 'is_consumer', from: ['refused', 'partly_granted'] },
  reconsider: { by: 'is_provider', from: ['negotiating'] },
  escalate: { by: 'is_consumer', from: ['negotiating'] },
  settle: { by: 'is_consumer', from: ['negotiating', 'coordinating'] },
  coordinate: { by: 'is_coordinator', from: ['coordinating'] },
  raise: { by: 'is_coordinator', from: ['coordinating'] },
} as const satisfies Record<string, VerbRule>

export type RequestVerb = keyof typeof VERBS

interface RequestFace {
  readonly state: string
  readonly is_settled: boolean
  /** Rung of the ladder that the dispute stands on. */
  readonly ladder_level?: string | null
}

const isOpenTo = (verb: RequestVerb, { state, is_settled, ladder_level }: RequestFace): boolean =>
  (VERBS[verb].from as readonly string[]).includes(state) &&
  !(verb === 'dispute' && is_settled) &&
  // Nobody stands above the leading group.
  !(verb === 'raise' && ladder_level === 'group')

/** Which verbs the actor may do now; the pages show exactly these. */
export const requestCan = (request: RequestFace, standing: Standing): string[] => {
  const verbs = (Object.keys(VERBS) as RequestVerb[]).filter(
    (verb) =>
      standing[VERBS[verb].by] && isOpenTo(verb, request) && !(VERBS[verb].by !== 'is_consumer' && standing.is_asker),
  )
  const mayTalk = standing.is_consumer || standing.is_provider || standing.is_coordinator
  return mayTalk && request.state !== 'draft' && request.state !== 'withdrawn' ? [...verbs, 'message'] : verbs
}

/** The same rule as a refusal: `forbidden`, `separation_of_duties` or `wrong_state`. */
export const assertVerb = (verb: RequestVerb, request: RequestFace, standing: Standing): void => {
  if (!standing[VERBS[verb].by]) throw new Fault('forbidden')
  if (VERBS[verb].by !== 'is_consumer' && standing.is_asker)
    throw new Fault('separation_of_duties', '申请方的人员和提出申请的人不能办理本方的申请')
  if (verb === 'dispute' && request.is_settled) throw new Fault('wrong_state', '争议已了结，不能再次提出')
  if (!isOpenTo(verb, request)) throw new Fault('wrong_state')
}

export interface CatalogItem {
  readonly item_id: string
  readonly seq: number
  readonly name: string
  readonly name_en: string
  readonly share_type: string
  readonly withheld_basis: unknown
  readonly mask_rule: string
}

export const formatBasis = (basis: unknown): string => {
  const { title, clause } = (basis ?? {}) as { title?: string; clause?: string }
  return [title, clause].filter(Boolean).join(' ') || '目录登记的不予共享依据'
}

interface ResourceFace {
  readonly name: string
  readonly share_type: string
  readonly share_basis: unknown
}

/**
 * The items asked for, in catalogue order. An item of another resource is `invalid`; a withheld one cannot be asked for
 * and the refusal names its legal basis (国发〔2016〕51号 第十条).
 */
export const pickItems = (
  resource: ResourceFace,
  items: readonly CatalogItem[],
  wanted: readonly string[],
): CatalogItem[] => {
  const byId = new Map(items.map((item) => [item.item_id, item]))
  const unknown = wanted.flatMap((id, index) =>
    byId.has(id)
      ? []
      : [{ field: `item_ids.${index}`, rule: 'unknown_item', message: `“${resource.name}”没有这个信息项` }],
  )
  if (unknown.length > 0) throw new Fault('invalid', undefined, { fields: unknown })
  const withheld = wanted.flatMap((id, index): FieldFault[] => {
    const item = byId.get(id)!
    if (resource.share_type !== 'withheld' && item.share_type !== 'withheld') return []
    const clause = formatBasis(item.withheld_basis ?? resource.share_basis)
    return [
      { field: `item_ids.${index}`, rule: 'withheld', message: `“${item.name}”不予共享，依据：${clause}`, clause },
    ]
  })
  if (withheld.length > 0)
    throw new Fault('withheld', withheld.map(({ message }) => message).join('；'), { fields: withheld })
  const asked = new Set(wanted)
  return items.filter(({ item_id }) => asked.has(item_id))
}

export interface Asked {
  readonly purpose_code: string | null
  readonly purpose_ref: string
  readonly scenario: string
  readonly starts_on: string | null
  readonly ends_on: string | null
  readonly row_conditions: unknown
  readonly is_security_committed: boolean
}

// Longest term of one grant: three years, then the need is to be shown again (项目约定).
const MAX_TERM_YEARS = 3
const yearsLater = (date: string, years: number): string => `${Number(date.slice(0, 4)) + years}${date.slice(4)}`

/** Everything that keeps a draft from being submitted, all at once. */
export const submitFaults = (asked: Asked, items: readonly CatalogItem[], today: string): FieldFault[] => {
  const faults: FieldFault[] = []
  const need = (isMet: boolean, field: string, message: string, clause?: string) => {
    if (!isMet) faults.push({ field, rule: 'required', message, clause })
  }
  const fifty1 = '国发〔2016〕51号 第十二条'
  need(items.length > 0, 'item_ids', '请至少选择一个信息项')
  need(asked.purpose_code !== null, 'purpose_code', '请选择用途：行政依据、工作参考、数据校核或业务协同', fifty1)
  need(asked.purpose_ref.trim() !== '', 'purpose_ref', '请填写事项编码或职责依据', fifty1)
  need(asked.scenario.trim().length >= 5, 'scenario', '请说明应用场景（不少于 5 个字）')
  need(asked.is_security_committed, 'is_security_committed', '请作出安全承诺', '国发〔2016〕51号 第十四条')
  need(asked.starts_on !== null, 'starts_on', '请填写期限起')
  need(asked.ends_on !== null, 'ends_on', '请填写期限止')
  const { starts_on, ends_on } = asked
  if (ends_on !== null && ends_on < today)
    faults.push({ field: 'ends_on', rule: 'past', message: `期限止不能早于今天（${today}）` })
  if (starts_on !== null && ends_on !== null) {
    if (ends_on < starts_on) faults.push({ field: 'ends_on', rule: 'term', message: '期限止不能早于期限起' })
    if (ends_on > yearsLater(starts_on, MAX_TERM_YEARS))
      faults.push({ field: 'ends_on', rule: 'term_years', message: `一次申请的期限不超过 ${MAX_TERM_YEARS} 年` })
  }
  return faults
}

/** Row conditions may name any item of the resource, asked for or not. */
export const draftFaults = (conditions: readonly RowCondition[], items: readonly CatalogItem[]): FieldFault[] =>
  conditionFaults(conditions, new Set(items.map(({ name_en }) => name_en)))

export interface PendingItem {
  readonly item_id: string
  readonly name: string
  readonly name_en: string
  readonly catalog_mask_rule: string
}

export interface Verdict {
  readonly item_id: string
  readonly name: string
  readonly outcome: 'granted' | 'refused'
  readonly mask_rule: MaskRule
  readonly reason_code: string | null
  readonly reason_text: string | null
}

export interface Resolution {
  readonly verdicts: readonly Verdict[]
  readonly terms: Terms
  readonly faults: readonly FieldFault[]
}

const REFUSAL_CLAUSE = '国发〔2016〕51号 第十二条：不同意须说明理由'
const REASON_MIN_CHARS = 10

const refusalFaults = (verdict: Verdict, field: string): FieldFault[] => {
  const faults: FieldFault[] = []
  const add = (rule: string, message: string) => faults.push({ field, rule, message, clause: REFUSAL_CLAUSE })
  if (!verdict.reason_code) add('reason_code', `请为不同意“${verdict.name}”选择理由`)
  if ((verdict.reason_text ?? '').trim().length < REASON_MIN_CHARS)
    add('reason_text', `不同意“${verdict.name}”的说明不少于 ${REASON_MIN_CHARS} 个字`)
  return faults
}

const toVerdict = (item: PendingItem, answer: Decision['items'][number], body: Decision): Verdict => {
  const isRefused = answer.outcome === 'refused'
  return {
    item_id: item.item_id,
    name: item.name,
    outcome: answer.outcome,
    mask_rule: answer.mask_rule ?? (item.catalog_mask_rule as MaskRule),
    reason_code: isRefused ? (answer.reason_code ?? body.reason_code ?? null) : null,
    reason_text: isRefused ? (answer.reason_text ?? body.reason_text ?? '').trim() : null,
  }
}

const coverageFaults = (pending: ReadonlyMap<string, PendingItem>, answers: Decision['items']): FieldFault[] => {
  const seen = new Set<string>()
  const faults = answers.flatMap(({ item_id }, index): FieldFault[] => {
    const field = `items.${index}.item_id`
    if (!pending.has(item_id)) return [{ field, rule: 'not_pending', message: '这个信息项不在待答复之列' }]
    if (seen.has(item_id)) return [{ field, rule: 'twice', message: '同一信息项答复了两次' }]
    seen.add(item_id)
    return []
  })
  const open = [...pending.values()].filter(({ item_id }) => !seen.has(item_id))
  if (open.length > 0)
    faults.push({
      field: 'items',
      rule: 'unanswered',
      message: `还有未答复的信息项：${open.map(({ name }) => name).join('、')}`,
    })
  return faults
}

/**
 * Reads a provider's answer against what was asked: one verdict for every pending item, and terms that may only be
 * narrower than those asked for. `asked.items` are ignored; masks are held against the catalogue's own.
 */
export const resolveDecision = (pending: readonly PendingItem[], asked: Terms, body: Decision): Resolution => {
  const byId = new Map(pending.map((item) => [item.item_id, item]))
  const faults = coverageFaults(byId, body.items)
  const verdicts = body.items.flatMap((answer, index) => {
    const item = byId.get(answer.item_id)
    if (!item) return []
    const verdict = toVerdict(item, answer, body)
    if (verdict.outcome === 'refused') faults.push(...refusalFaults(verdict, `items.${index}`))
    else if (!isStricterMask(verdict.mask_rule, item.catalog_mask_rule as MaskRule))
      faults.push({
        field: `items.${index}.mask_rule`,
        rule: 'weaker_mask',
        message: `“${item.name}”的脱敏只能比目录登记的更严`,
      })
    return [verdict]
  })
  const terms: Terms = {
    items: verdicts
      .filter(({ outcome }) => outcome === 'granted')
      .map(({ item_id, name, mask_rule }) => ({ item_id, name, name_en: byId.get(item_id)!.name_en, mask_rule })),
    row_conditions: body.row_conditions ?? asked.row_conditions,
    quota: body.quota ?? asked.quota,
    starts_on: body.starts_on ?? asked.starts_on,
    ends_on: body.ends_on ?? asked.ends_on,
    allows_low_assurance: body.allows_low_assurance ?? asked.allows_low_assurance,
  }
  faults.push(...widenings({ ...terms, items: [] }, { ...asked, items: [] }))
  return { verdicts, terms, faults }
}

/** Conclusion of a whole request from all its items. */
export const outcomeOf = (states: readonly string[]): 'granted' | 'partly_granted' | 'refused' => {
  const granted = states.filter((state) => state === 'granted').length
  if (granted === states.length) return 'granted'
  return granted > 0 ? 'partly_granted' : 'refused'
}
