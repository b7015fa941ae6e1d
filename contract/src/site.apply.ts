import type { Clock } from './clock.ts'
import type { FormStep } from './opendata.application.form.ts'
import type { IntakeStanding } from './opendata.intake.ts'
import type { DatasetName, FormState } from './site.intake.ts'
import type { TablePreview } from './site.preview.ts'

/** A conditional dataset as whoever thinks of applying needs to know it. */
export interface ApplyDataset extends DatasetName {
  readonly open_condition: string | null
  /** Working days promised, why so many, and the date they end if one applies today. */
  readonly days: number
  readonly source: string
  readonly due_on: string
  /** Months who applied is kept after the end; `null` until the inside has said so. */
  readonly kept_months: number | null
}

export interface ApplyView {
  readonly page: 'apply'
  readonly dataset: ApplyDataset
  /** A few rows, where the release allows it. */
  readonly sample: TablePreview | null
  /** To go on with what was begun. */
  readonly form: FormState
}

/** Number and code, as whoever holds them is shown them. */
export interface Claim {
  readonly number: string
  readonly code: string
}

export interface ApplyFormView {
  readonly page: 'apply_form'
  readonly dataset: ApplyDataset
  readonly step: FormStep
  /** `null` until something is kept. */
  readonly claim: Claim | null
  readonly promise: { readonly version: string; readonly lines: readonly string[] }
  readonly form: FormState
}

export interface ApplySavedView {
  readonly page: 'apply_saved'
  readonly dataset: ApplyDataset
  readonly claim: Claim
  readonly until: string
}

/** What whoever applied is told beyond what every sender is. */
export interface ApplicationStandingDetail {
  readonly slug: string
  readonly until: string | null
  readonly asked: readonly { readonly code: string; readonly text: string }[]
  readonly refusal: string | null
  readonly agreement: {
    readonly text: string
    readonly digest: string
    readonly version: string
    readonly ends_on: string
    readonly signed_at: string | null
  } | null
  readonly usage: readonly { readonly on: string; readonly requests: number; readonly bytes: number }[]
}

export interface ApplicationView extends Claim {
  readonly page: 'application'
  readonly standing: IntakeStanding
  readonly detail: ApplicationStandingDetail
  readonly clock: Clock
  readonly files: readonly { readonly title: string; readonly href: string }[]
  /** Whether one may apply for the dataset, once more: it is open on conditions. */
  readonly may_apply: boolean
  readonly origin: string
  readonly form: FormState
  readonly said: '' | 'mended' | 'signed' | 'signed_before' | 'rekeyed' | 'rekeyed_before' | 'appealed'
  /** Shown once, on the answer to the form that made it, and kept nowhere. */
  readonly secret: string | null
}

export type ApplyPage = ApplyView | ApplyFormView | ApplySavedView | ApplicationView
