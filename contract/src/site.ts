import type {
  DevelopersView,
  LicencesView,
  LicenceView,
  Look,
  OrgansView,
  OrganView,
  PreferencesView,
  StandingView,
} from './site.about.ts'
import type { ApplyPage } from './site.apply.ts'
import type { AnyDatasetView, SiteApp } from './site.dataset.ts'
import type { IntakePage } from './site.intake.ts'
import type { SearchView } from './site.search.ts'
import type { StatisticsView } from './site.statistics.ts'

/** What the public pages are made from: data only, so that the renderer knows no database and the server no markup. */
export interface SiteDataset {
  readonly slug: string
  readonly title: string
  readonly organ_name: string
  readonly theme_title: string
  readonly open_type: 'unconditional' | 'conditional'
  readonly summary: string
  readonly released_on: string
}

export interface SiteTheme {
  readonly title: string
  readonly count: number
}

/**
 * What a column is good for beside being shown. `lon` and `lat` stand in pairs (CGCS2000 degrees), `shape` holds a GeoJSON
 * geometry, `category` names what a `measure` is drawn against.
 */
export type ColumnRole = 'key' | 'lon' | 'lat' | 'shape' | 'category' | 'measure'

/** One column of an edition, in order; `name` is the column of the data table. */
export interface SiteColumn {
  readonly name: string
  readonly title: string
  /** C M G text · N Y B F number · I integer · D date · T Beijing wall time · L yes or no; `shape` is G. */
  readonly data_type: string
  readonly length: number | null
  readonly role: ColumnRole | null
  readonly unit: string | null
  /** Of a status column: the column whose cells it explains (`site.status.ts`). */
  readonly status_of?: string
}

/** Words that stand in a column by which rows are told apart. */
export interface HeldValues {
  readonly title: string
  readonly values: readonly string[]
}

/** One delivery of a dataset's rows. */
export interface SiteEdition {
  readonly edition_no: number
  readonly is_current: boolean
  readonly table_name: string | null
  readonly columns: readonly SiteColumn[]
  readonly row_count: number
  readonly digest: string
  readonly data_on: string
  readonly carried_at: string
  readonly note: string
}

export interface HomeView {
  readonly page: 'home'
  readonly counts: {
    readonly datasets: number
    readonly organs: number
    readonly unconditional: number
    readonly rows: number
    readonly downloads: number
  }
  readonly popular: readonly { readonly slug: string; readonly title: string; readonly count: number }[]
  readonly apps: readonly SiteApp[]
  /** Feedback answered this month, newest first, and how many. */
  readonly answered: {
    readonly count: number
    readonly threads: readonly {
      readonly number: string
      readonly title: string
      readonly href: string
      readonly answered_on: string
    }[]
  }
  readonly themes: readonly SiteTheme[]
  readonly newest: readonly SiteDataset[]
  /** Business date of the figures. */
  readonly as_of: string
}

export interface AccessibilityView {
  readonly page: 'accessibility'
}

type AboutView =
  | PreferencesView
  | OrgansView
  | OrganView
  | LicencesView
  | LicenceView
  | DevelopersView
  | StandingView
  | StatisticsView

export interface FaultView {
  readonly page: 'fault'
  readonly status: number
  readonly title: string
  readonly detail: string
  /** Seconds after which it is worth trying again, where that is known. */
  readonly wait: number | null
}

/** Every page there is: one line each, in the order of the menu. */
export type SiteView =
  | ApplyPage
  | IntakePage
  | HomeView
  | SearchView
  | AnyDatasetView
  | AboutView
  | AccessibilityView
  | FaultView

/** What stands in a page's head beside its title: for feeds, search engines and catalogues. */
export interface SiteHead {
  readonly canonical?: string
  readonly alternates?: readonly { readonly type: string; readonly href: string; readonly title: string }[]
  /** schema.org, as data: no script runs on these pages. */
  readonly json_ld?: Readonly<Record<string, unknown>>
}

export interface SiteFrame {
  readonly style: string
  readonly demo: boolean
  readonly look: Look
  /** Who answers for the site. */
  readonly imprint: readonly string[]
  readonly head?: SiteHead
}

/** What `web/dist/public/public-server.js` gives the public role. */
export interface SiteRenderer {
  renderPage(view: SiteView, frame: SiteFrame): string
  readonly STYLE: string
}
