import { nameKey } from './catalog.names.ts'
import type {
  Fact,
  FindingKind,
  Fix,
  Origin,
  Party,
  QualityLevel,
  QualityReason,
  QualityRule,
} from './catalog.quality.ts'
import type { ResourceContent } from './catalog.resource.ts'

/** All that is known of one published entry when its quality is folded. */
export interface QualityInput {
  readonly origin: Origin
  readonly content: ResourceContent
  /** Titles of required and advised fields that are empty, of so many. */
  readonly missing: readonly string[]
  readonly wanted: number
  /** What the standard now in force finds wrong, as sentences. */
  readonly errors: readonly string[]
  readonly facts: readonly Fact[]
  /** Items under an agreed lead elsewhere that do not refer to it. */
  readonly unreferenced: readonly string[]
  readonly first_published_on: string
  readonly today: string
}

interface Judgement {
  /** Part of the rule's points that is lost, 0 to 1. */
  readonly share: number
  readonly party: Party
  readonly message: string
  readonly fix: Fix
}

const factOf = ({ facts }: QualityInput, kind: Fact['kind']): Fact | undefined => facts.find((one) => one.kind === kind)
const isUsed = (input: QualityInput): boolean =>
  factOf(input, 'called') !== undefined || factOf(input, 'delivered') !== undefined
const METHODS = ['api', 'table', 'file'] as const
type Method = (typeof METHODS)[number]
const METHOD_TITLES: Readonly<Record<Method, string>> = { api: '接口', table: '库表', file: '文件' }

export const attachedOf = (input: QualityInput): Method[] =>
  METHODS.filter((method) => factOf(input, `attached_${method}`) !== undefined)

const unreachableOf = (input: QualityInput): Fact[] =>
  attachedOf(input).flatMap((method) => factOf(input, `unreachable_${method}`) ?? [])

/** Whoever withholds it, or hands it over by mail or medium, need not attach anything. */
export const needsChannel = ({ content }: QualityInput): boolean =>
  content.share_type !== 'withheld' && content.share_method_category === 'platform'

/**
 * Whose fault an absence is: what a bulk load or a harvest did not bring is charged to nobody who provides, until the
 * provider has compiled a version of its own.
 */
const partyOfAbsence = (input: QualityInput): Party => {
  const lost = factOf(input, 'content_lost')
  if (lost) return lost.party
  if (input.origin === 'harvested') return 'harvester'
  return input.origin === 'imported' ? 'importer' : 'provider'
}

const partyOfWording = (input: QualityInput): Party => {
  const party = partyOfAbsence(input)
  return party === 'importer' && !factOf(input, 'content_lost') && input.content.summary ? 'provider' : party
}

const DAYS: Readonly<Record<string, number>> = {
  realtime: 1,
  daily: 1,
  weekly: 7,
  monthly: 31,
  quarterly: 92,
  half_yearly: 184,
  yearly: 366,
}
const DAY_MS = 86_400_000
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS
/** Offices are closed for as long as three days running, holidays apart, and nobody is late by a weekend. */
const GRACE_DAYS = 3

/** C14: the newest data is older than the update cycle and half of it again; without a cycle nothing is ever late. */
export const isOverdue = (cycle: string | null, newestOn: string, today: string): boolean => {
  const days = DAYS[cycle ?? '']
  return days !== undefined && daysBetween(newestOn, today) > Math.max(days * 1.5, days + GRACE_DAYS)
}

const overdueOf = (input: QualityInput): Fact | undefined => {
  const newest = factOf(input, 'newest')
  return newest && isOverdue(input.content.update_cycle, newest.since, input.today) ? newest : undefined
}

const PREVIEW = 4
const listed = (names: readonly string[]): string =>
  names.length > PREVIEW ? `${names.slice(0, PREVIEW).join('、')}等 ${names.length} 项` : names.join('、')

/** A summary that says nothing the name does not say. */
const repeatsName = ({ content }: QualityInput): boolean => {
  const summary = nameKey(content.summary ?? '')
  const rest = summary.replaceAll(nameKey(content.name), '')
  return rest.length < 8
}

const fieldsShare = (input: QualityInput, isPoor: (item: ResourceContent['items'][number]) => boolean) => {
  const poor = input.content.items.filter(isPoor).map(({ name }) => name)
  return { poor, share: input.content.items.length === 0 ? 0 : poor.length / input.content.items.length }
}

const LENGTHLESS = new Set(['D', 'T', 'L', 'M', 'G'])

const judgeFields = (input: QualityInput): Judgement | null =>
  input.missing.length === 0
    ? null
    : {
        share: Math.min(1, input.missing.length / Math.max(input.wanted, 1)),
        party: partyOfAbsence(input),
        message: `未填：${listed(input.missing)}`,
        fix: 'edit',
      }

const judgeItems = (input: QualityInput): Judgement | null => {
  const { poor, share } = fieldsShare(
    input,
    ({ name_en, data_type, length }) => name_en === '' || !data_type || (length === null && !LENGTHLESS.has(data_type)),
  )
  if (poor.length === 0) return null
  return { share, party: partyOfAbsence(input), message: `英文名、类型或长度不全：${listed(poor)}`, fix: 'edit' }
}

const judgeElements = (input: QualityInput): Judgement | null => {
  const { poor, share } = fieldsShare(input, ({ data_element }) => !data_element)
  if (poor.length === 0) return null
  return { share, party: partyOfAbsence(input), message: `未关联数据元或代码标准：${listed(poor)}`, fix: 'edit' }
}

const judgeSummary = (input: QualityInput): Judgement | null =>
  repeatsName(input)
    ? { share: 1, party: partyOfWording(input), message: '摘要只重复名称，看不出有什么数据', fix: 'edit' }
    : null

const judgeConformity = (input: QualityInput): Judgement | null =>
  input.errors.length === 0
    ? null
    : { share: 1, party: partyOfAbsence(input), message: `${input.errors.length} 处：${input.errors[0]}`, fix: 'edit' }

const partyOfAttachment = ({ origin }: QualityInput): Party => (origin === 'harvested' ? 'harvester' : 'provider')

const judgeAttachment = (input: QualityInput): Judgement | null =>
  !needsChannel(input) || attachedOf(input).length > 0
    ? null
    : { share: 1, party: partyOfAttachment(input), message: '没有挂接接口、库表或文件', fix: 'attach' }

const judgeReach = (input: QualityInput): Judgement | null => {
  const down = unreachableOf(input)
  // Of several causes the provider's own is told first: its mending is what the provider can do.
  const own = down.filter(({ party }) => party === 'provider')
  const said = own[0] ?? down[0]
  if (!said || !needsChannel(input)) return null
  const count = said.party === 'provider' ? own.length : down.length
  return {
    share: count / attachedOf(input).length,
    party: said.party,
    message: `${said.message}（自 ${said.since}）`,
    fix: 'channel',
  }
}

const judgeUpdate = (input: QualityInput): Judgement | null => {
  if (!needsChannel(input) || DAYS[input.content.update_cycle ?? ''] === undefined) return null
  if (attachedOf(input).length === 0)
    return { share: 1, party: partyOfAttachment(input), message: '没有挂接，看不到数据更新', fix: 'attach' }
  const overdue = overdueOf(input)
  return overdue
    ? { share: 1, party: overdue.party, message: `数据最新到 ${overdue.since}，超过更新周期`, fix: 'update' }
    : null
}

const judgeUse = (input: QualityInput): Judgement | null => {
  const granted = factOf(input, 'granted')
  if (!granted || isUsed(input)) return null
  const isBlocked = attachedOf(input).length === 0 || unreachableOf(input).some(({ party }) => party === 'provider')
  return isBlocked
    ? { share: 1, party: 'provider', message: `${granted.value} 份授权至今取不到数据`, fix: 'attach' }
    : { share: 1, party: 'consumer', message: `${granted.value} 份授权至今没有取用`, fix: 'request' }
}

const judgeCorrections = (input: QualityInput): Judgement | null => {
  const late = factOf(input, 'correction_late')
  const open = factOf(input, 'correction_open')
  if (late) return { share: 1, party: 'provider', message: `${late.value} 件疑义校核逾期`, fix: 'correction' }
  if (!open) return null
  return { share: 0.2, party: 'provider', message: `${open.value} 件疑义待校核，尚未到期`, fix: 'correction' }
}

const judgeDrift = (input: QualityInput): Judgement | null => {
  const drift = factOf(input, 'drift_open')
  return drift ? { share: 1, party: drift.party, message: `${drift.value} 处结构变化待处理`, fix: 'drift' } : null
}

const judgeSource = (input: QualityInput): Judgement | null =>
  input.unreferenced.length === 0
    ? null
    : { share: 1, party: 'provider', message: `已有牵头部门：${listed(input.unreferenced)}`, fix: 'reference' }

const JUDGES: Readonly<Record<string, (input: QualityInput) => Judgement | null>> = {
  Q01: judgeFields,
  Q02: judgeItems,
  Q03: judgeElements,
  Q04: judgeSummary,
  Q05: judgeConformity,
  Q06: judgeAttachment,
  Q07: judgeReach,
  Q08: judgeUpdate,
  Q09: judgeUse,
  Q10: judgeCorrections,
  Q11: judgeDrift,
  Q12: judgeSource,
}

const tenth = (value: number): number => Math.round(value * 10) / 10

/** The rules in force on a date: those of the newest version begun by then. */
export const qualityRulesAt = (rules: readonly QualityRule[], date: string): QualityRule[] => {
  const begun = rules.map(({ valid_from }) => valid_from).filter((from) => from <= date)
  const from = begun.length > 0 ? begun.toSorted().at(-1) : rules.map(({ valid_from }) => valid_from).toSorted()[0]
  return rules.filter(({ valid_from }) => valid_from === from)
}

export const levelOf = (score: number): QualityLevel =>
  score >= 90 ? 'A' : score >= 75 ? 'B' : score >= 60 ? 'C' : 'D'

/** Score, level and every reason: a fold of facts under dated rules; only the provider's own faults take points. */
export const foldQuality = (input: QualityInput, rules: readonly QualityRule[]) => {
  const reasons = rules.flatMap(({ code, title, clause, weight }): QualityReason[] => {
    const judged = JUDGES[code]?.(input)
    if (!judged) return []
    const { share, party, message, fix } = judged
    const lost = Math.max(0.1, tenth(weight * share))
    return [{ rule: code, title, clause, lost, is_charged: party === 'provider', party, message, fix }]
  })
  const charged = reasons.filter(({ is_charged }) => is_charged)
  const score = tenth(
    Math.max(
      0,
      charged.reduce((left, { lost }) => left - lost, 100),
    ),
  )
  return { score, level: levelOf(score), reasons }
}

export interface Found {
  readonly kind: FindingKind
  readonly party: Party
  readonly message: string
  /** From when, where that is known; else from the day it is seen. */
  readonly since: string | null
}

/** A newly published entry is given a month to be attached. */
const ATTACH_DAYS = 30
const DECLARED: Readonly<Record<string, Method>> = { api: 'api', database: 'table', file: 'file' }

const findNeverCallable = (input: QualityInput): Found[] => {
  if (!needsChannel(input) || isUsed(input)) return []
  const isOld = daysBetween(input.first_published_on, input.today) > ATTACH_DAYS
  const attached = attachedOf(input)
  const down = unreachableOf(input)
  if (!isOld || (attached.length > 0 && down.length < attached.length)) return []
  const message =
    attached.length === 0
      ? `发布后 ${ATTACH_DAYS} 天仍没有挂接`
      : `挂接后从未取到过数据：${down[0]?.message ?? '不可达'}`
  const party = attached.length === 0 ? partyOfAttachment(input) : (down[0]?.party ?? 'provider')
  return [{ kind: 'never_callable', party, message, since: input.first_published_on }]
}

const findMismatch = (input: QualityInput): Found[] => {
  const declared = DECLARED[input.content.share_method_type ?? '']
  const attached = attachedOf(input)
  if (!needsChannel(input) || !declared || attached.length === 0 || attached.includes(declared)) return []
  const is = attached.map((method) => METHOD_TITLES[method]).join('、')
  const message = `目录声明以${METHOD_TITLES[declared]}共享，实际挂接的是${is}`
  return [{ kind: 'mismatched', party: partyOfAttachment(input), message, since: null }]
}

/** What is out of order with an entry, each kind once. */
export const findOutOfOrder = (input: QualityInput): Found[] => {
  const [down] = unreachableOf(input)
  const overdue = overdueOf(input)
  const drift = factOf(input, 'drift_open')
  const found: Found[] = [...findNeverCallable(input), ...findMismatch(input)]
  if (down) found.push({ kind: 'unreachable', party: down.party, message: down.message, since: down.since })
  if (overdue)
    found.push({ kind: 'outdated', party: overdue.party, message: `数据最新到 ${overdue.since}`, since: null })
  if (drift)
    found.push({ kind: 'drifted', party: drift.party, message: `${drift.value} 处结构变化待处理`, since: drift.since })
  if (input.errors.length > 0)
    found.push({
      kind: 'nonconforming',
      party: partyOfAbsence(input),
      message: `${input.errors.length} 处：${input.errors[0]}`,
      since: null,
    })
  return found
}
