import type { FieldFault } from '@sanjiang/contract'
import type { OpenContent, ReleaseState } from '@sanjiang/contract/opendata'
import { identifiersIn } from './identifier.rules.ts'

export interface ReleaseStanding {
  readonly is_reviewer: boolean
  readonly is_proposer: boolean
  /** Whether the actor's own organ could have proposed it by him. */
  readonly may_propose: boolean
}

/** Verbs open to the actor; two persons are needed for every release (T4.2 保密审查). */
export const releaseCan = (
  state: ReleaseState,
  { is_reviewer, is_proposer, may_propose }: ReleaseStanding,
): string[] => {
  if (state === 'released') return is_reviewer ? ['withdraw'] : []
  if (state !== 'review') return []
  return [...(is_reviewer && !is_proposer ? ['approve', 'reject'] : []), ...(may_propose ? ['recall'] : [])]
}

interface ItemFacts {
  readonly item_id: string
  readonly name: string
  readonly name_en: string
  readonly data_type: string
  readonly length: number | null
  readonly share_type: string
  readonly open_type: string
  readonly sensitivity: string
  readonly mask_rule: string
}

export interface ResourceFacts {
  readonly open_type: string
  readonly share_type: string
  readonly items: readonly ItemFacts[]
}

const CLAUSE = '方案 任务四;51号 第十条'

/** Why these items of this resource may not be opened: everything at once, each at its field. */
export const openingFaults = (resource: ResourceFacts, itemIds: readonly string[]): FieldFault[] => {
  const faults: FieldFault[] = []
  if (resource.open_type !== 'unconditional' && resource.open_type !== 'conditional')
    faults.push({ field: 'resource_id', rule: 'closed', message: '目录中标为不予开放，须先修订目录', clause: CLAUSE })
  if (resource.share_type === 'withheld')
    faults.push({ field: 'resource_id', rule: 'withheld', message: '不予共享的资源不能开放', clause: CLAUSE })
  const byId = new Map(resource.items.map((item) => [item.item_id, item]))
  for (const [index, id] of itemIds.entries()) {
    const item = byId.get(id)
    const field = `item_ids.${index}`
    if (!item) faults.push({ field, rule: 'unknown', message: '这个资源没有这个信息项' })
    else if (item.open_type === 'closed' || item.share_type === 'withheld')
      faults.push({ field, rule: 'closed', message: `信息项“${item.name}”不予开放`, clause: CLAUSE })
    else if (item.sensitivity === 'L3' || item.sensitivity === 'L4')
      faults.push({ field, rule: 'sensitive', message: `信息项“${item.name}”为敏感数据，不能直接开放`, clause: CLAUSE })
  }
  return faults
}

/** Why what was proposed may not go out by the catalogue as it stands now: it may have been revised while the review waited. */
export const changedFaults = (resource: ResourceFacts, { open_type, items, rows }: OpenContent): FieldFault[] => {
  const now = new Map(resource.items.map((item) => [item.name_en, item]))
  const faults = openingFaults(
    resource,
    items.map(({ name_en }) => now.get(name_en)?.item_id ?? name_en),
  )
  if (open_type !== resource.open_type && faults.every(({ field }) => field !== 'resource_id'))
    faults.push({ field: 'resource_id', rule: 'open_type', message: '目录中的开放类型已改', clause: CLAUSE })
  for (const { name, title, shaping } of rows?.columns ?? [])
    if (shaping === 'keep' && (now.get(name)?.mask_rule ?? 'none') !== 'none')
      faults.push({
        field: `rows.columns.${name}`,
        rule: 'mask_required',
        message: `目录现规定“${title}”须脱敏`,
        clause: CLAUSE,
      })
  return faults
}

const TEXTS = ['title', 'summary', 'contact', 'open_condition'] as const

/** A person's number in a text that is about to be public; a contact's own phone is what a contact is for. */
export const textFaults = (content: OpenContent, today: string): FieldFault[] =>
  [...TEXTS.map((field) => [field, content[field] ?? ''] as const), ['keywords', content.keywords.join(' ')] as const]
    .flatMap(([field, text]) => identifiersIn(text, today).map((found) => ({ field, found })))
    .filter(({ field, found }) => !(field === 'contact' && found.kind === 'phone'))
    .map(({ field, found }) => ({
      field,
      rule: found.kind,
      message: `含有${found.title}（${found.shown}），公开前须去除`,
      clause: '方案 任务四 数据开放;网络安全法 第四十二条',
    }))
