import type { Clock } from './clock.ts'
import type { IntakeStanding, IntakeThread } from './opendata.intake.ts'
import type { DatasetTop } from './site.dataset.ts'

/** A form as it is shown: what was typed, what is wrong with it, and the token that lets it be sent. */
export interface FormState {
  readonly token: string
  readonly values: Readonly<Record<string, string>>
  readonly faults: readonly FormFault[]
}

export interface FormFault {
  /** Name of the field, which is also its id on the page; `form` where none is to blame. */
  readonly field: string
  readonly message: string
}

/** A matter as everybody may read it. */
export interface SiteThread extends Omit<IntakeThread, 'rule_code' | 'clock_started_on'> {
  readonly number: string
  readonly clock: Clock | null
}

/** Part of a list, with where it stands in the whole. */
export interface ThreadPart {
  readonly rows: readonly SiteThread[]
  readonly total: number
  readonly from: number
  readonly limit: number
}

export interface DatasetName {
  readonly slug: string
  readonly title: string
  readonly organ_name: string
}

export interface QuestionsView extends ThreadPart {
  readonly page: 'questions'
  readonly top: DatasetTop
  readonly counts: { readonly waiting: number; readonly answered: number }
}

export interface QuestionFormView {
  readonly page: 'question_form'
  readonly kind: 'question' | 'correction'
  readonly dataset: DatasetName
  /** Fields of the dataset, to name one that is wrong. */
  readonly fields: readonly string[]
  readonly days: number
  readonly form: FormState
}

export interface WishesView extends ThreadPart {
  readonly page: 'wishes'
  readonly q: string
  /** Datasets that are open already and read like what is sought. */
  readonly open: readonly DatasetName[]
}

export interface WishView {
  readonly page: 'wish'
  readonly thread: SiteThread
  readonly form: FormState
  readonly said: '' | 'supported' | 'supported_today'
}

export interface WishFormView {
  readonly page: 'wish_form'
  readonly days: number
  readonly form: FormState
  readonly similar: readonly SiteThread[]
  readonly open: readonly DatasetName[]
}

export interface ShowcaseView extends ThreadPart {
  readonly page: 'showcase'
  readonly titles: Readonly<Record<string, string>>
  readonly report: ReuseReport
}

export interface ShowcaseAppView {
  readonly page: 'showcase_app'
  readonly thread: SiteThread
  readonly titles: Readonly<Record<string, string>>
  readonly form: FormState
  readonly said: '' | 'reported'
}

/** How open data is used again, counted over what is shown. */
export interface ReuseReport {
  readonly apps: number
  readonly datasets: number
  readonly working: number
  readonly broken: number
  readonly checked_on: string | null
  readonly most_used: readonly { readonly slug: string; readonly title: string; readonly apps: number }[]
  readonly kinds: readonly { readonly kind: string; readonly apps: number }[]
}

export interface ShowcaseFormView {
  readonly page: 'showcase_form'
  readonly days: number
  readonly form: FormState
}

/** Shown once: number and code are nowhere else to be had. */
export interface SentView {
  readonly page: 'sent'
  readonly title: string
  readonly number: string
  readonly code: string
  readonly days: number | null
  /** Where the reader may go on. */
  readonly back: { readonly href: string; readonly title: string }
}

export interface StatusFormView {
  readonly page: 'status_form'
  readonly form: FormState
}

export interface StatusView {
  readonly page: 'status'
  readonly number: string
  readonly code: string
  readonly kind: string
  readonly submitted_on: string
  /** `null` until the inside has fetched it. */
  readonly standing: IntakeStanding | null
  readonly clock: Clock | null
  readonly form: FormState
  readonly said: '' | 'supplemented' | 'reopened'
}

export type IntakePage =
  | QuestionsView
  | QuestionFormView
  | WishesView
  | WishView
  | WishFormView
  | ShowcaseView
  | ShowcaseAppView
  | ShowcaseFormView
  | SentView
  | StatusFormView
  | StatusView
