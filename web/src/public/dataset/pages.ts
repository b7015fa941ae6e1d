import type { AnyDatasetView } from '@sanjiang/contract/site.dataset'
import type { PublicPage } from '../page.ts'
import { ApiPage } from './api.page.tsx'
import { AppsPage } from './apps.page.tsx'
import { DownloadsPage } from './downloads.page.tsx'
import { FieldsPage } from './fields.page.tsx'
import { OverviewPage } from './overview.page.tsx'
import { PreviewPage } from './preview.page.tsx'
import { TombstonePage } from './tombstone.page.tsx'
import { VersionsPage } from './versions.page.tsx'

interface Topped {
  readonly top: { readonly content: { readonly title: string } }
}

const titled =
  (tab: string) =>
  ({ top }: Topped): string =>
    `${tab} · ${top.content.title}`

/** A dataset's tabs and what is left of one that was withdrawn. */
export const datasetPages: { readonly [P in AnyDatasetView['page']]: PublicPage<P> } = {
  dataset: { title: ({ top }) => top.content.title, Body: OverviewPage },
  dataset_preview: { title: titled('预览'), Body: PreviewPage },
  dataset_fields: { title: titled('字段'), Body: FieldsPage },
  dataset_downloads: { title: titled('下载'), Body: DownloadsPage },
  dataset_api: { title: titled('接口'), Body: ApiPage },
  dataset_apps: { title: titled('应用'), Body: AppsPage },
  dataset_versions: { title: titled('历史版本'), Body: VersionsPage },
  tombstone: { title: ({ title }) => `${title}（已撤回）`, Body: TombstonePage },
}
