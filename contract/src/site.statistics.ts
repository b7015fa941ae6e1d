/** Use of all datasets in one month. */
export interface UsageMonth {
  readonly month: string
  readonly views: number
  readonly downloads: number
  readonly calls: number
}

/** What citizens sent in one month, by kind, and what became of it. */
export interface AnswerMonth {
  readonly month: string
  readonly kind: string
  readonly received: number
  readonly answered: number
  readonly on_time: number
  readonly overdue: number
}

export interface Timeliness {
  /** With a cycle and data, not late. */
  readonly on_time: number
  readonly late: number
  /** Without a cycle, or without data so far. */
  readonly uncounted: number
}

/** Figures about the portal itself, as the page, the CSV and the JSON tell them. */
export interface Statistics {
  /** Business date they were counted on. */
  readonly as_of: string
  readonly datasets: number
  readonly unconditional: number
  readonly organs: number
  readonly rows: number
  readonly files: number
  readonly withdrawn: number
  readonly timeliness: Timeliness
  readonly months: readonly UsageMonth[]
  readonly answers: readonly AnswerMonth[]
  readonly organ_counts: readonly { readonly name: string; readonly datasets: number; readonly rows: number }[]
  readonly most_used: readonly { readonly slug: string; readonly title: string; readonly count: number }[]
}

export interface StatisticsView extends Statistics {
  readonly page: 'statistics'
}
