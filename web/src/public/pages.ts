import type { SiteView } from '@sanjiang/contract/site'
import { AccessibilityPage } from './accessibility.page.tsx'
import { DatasetPage, TombstonePage } from './dataset.page.tsx'
import { FaultPage } from './fault.page.tsx'
import { HomePage } from './home.page.tsx'
import type { PublicPage } from './page.ts'
import { SearchPage } from './search.page.tsx'

/** Every page there is: one line each. */
export const PAGES: { readonly [P in SiteView['page']]: PublicPage<P> } = {
  home: { title: '青海省公共数据开放', Body: HomePage },
  search: { title: ({ q }) => (q ? `“${q}”的检索结果` : '全部数据集'), Body: SearchPage },
  dataset: { title: ({ content }) => content.title, Body: DatasetPage },
  tombstone: { title: ({ title }) => `${title}（已撤回）`, Body: TombstonePage },
  accessibility: { title: '无障碍声明', Body: AccessibilityPage },
  fault: { title: ({ title }) => title, Body: FaultPage },
}
