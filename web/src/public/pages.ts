import type { SiteView } from '@sanjiang/contract/site'
import { SITE_NAME } from '@sanjiang/contract/site.name'
import { aboutPages } from './about/pages.ts'
import { applyPages } from './apply/pages.ts'
import { datasetPages } from './dataset/pages.ts'
import { FaultPage } from './fault.page.tsx'
import { HomePage } from './home.page.tsx'
import type { PublicPage } from './page.ts'
import { QuestionFormPage, QuestionsPage } from './question.page.tsx'
import { SearchPage } from './search.page.tsx'
import { ShowcaseAppPage, ShowcaseFormPage, ShowcasePage } from './showcase.page.tsx'
import { StatisticsPage } from './statistics.page.tsx'
import { SentPage, StatusFormPage, StatusPage } from './status.page.tsx'
import { WishesPage, WishFormPage, WishPage } from './wish.page.tsx'

/** Every page there is: one line each. */
export const PAGES: { readonly [P in SiteView['page']]: PublicPage<P> } = {
  home: { title: SITE_NAME, Body: HomePage },
  search: { title: ({ q }) => (q ? `“${q}”的检索结果` : '全部数据集'), Body: SearchPage },
  ...datasetPages,
  ...applyPages,
  questions: { title: ({ top }) => `提问与纠错 · ${top.content.title}`, Body: QuestionsPage },
  question_form: { title: ({ kind }) => (kind === 'correction' ? '我要纠错' : '我要提问'), Body: QuestionFormPage },
  wishes: { title: '未开放数据的需求', Body: WishesPage },
  wish: { title: ({ thread }) => thread.title, Body: WishPage },
  wish_form: { title: '提出未开放数据的需求', Body: WishFormPage },
  showcase: { title: '应用展示', Body: ShowcasePage },
  showcase_app: { title: ({ thread }) => thread.title, Body: ShowcaseAppPage },
  showcase_form: { title: '登记我的应用', Body: ShowcaseFormPage },
  sent: { title: ({ title }) => title, Body: SentPage },
  status_form: { title: '查询进度', Body: StatusFormPage },
  status: { title: ({ number }) => `进度 ${number}`, Body: StatusPage },
  ...aboutPages,
  statistics: { title: '开放统计', Body: StatisticsPage },
  fault: { title: ({ title }) => title, Body: FaultPage },
}
