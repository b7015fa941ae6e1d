import type { ClockRun } from '@sanjiang/contract'
import type { InquiryKind, InquiryState } from '@sanjiang/contract/opendata'
import { INTAKE_KINDS, type IntakeStep } from '@sanjiang/contract/opendata.intake'
import { lineIn, proseIn } from '@sanjiang/contract/opendata.words'

export const KINDS = ['question', 'correction', 'wish', 'showcase'] as const satisfies readonly InquiryKind[]

/** What a submission says of each kind beside title and text: name and length; whatever else was sent is left where it is. */
const DETAIL: Readonly<Record<InquiryKind, Readonly<Record<string, number>>>> = {
  question: {},
  correction: { field: 100, row: 300, actual: 500, expected: 500 },
  wish: { purpose: 500, organ: 100 },
  showcase: { url: 500, kind: 20, developer: 60 },
}

const MAX_DATASETS = 20

export interface ReadBody {
  readonly title: string
  readonly text: string
  readonly detail: Readonly<Record<string, unknown>>
}

/**
 * Reads what was sent as its kind: capped, cleaned, never refused, since a stranger cannot be asked again. The outer zone may have
 * been taken over: its words are read as a stranger's.
 */
export const readBody = (kind: InquiryKind, body: Readonly<Record<string, unknown>>): ReadBody => {
  const detail: Record<string, unknown> = {}
  for (const [name, max] of Object.entries(DETAIL[kind])) {
    const value = lineIn(body[name], max)
    if (value !== '') detail[name] = value
  }
  if (kind === 'showcase')
    detail.datasets = Array.isArray(body.datasets)
      ? body.datasets.slice(0, MAX_DATASETS).flatMap((one) => lineIn(one, 64) || [])
      : []
  const text = proseIn(body.text, 2000) || '（没有文字）'
  return { title: lineIn(body.title, 60) || `${INTAKE_KINDS.titles[kind]}：${text.slice(0, 20)}`, text, detail }
}

export const textOfSupplement = (body: Readonly<Record<string, unknown>>): string => proseIn(body.text, 2000)

/** Everything a person wrote that others may come to see. */
export const wordsOf = ({ title, text, detail }: ReadBody): string =>
  [title, text, ...Object.values(detail).filter((one) => typeof one === 'string')].join('\n')

interface ClockFacts {
  readonly kind: InquiryKind
  readonly clock_started_on: string
  readonly closed_on: string | null
}

export const inquiryRun = ({ kind, clock_started_on, closed_on }: ClockFacts): ClockRun => ({
  rule_code: `inquiry_${kind}`,
  started_on: clock_started_on,
  stopped_on: closed_on,
})

export const inquiryTitle = ({ kind, title }: { readonly kind: InquiryKind; readonly title: string }): string =>
  `${INTAKE_KINDS.titles[kind]}：${title}`

export interface InquiryStanding {
  readonly kind: InquiryKind
  readonly state: InquiryState
  readonly visibility: string
  readonly refusal_by: string | null
}

export interface ActorStanding {
  readonly person_id: string | null
  /** Of the department it was assigned to, and may answer there. */
  readonly is_handler: boolean
  /** Of the office. */
  readonly is_office: boolean
}

/**
 * Verbs open to the actor. What a department is asked it answers itself, and cannot make go away: not to take it needs the
 * office, and another person than who proposed it.
 */
export const inquiryCan = (row: InquiryStanding, actor: ActorStanding): string[] => {
  const { is_handler, is_office } = actor
  if (row.state !== 'waiting') return row.state === 'answered' && (is_handler || is_office) ? ['moderate'] : []
  const isProposed = row.refusal_by !== null
  const answers = row.kind === 'showcase' ? is_office : is_handler
  return [
    ...(is_office && row.kind !== 'showcase' ? ['assign'] : []),
    ...(is_handler || is_office ? ['moderate'] : []),
    ...(answers && row.visibility !== 'pending' && !isProposed ? ['answer'] : []),
    ...(is_handler && !isProposed ? ['propose_refusal'] : []),
    ...(is_office && row.refusal_by !== actor.person_id ? ['refuse'] : []),
    ...(is_office && isProposed ? ['keep'] : []),
  ]
}

const MAX_STEPS = 50

export const withStep = (steps: readonly IntakeStep[], step: IntakeStep): IntakeStep[] =>
  [...steps, step].slice(-MAX_STEPS)
