import type { SiteRenderer, SiteView } from '@sanjiang/contract/site'
import { renderToStaticMarkup } from 'react-dom/server'
import dataset from './dataset.css?inline'
import draw from './draw/draw.css?inline'
import forms from './form.css?inline'
import home from './home.css?inline'
import { Layout } from './layout.tsx'
import type { PublicPage } from './page.ts'
import { PAGES } from './pages.ts'
import site from './site.css?inline'

export const STYLE: SiteRenderer['STYLE'] = [site, dataset, draw, home, forms].join('')

export const renderPage: SiteRenderer['renderPage'] = (view, frame) => {
  const { title, Body } = PAGES[view.page] as PublicPage<SiteView['page']>
  const markup = renderToStaticMarkup(
    <Layout
      page={view.page}
      title={typeof title === 'string' ? title : title(view)}
      q={view.page === 'search' ? view.q : ''}
      hasSearch={view.page !== 'home'}
      {...frame}
    >
      <Body {...view} />
    </Layout>,
  )
  return `<!doctype html>${markup}`
}
