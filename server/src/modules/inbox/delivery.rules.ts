import { type Permission, sharing } from '@sanjiang/contract'
import type { NoticeKind, TodoKind } from '@sanjiang/contract/inbox'

/** A recorded event as delivery reads it back. */
export interface Fact {
  readonly event_id: string
  readonly type: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly organ_id: string | null
  readonly occurred_on: string
  readonly occurred_at: string
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

/** Whoever holds a permission that reaches an organ. */
export interface Recipient {
  readonly permission: Permission
  readonly organ_id: string
}

export interface TodoDraft extends Recipient {
  readonly kind: TodoKind
  readonly title: string
  readonly clock: { readonly rule: string; readonly started_on: string } | null
}

export interface NoticeDraft extends Recipient {
  readonly kind: NoticeKind
  readonly title: string
  readonly text: string
}

/** All that has to be done about the subject from this fact on; the latest position wins, whatever the order of arrival. */
export interface Turn {
  readonly position: number
  readonly todos: readonly TodoDraft[]
}

export interface Effect {
  readonly turn?: Turn
  readonly notices?: readonly NoticeDraft[]
}

type Rule = (fact: Fact) => Effect

const textOf = (data: Fact['after'], name: string): string => {
  const value = data[name]
  return typeof value === 'string' ? value : ''
}

const organOf = ({ after, organ_id }: Fact, side: 'provider' | 'consumer'): string =>
  textOf(after, `${side}_organ_id`) || organ_id || ''

const deciders = (fact: Fact): Recipient => ({
  permission: 'sharing.request.decide',
  organ_id: organOf(fact, 'provider'),
})
const askers = (fact: Fact): Recipient => ({
  permission: 'sharing.request.create',
  organ_id: organOf(fact, 'consumer'),
})
const coordinators = (fact: Fact): Recipient => ({
  permission: 'sharing.request.coordinate',
  organ_id: organOf(fact, 'provider'),
})
const verifiers = (fact: Fact): Recipient => ({
  permission: 'sharing.correction.answer',
  organ_id: organOf(fact, 'provider'),
})
const raisers = (fact: Fact): Recipient => ({
  permission: 'sharing.correction.raise',
  organ_id: organOf(fact, 'consumer'),
})
const demanders = (fact: Fact): Recipient => ({
  permission: 'sharing.demand.file',
  organ_id: organOf(fact, 'consumer'),
})
const responsible = (fact: Fact): Recipient => ({
  permission: 'sharing.duty.answer',
  organ_id: organOf(fact, 'provider'),
})
const assigners = (fact: Fact): Recipient => ({
  permission: 'sharing.duty.assign',
  organ_id: organOf(fact, 'provider'),
})
const ofResource = (fact: Fact, permission: Permission): Recipient => ({
  permission,
  organ_id: organOf(fact, 'provider'),
})

const organsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/** Every department that has not answered yet, each for itself. */
const leadWaiting = (fact: Fact): Effect => ({
  turn: turn(
    fact,
    ...organsOf(fact.after.waiting_organ_ids).map((organ_id) =>
      todo(fact, 'lead_answer', { permission: 'catalog.lead.answer', organ_id }),
    ),
  ),
})

const leadTold = (fact: Fact, kind: NoticeKind): Effect => ({
  turn: turn(fact),
  notices: organsOf(fact.after.asked_organ_ids).map((organ_id) =>
    notice(fact, kind, { permission: 'catalog.resource.edit', organ_id }),
  ),
})

const ofApplication = (fact: Fact, verb: 'handle' | 'approve' | 'appeal'): Recipient =>
  ofResource(fact, `opendata.application.${verb}`)

const applicationTurn = (fact: Fact, kind: TodoKind, verb: 'handle' | 'approve' | 'appeal'): Effect => ({
  turn: turn(fact, todo(fact, kind, ofApplication(fact, verb))),
})

const applicationDone = (fact: Fact): Effect => ({ turn: turn(fact) })

const feeders = (fact: Fact): Recipient => ofResource(fact, 'exchange.feed.edit')

const todo = (fact: Fact, kind: TodoKind, to: Recipient): TodoDraft => {
  const [rule, started_on] = [textOf(fact.after, 'clock_rule'), textOf(fact.after, 'clock_started_on')]
  return { ...to, kind, title: textOf(fact.after, 'title'), clock: rule && started_on ? { rule, started_on } : null }
}

const notice = (fact: Fact, kind: NoticeKind, to: Recipient): NoticeDraft => {
  const text = textOf(fact.after, 'text') || textOf(fact.after, 'reason') || textOf(fact.after, 'opinion')
  return { ...to, kind, title: textOf(fact.after, 'title'), text }
}

const releaseDecided = (fact: Fact, kind: NoticeKind): Effect => ({
  turn: turn(fact),
  notices: [notice(fact, kind, ofResource(fact, 'opendata.release.propose'))],
})

// What was removed tells its revision as it was before.
const turn = ({ after, before }: Fact, ...todos: TodoDraft[]): Turn => ({
  position: Number(after.revision ?? before.revision ?? 0),
  todos,
})

// A correction has two moments only, hence no revision of its own.
const verified = (position: 1 | 2, ...todos: TodoDraft[]): Turn => ({ position, todos })

// Who has to do with what a citizen brought is told with the fact: its department, or the office.
const inquirers = (fact: Fact): Recipient => ofResource(fact, 'opendata.inquiry.answer')
const office = (fact: Fact): Recipient => ofResource(fact, 'opendata.inquiry.assign')

const inquiryWaits = (fact: Fact): Effect => {
  if (fact.after.kind === 'showcase') return { turn: turn(fact, todo(fact, 'showcase_review', office(fact))) }
  return fact.after.is_assigned === true
    ? { turn: turn(fact, todo(fact, 'inquiry_answer', inquirers(fact))) }
    : { turn: turn(fact, todo(fact, 'inquiry_assign', office(fact))) }
}

const RULES: Record<string, Rule> = {
  'sharing.request.submitted': (fact) =>
    fact.after.state === 'submitted'
      ? { turn: turn(fact, todo(fact, 'request_decide', deciders(fact))) }
      : { notices: [notice(fact, 'request_granted_at_once', deciders(fact))] },
  'sharing.request.decided': (fact) => {
    const told = notice(fact, 'request_decided', askers(fact))
    const outcome = sharing.REQUEST_STATES.titles[textOf(fact.after, 'outcome') as sharing.RequestState]
    const text = told.text ? `${outcome}：${told.text}` : outcome
    return { turn: turn(fact), notices: fact.after.at_once === true ? [] : [{ ...told, text }] }
  },
  'sharing.request.withdrawn': (fact) => ({
    turn: turn(fact),
    notices: fact.before.state === 'draft' ? [] : [notice(fact, 'request_withdrawn', deciders(fact))],
  }),
  'sharing.request.disputed': (fact) => ({ turn: turn(fact, todo(fact, 'request_reconsider', deciders(fact))) }),
  'sharing.request.escalated': (fact) => ({
    turn: turn(fact, todo(fact, 'request_coordinate', coordinators(fact))),
    notices: [notice(fact, 'request_escalated', deciders(fact))],
  }),
  'sharing.request.raised': (fact) => ({
    turn: turn(fact, todo(fact, 'request_coordinate', coordinators(fact))),
    notices: [deciders(fact), askers(fact)].map((to) => notice(fact, 'ladder_raised', to)),
  }),
  'sharing.ladder.red_marked': (fact) => ({
    notices: [deciders(fact), coordinators(fact), askers(fact)].map((to) => notice(fact, 'ladder_red', to)),
  }),
  // What the provider has to do next is announced by `submitted` in the same transaction.
  'sharing.request.reopened': (fact) => ({ notices: [notice(fact, 'request_reopened', askers(fact))] }),
  'sharing.request.upheld': (fact) => ({
    turn: turn(fact),
    notices: [notice(fact, 'request_upheld', askers(fact)), notice(fact, 'request_upheld', deciders(fact))],
  }),
  'sharing.request.settled': (fact) => ({
    turn: turn(fact),
    notices: [notice(fact, 'request_settled', deciders(fact))],
  }),
  'sharing.request.messaged': (fact) => {
    const to = [deciders(fact), askers(fact)].filter(({ organ_id }) => organ_id !== fact.organ_id)
    return { notices: to.map((one) => notice(fact, 'request_messaged', one)) }
  },
  'sharing.request.yellow_marked': (fact) => ({ notices: [notice(fact, 'request_yellow', deciders(fact))] }),
  // A red mark is also the business of the sharing authority and of whoever waits (domain R06, R07).
  'sharing.request.red_marked': (fact) => ({
    notices: [deciders(fact), coordinators(fact), askers(fact)].map((to) => notice(fact, 'request_red', to)),
  }),
  'sharing.correction.raised': (fact) => ({
    turn: verified(1, todo(fact, 'correction_answer', verifiers(fact))),
  }),
  'sharing.correction.answered': (fact) => ({
    turn: verified(2),
    notices: [notice(fact, 'correction_answered', raisers(fact))],
  }),
  'sharing.correction.yellow_marked': (fact) => ({ notices: [notice(fact, 'correction_yellow', verifiers(fact))] }),
  'sharing.correction.red_marked': (fact) => ({
    notices: [verifiers(fact), raisers(fact)].map((to) => notice(fact, 'correction_red', to)),
  }),
  // Whoever files or asks anew sees what was found on the page itself.
  'sharing.demand.matched': (fact) => ({
    notices: fact.after.is_asked === true ? [] : [notice(fact, 'demand_matched', demanders(fact))],
  }),
  'sharing.duty.assigned': (fact) => ({ turn: turn(fact, todo(fact, 'duty_answer', responsible(fact))) }),
  'sharing.duty.accepted': (fact) => ({ turn: turn(fact), notices: [notice(fact, 'duty_answered', demanders(fact))] }),
  'sharing.duty.refused': (fact) => ({
    turn: turn(fact, todo(fact, 'duty_coordinate', assigners(fact))),
    notices: [notice(fact, 'duty_answered', demanders(fact))],
  }),
  'sharing.duty.released': (fact) => ({
    turn: turn(fact),
    notices: [demanders(fact), responsible(fact)].map((to) => notice(fact, 'duty_answered', to)),
  }),
  'sharing.duty.yellow_marked': (fact) => ({ notices: [notice(fact, 'duty_yellow', responsible(fact))] }),
  'sharing.duty.red_marked': (fact) => ({
    notices: [responsible(fact), assigners(fact)].map((to) => notice(fact, 'duty_red', to)),
  }),
  'sharing.grant.narrowed': (fact) => ({ notices: [notice(fact, 'grant_narrowed', askers(fact))] }),
  'sharing.grant.affected': (fact) => ({
    notices: [askers(fact), deciders(fact)].map((to) => notice(fact, 'grant_affected', to)),
  }),
  'sharing.grant.revoked': (fact) => {
    if (fact.after.cause === 'provider') return { notices: [notice(fact, 'grant_revoked', askers(fact))] }
    if (fact.after.cause === 'consumer') return { notices: [notice(fact, 'grant_returned', deciders(fact))] }
    return {} // superseded: the new grant says all there is to say
  },
  'catalog.resource.submitted': (fact) => ({
    turn: turn(fact, todo(fact, 'resource_review', ofResource(fact, 'catalog.resource.review'))),
  }),
  'catalog.resource.approved': (fact) => ({
    turn: turn(fact, todo(fact, 'resource_publish', ofResource(fact, 'catalog.resource.publish'))),
  }),
  'catalog.resource.returned': (fact) => ({
    turn: turn(fact, todo(fact, 'resource_mend', ofResource(fact, 'catalog.resource.edit'))),
  }),
  'catalog.resource.published': (fact) => ({
    turn: turn(fact),
    notices: [notice(fact, 'resource_published', ofResource(fact, 'catalog.resource.edit'))],
  }),
  'catalog.resource.recalled': (fact) => ({ turn: turn(fact) }),
  'catalog.resource.removed': (fact) => ({ turn: turn(fact) }),
  'catalog.resource.revision_dropped': (fact) => ({ turn: turn(fact) }),
  // A revision under way goes on, and so does whatever it waits for.
  'catalog.resource.withdrawn': (fact) => ({
    ...(fact.after.state === 'withdrawn' ? { turn: turn(fact) } : {}),
    notices: [notice(fact, 'resource_withdrawn', ofResource(fact, 'catalog.resource.edit'))],
  }),
  // One task per organ and version of the standard, however many entries it has to bring up to it.
  'catalog.transition.opened': (fact) => ({
    turn: turn(fact, todo(fact, 'resource_conform', ofResource(fact, 'catalog.resource.edit'))),
  }),
  'catalog.transition.closed': (fact) => ({ turn: turn(fact) }),
  'catalog.lead.proposed': leadWaiting,
  'catalog.lead.answered': leadWaiting,
  'catalog.lead.contested': (fact) => ({
    turn: turn(fact, todo(fact, 'lead_decide', ofResource(fact, 'catalog.lead.decide'))),
  }),
  'catalog.lead.agreed': (fact) => leadTold(fact, 'lead_agreed'),
  'catalog.lead.dropped': (fact) => leadTold(fact, 'lead_dropped'),
  'catalog.lead.reversed': (fact) => leadTold(fact, 'lead_reversed'),
  'catalog.lead.withdrawn': (fact) => ({ turn: turn(fact) }),
  'opendata.application.received': (fact) => applicationTurn(fact, 'application_accept', 'handle'),
  'opendata.application.mended': (fact) => applicationTurn(fact, 'application_accept', 'handle'),
  'opendata.application.accepted': (fact) => applicationTurn(fact, 'application_decide', 'handle'),
  'opendata.application.returned': (fact) => applicationTurn(fact, 'application_decide', 'handle'),
  'opendata.application.proposed': (fact) => applicationTurn(fact, 'application_approve', 'approve'),
  'opendata.application.appealed': (fact) => ({
    ...applicationTurn(fact, 'application_appeal', 'appeal'),
    notices: [notice(fact, 'application_appealed', ofApplication(fact, 'approve'))],
  }),
  'opendata.application.noticed': applicationDone,
  'opendata.application.approved': applicationDone,
  'opendata.application.refused': applicationDone,
  'opendata.application.appeal_granted': applicationDone,
  'opendata.application.appeal_upheld': applicationDone,
  'opendata.application.lapsed': applicationDone,
  'opendata.application.revoked': applicationDone,
  'opendata.application.closed': applicationDone,
  'opendata.application.confirmed': (fact) => ({
    notices: [notice(fact, 'application_active', ofApplication(fact, 'handle'))],
  }),
  'opendata.application.yellow_marked': (fact) => ({
    notices: [notice(fact, 'application_yellow', ofApplication(fact, 'handle'))],
  }),
  'opendata.application.red_marked': (fact) => ({
    notices: (['handle', 'approve', 'appeal'] as const).map((verb) =>
      notice(fact, 'application_red', ofApplication(fact, verb)),
    ),
  }),
  'opendata.inquiry.received': inquiryWaits,
  'opendata.inquiry.assigned': inquiryWaits,
  'opendata.inquiry.reopened': inquiryWaits,
  'opendata.inquiry.kept': (fact) => ({
    ...inquiryWaits(fact),
    notices: [notice(fact, 'inquiry_kept', inquirers(fact))],
  }),
  'opendata.inquiry.refusal_proposed': (fact) => ({ turn: turn(fact, todo(fact, 'inquiry_refuse', office(fact))) }),
  'opendata.inquiry.answered': (fact) => ({ turn: turn(fact) }),
  'opendata.inquiry.refused': (fact) => ({ turn: turn(fact) }),
  'opendata.inquiry.supplemented': (fact) => ({
    notices: [notice(fact, 'inquiry_supplemented', fact.after.is_assigned === true ? inquirers(fact) : office(fact))],
  }),
  'opendata.inquiry.red_marked': (fact) => ({
    notices: [...(fact.after.is_assigned === true ? [inquirers(fact)] : []), office(fact)].map((to) =>
      notice(fact, 'inquiry_red', to),
    ),
  }),
  // What the provider held itself it has already looked at.
  'exchange.feed.held': (fact) => ({
    turn: fact.after.hold_reason ? turn(fact, todo(fact, 'feed_mend', feeders(fact))) : turn(fact),
  }),
  'exchange.feed.released': (fact) => ({ turn: turn(fact) }),
  'exchange.feed.changed': (fact) => ({ turn: turn(fact) }),
  'exchange.feed.detached': (fact) => ({ turn: turn(fact) }),
  // Rows kept out are one task per feed, however many there are; it is done when none waits any more.
  'exchange.reject.found': (fact) => ({ turn: turn(fact, todo(fact, 'reject_mend', feeders(fact))) }),
  'exchange.reject.replayed': (fact) => ({
    turn: turn(fact, ...(Number(fact.after.open ?? 0) > 0 ? [todo(fact, 'reject_mend', feeders(fact))] : [])),
  }),
  'opendata.release.proposed': (fact) => ({
    turn: turn(fact, todo(fact, 'release_review', ofResource(fact, 'opendata.release.review'))),
  }),
  'opendata.release.recalled': (fact) => ({ turn: turn(fact) }),
  'opendata.release.approved': (fact) => releaseDecided(fact, 'release_approved'),
  'opendata.release.rejected': (fact) => releaseDecided(fact, 'release_rejected'),
  'opendata.release.withdrawn': (fact) => releaseDecided(fact, 'release_withdrawn'),
  // Rows that may not go out hold their edition until the source or the release is mended; nobody lets them through.
  'opendata.edition.held': (fact) => ({
    turn: turn(fact, todo(fact, 'edition_mend', ofResource(fact, 'opendata.release.propose'))),
  }),
  'opendata.edition.rechecked': (fact) => ({ turn: turn(fact) }),
  'opendata.edition.staged': (fact) => ({ turn: turn(fact) }),
  'opendata.edition.discarded': (fact) => ({ turn: turn(fact) }),
  'opendata.source.ended': (fact) => ({
    notices: [notice(fact, 'source_ended', ofResource(fact, 'opendata.release.propose'))],
  }),
  'exchange.drift.found': (fact) => ({ notices: [notice(fact, 'feed_drifted', feeders(fact))] }),
  'exchange.subscription.affected': (fact) => ({ notices: [notice(fact, 'grant_affected', askers(fact))] }),
  'exchange.feed.outdated': (fact) => ({ notices: [notice(fact, 'feed_outdated', feeders(fact))] }),
  'exchange.run.failed': (fact) => ({ notices: [notice(fact, 'run_failed', feeders(fact))] }),
  'exchange.agent.fenced': (fact) => ({
    notices: [notice(fact, 'agent_fenced', ofResource(fact, 'exchange.agent.edit'))],
  }),
}

/** Event types the inbox listens to. */
export const DELIVERED: readonly string[] = Object.keys(RULES)

/** What a fact means for people: who has to act from now on, and who is told. */
export const effectOf = (fact: Fact): Effect => RULES[fact.type]?.(fact) ?? {}

/** Every permission that to-dos and notices are addressed by. */
export const ADDRESSED = [
  'sharing.request.decide',
  'sharing.request.create',
  'sharing.request.coordinate',
  'sharing.correction.answer',
  'sharing.correction.raise',
  'sharing.demand.file',
  'sharing.duty.answer',
  'sharing.duty.assign',
  'catalog.resource.review',
  'catalog.resource.publish',
  'catalog.resource.edit',
  'catalog.lead.answer',
  'catalog.lead.decide',
  'exchange.feed.edit',
  'exchange.agent.edit',
  'opendata.release.propose',
  'opendata.release.review',
  'opendata.application.handle',
  'opendata.application.approve',
  'opendata.application.appeal',
  'opendata.inquiry.answer',
  'opendata.inquiry.assign',
] as const satisfies readonly Permission[]
