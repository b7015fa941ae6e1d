import { codes, type FieldFault } from '@sanjiang/contract'
import type { OrganDraft } from '@sanjiang/contract/identity'

/** Class digit of an organ's code (domain convention: 区划6 + 类别1 + 序号3). */
const KIND_OF_DIGIT: Readonly<Record<string, string>> = {
  1: 'party',
  2: 'congress',
  3: 'government',
  4: 'consultative',
  5: 'court',
  6: 'procuratorate',
  7: 'mass',
  8: 'vertical',
  9: 'institution',
}

interface Lifetime {
  readonly founded_on: string
  readonly dissolved_on: string | null
}

/** Whether an organ stands on a day; the day of dissolution is the first without it. */
export const standsOn = ({ founded_on, dissolved_on }: Lifetime, day: string): boolean =>
  founded_on <= day && (dissolved_on === null || dissolved_on > day)

const fault = (field: string, rule: string, message: string): FieldFault => ({ field, rule, message })

export const foundingFaults = (draft: OrganDraft, parent: Lifetime | undefined): FieldFault[] => {
  const faults: FieldFault[] = []
  const code = draft.credit_code ? codes.parseCreditCode(draft.credit_code) : undefined
  if (code && !code.ok) faults.push({ ...fault('credit_code', code.reason, code.message), clause: 'GB 32100-2015' })
  const kind = KIND_OF_DIGIT[draft.organ_id[6]!]
  if (kind !== draft.kind) faults.push(fault('kind', 'organ_kind', '类别与机构代码第 7 位不一致'))
  if (draft.parent_id === draft.organ_id) faults.push(fault('parent_id', 'cycle', '机构不能是自己的上级'))
  else if (draft.parent_id !== null && !parent) faults.push(fault('parent_id', 'exists', '没有这个上级机构'))
  else if (parent && (!standsOn(parent, draft.founded_on) || parent.dissolved_on !== null))
    faults.push(fault('parent_id', 'standing', '上级机构在设立之日不存续，或已撤销、已定撤销日期'))
  return faults
}

export interface Succession {
  readonly how: 'merged' | 'split' | 'dissolved'
  readonly successor_ids: readonly string[]
  readonly on: string
}

const COUNTS: Readonly<Record<Succession['how'], readonly [least: number, most: number, message: string]>> = {
  merged: [1, 1, '合并须指明并入的一个机构'],
  split: [2, 10, '拆分须指明两个以上承接机构（本机构存续的，也列入）'],
  dissolved: [0, 0, '撤销没有承接机构；有承接的请选合并或拆分'],
}

interface Party extends Lifetime {
  readonly organ_id: string
  readonly path: string
  readonly name: string
}

/** What stands against an organ's end, from its own side and its successors'. */
export const successionFaults = (organ: Party, successors: readonly Party[], plan: Succession): FieldFault[] => {
  const faults: FieldFault[] = []
  const [least, most, message] = COUNTS[plan.how]
  const ids = new Set(plan.successor_ids)
  if (ids.size < least || ids.size > most) faults.push(fault('successor_ids', 'count', message))
  if (plan.how === 'merged' && ids.has(organ.organ_id)) faults.push(fault('successor_ids', 'self', '不能并入自身'))
  if (!standsOn(organ, plan.on)) faults.push(fault('on', 'standing', '机构在该日不存续'))
  for (const id of ids) {
    const successor = successors.find((one) => one.organ_id === id)
    if (!successor) faults.push(fault('successor_ids', 'exists', `没有机构 ${id}`))
    else if (!standsOn(successor, plan.on))
      faults.push(fault('successor_ids', 'standing', `${successor.name}在该日不存续`))
    else if (successor.path !== organ.path && successor.path.startsWith(organ.path) && !ids.has(organ.organ_id))
      faults.push(fault('successor_ids', 'cycle', `${successor.name}是本机构的下级，不能承接上级`))
  }
  return faults
}

interface NamePeriod {
  readonly name: string
  readonly short_name: string
  readonly valid_from: string
}

export interface Renaming {
  readonly name: string
  readonly short_name: string
  readonly on: string
}

export const renamingFaults = (organ: Lifetime, current: NamePeriod | undefined, plan: Renaming): FieldFault[] => {
  const faults: FieldFault[] = []
  if (!standsOn(organ, plan.on)) faults.push(fault('on', 'standing', '机构在该日不存续'))
  if (current && plan.on <= current.valid_from)
    faults.push(fault('on', 'order', `须晚于现用名称的启用日期 ${current.valid_from}`))
  if (current && current.name === plan.name && current.short_name === plan.short_name)
    faults.push(fault('name', 'changed', '新名称与现用名称相同'))
  return faults
}
