import type { OpenContent } from './opendata.ts'
import type { Citation } from './site.citation.ts'
import type { SiteVersion } from './site.file.ts'
import type { ChartPreview, MapPreview, PreviewKind, TablePreview } from './site.preview.ts'
import type { SiteColumn } from './site.ts'

/** The addresses of one dataset, in the order of its tabs; `questions` and `apps` lead to pages of their own groups. */
export const DATASET_TABS = {
  overview: '概览',
  preview: '预览',
  fields: '字段',
  downloads: '下载',
  api: '接口',
  apps: '应用',
  questions: '提问与纠错',
  versions: '历史版本',
} as const
export type DatasetTab = keyof typeof DATASET_TABS

/** When data were to come and whether they did. */
export interface UpdateState {
  readonly cycle: string | null
  /** Date the rows tell of; `null` where only the description is open so far. */
  readonly data_on: string | null
  /** Next delivery; `null` without a cycle or without data. */
  readonly due_on: string | null
  /** Days past `due_on`, 0 while there is time. */
  readonly days_late: number
}

export interface DatasetQuality {
  readonly title: string
  readonly reasons: readonly { readonly text: string; readonly is_good: boolean }[]
}

/** What stands above every tab of a dataset. */
export interface DatasetTop {
  readonly content: OpenContent
  readonly release_no: number
  readonly released_on: string
  readonly edition_no: number | null
  readonly row_count: number | null
  readonly update: UpdateState
  readonly quality: DatasetQuality | null
  readonly has_places: boolean
  /** Whether anybody may read rows and files without a key. */
  readonly is_free: boolean
}

/** Rows as they are shown: one of the three, the others where they would be something. */
export interface DatasetPreview {
  readonly kind: PreviewKind
  readonly kinds: readonly PreviewKind[]
  readonly table: TablePreview | null
  readonly chart: ChartPreview | null
  readonly map: MapPreview | null
}

interface Tab<T extends string> {
  readonly page: T
  readonly top: DatasetTop
}

export interface DatasetView extends Tab<'dataset'> {
  readonly preview: DatasetPreview | null
  readonly drawing: DatasetPreview | null
  readonly citation: Citation | null
  readonly threads: { readonly waiting: number; readonly answered: number }
  readonly apps: number
}

export interface DatasetPreviewView extends Tab<'dataset_preview'> {
  readonly preview: DatasetPreview | null
}

export interface DatasetFieldsView extends Tab<'dataset_fields'> {
  readonly columns: readonly SiteColumn[]
}

export interface DatasetDownloadsView extends Tab<'dataset_downloads'> {
  readonly version: SiteVersion | null
}

export interface DatasetApiView extends Tab<'dataset_api'> {
  readonly origin: string
  readonly dataset_id: string
  /** First rows, as the interface answers them. */
  readonly example: string | null
  readonly calls: readonly { readonly title: string; readonly curl: string }[]
}

export interface DatasetAppsView extends Tab<'dataset_apps'> {
  readonly apps: readonly SiteApp[]
}

export interface DatasetVersionsView extends Tab<'dataset_versions'> {
  readonly versions: readonly SiteVersion[]
}

/** Something built with open data, shown once it was looked at. */
export interface SiteApp {
  readonly number: string
  readonly title: string
  readonly text: string
}

export interface TombstoneView {
  readonly page: 'tombstone'
  readonly title: string
  readonly organ_name: string
  readonly withdrawn_on: string
  readonly reason: string
}

export type AnyDatasetView =
  | DatasetView
  | DatasetPreviewView
  | DatasetFieldsView
  | DatasetDownloadsView
  | DatasetApiView
  | DatasetAppsView
  | DatasetVersionsView
  | TombstoneView
