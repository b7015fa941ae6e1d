import type { LeadState } from '@sanjiang/contract/catalog'
import { type Actor, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'

export interface Asked {
  readonly organ_id: string
  readonly organ_path: string
  readonly answer: 'agreed' | 'objected' | null
}

export interface LeadFace {
  readonly state: LeadState
  readonly asked: readonly Asked[]
  readonly proposed_organ_path: string
  /** The working days for answers are over. */
  readonly is_overdue: boolean
}

/** Where a proposal stands once these answers are in: everybody's consent makes a lead, one objection makes it a matter to decide. */
export const stateAfter = (asked: readonly Pick<Asked, 'answer'>[]): 'proposed' | 'contested' | 'agreed' => {
  if (asked.some(({ answer }) => answer === null)) return 'proposed'
  return asked.every(({ answer }) => answer === 'agreed') ? 'agreed' : 'contested'
}

const VERBS = {
  answer: ['proposed'],
  decide: ['proposed', 'contested'],
  withdraw: ['proposed', 'contested'],
  reverse: ['agreed'],
} as const satisfies Record<string, readonly LeadState[]>
export type LeadVerb = keyof typeof VERBS

/** The department for which the actor answers, of those that have not yet. */
export const answersFor = (actor: Actor, { asked }: LeadFace): Asked | undefined => {
  const scope = scopeOf(actor, 'catalog.lead.answer')
  const own = asked.filter(({ organ_path }) => reaches(scope, organ_path))
  return own.find(({ answer }) => answer === null) ?? own[0]
}

const mayDo = (verb: LeadVerb, actor: Actor, face: LeadFace): boolean => {
  if (verb === 'answer') return answersFor(actor, face) !== undefined
  if (verb === 'withdraw') return reaches(scopeOf(actor, 'catalog.lead.propose'), face.proposed_organ_path)
  return scopeOf(actor, 'catalog.lead.decide') === 'all'
}

/** Silence is no consent: until the clock has run out only those asked have the word. */
const isTimely = (verb: LeadVerb, face: LeadFace): boolean =>
  (VERBS[verb] as readonly string[]).includes(face.state) &&
  (verb !== 'decide' || face.state === 'contested' || face.is_overdue)

const isOwnMatter = (verb: LeadVerb, actor: Actor, { asked }: LeadFace): boolean =>
  verb === 'decide' && asked.some(({ organ_id }) => organ_id === actor.organ?.organ_id)

export const leadCan = (actor: Actor, face: LeadFace): LeadVerb[] =>
  (Object.keys(VERBS) as LeadVerb[]).filter(
    (verb) =>
      mayDo(verb, actor, face) &&
      isTimely(verb, face) &&
      !isOwnMatter(verb, actor, face) &&
      (verb !== 'answer' || answersFor(actor, face)?.answer === null),
  )

export const assertLead = (verb: LeadVerb, actor: Actor, face: LeadFace): void => {
  if (!mayDo(verb, actor, face)) throw new Fault('not_found')
  if (!isTimely(verb, face))
    throw new Fault(
      'wrong_state',
      verb === 'decide' && face.state === 'proposed' ? '各持有部门仍在表态时限内，尚不能裁定' : undefined,
    )
  if (isOwnMatter(verb, actor, face))
    throw new Fault('separation_of_duties', '本部门也持有该信息项，不能由本部门人员裁定')
  if (verb === 'answer' && answersFor(actor, face)?.answer !== null) throw new Fault('wrong_state', '本部门已经表态')
}
