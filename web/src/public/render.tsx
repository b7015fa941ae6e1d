import type { SiteRenderer, SiteView } from '@sanjiang/contract/site'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { AccessibilityPage } from './accessibility.page.tsx'
import { DatasetPage, TombstonePage } from './dataset.page.tsx'
import { FaultPage } from './fault.page.tsx'
import { HomePage } from './home.page.tsx'
import { Layout } from './layout.tsx'
import { SearchPage } from './search.page.tsx'
import style from './site.css?inline'

const titleOf = (view: SiteView): string => {
  switch (view.page) {
    case 'home':
      return '青海省公共数据开放'
    case 'search':
      return view.q ? `“${view.q}”的检索结果` : '全部数据集'
    case 'dataset':
      return view.content.title
    case 'tombstone':
      return `${view.title}（已撤回）`
    case 'accessibility':
      return '无障碍声明'
    case 'fault':
      return view.title
  }
}

const bodyOf = (view: SiteView): ReactNode => {
  switch (view.page) {
    case 'home':
      return <HomePage {...view} />
    case 'search':
      return <SearchPage {...view} />
    case 'dataset':
      return <DatasetPage {...view} />
    case 'tombstone':
      return <TombstonePage {...view} />
    case 'accessibility':
      return <AccessibilityPage />
    case 'fault':
      return <FaultPage {...view} />
  }
}

export const STYLE: SiteRenderer['STYLE'] = style

export const renderPage: SiteRenderer['renderPage'] = (view, site) =>
  `<!doctype html>${renderToStaticMarkup(
    <Layout title={titleOf(view)} q={view.page === 'search' ? view.q : ''} hasSearch={view.page !== 'home'} {...site}>
      {bodyOf(view)}
    </Layout>,
  )}`
