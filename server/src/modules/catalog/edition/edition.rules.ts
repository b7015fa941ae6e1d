import type { Edition, EditionPhase } from '@sanjiang/contract/catalog'
import { type Actor, hasPermission } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'

interface Face {
  readonly state: string
  readonly effective_from: string
  readonly version: number
  readonly editors: readonly string[]
}

/** Where a version stands follows from the business date and from which one is in force; nothing of it is stored. */
export const phaseOf = (
  { state, effective_from, version }: Face,
  inForce: number | null,
  today: string,
): EditionPhase => {
  if (state === 'draft' || state === 'withdrawn') return state
  if (version === inForce) return 'in_force'
  return effective_from > today ? 'scheduled' : 'superseded'
}

const VERBS = {
  save: 'catalog.standard.edit',
  withdraw: 'catalog.standard.edit',
  try: 'catalog.standard.edit',
  adopt: 'catalog.standard.adopt',
} as const
export type EditionVerb = keyof typeof VERBS

const isAuthor = ({ person_id }: Actor, { editors }: Face): boolean => person_id !== null && editors.includes(person_id)

export const editionCan = (face: Face, actor: Actor): Edition['can'] =>
  (Object.keys(VERBS) as EditionVerb[]).filter(
    (verb) =>
      face.state === 'draft' && hasPermission(actor, VERBS[verb]) && (verb !== 'adopt' || !isAuthor(actor, face)),
  )

/** The same as a refusal: what is adopted is never edited, and whoever wrote a draft does not adopt it (T2.1). */
export const assertEditionVerb = (verb: EditionVerb, face: Face, actor: Actor): void => {
  if (face.state !== 'draft') throw new Fault('wrong_state', '已采纳或已撤回的版次不能再改，请另起新版')
  if (verb === 'adopt' && isAuthor(actor, face))
    throw new Fault('separation_of_duties', '起草或改动过草稿的人不能采纳它')
}
