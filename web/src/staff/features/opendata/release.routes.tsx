import { type FeatureRoute, type MenuEntry, pageOf } from '../../feature.ts'

/** What officers do to open data; the desks for what citizens send stand beside them. */
export const releaseRoutes: readonly FeatureRoute[] = [
  {
    path: '/opendata/releases',
    need: 'opendata.release.read',
    page: pageOf(() => import('./release-list.page.tsx').then((module) => module.ReleaseListPage)),
  },
  {
    path: '/opendata/releases/new',
    need: 'opendata.release.propose',
    page: pageOf(() => import('./release-new.page.tsx').then((module) => module.ReleaseNewPage)),
  },
  {
    path: '/opendata/editions/:id',
    need: 'opendata.release.read',
    page: pageOf(() => import('./edition.page.tsx').then((module) => module.EditionPage)),
  },
  {
    path: '/opendata/sources',
    need: 'opendata.release.read',
    page: pageOf(() => import('./source-list.page.tsx').then((module) => module.SourceListPage)),
  },
  {
    path: '/opendata/sources/new',
    need: 'opendata.release.propose',
    page: pageOf(() => import('./source-new.page.tsx').then((module) => module.SourceNewPage)),
  },
  {
    path: '/opendata/releases/:id',
    need: 'opendata.release.read',
    page: pageOf(() => import('./release.page.tsx').then((module) => module.ReleasePage)),
  },
]

export const releaseMenu: readonly MenuEntry[] = [
  { title: '数据开放', path: '/opendata/releases', group: 'opendata', need: 'opendata.release.read' },
  { title: '自动供数', path: '/opendata/sources', group: 'opendata', need: 'opendata.release.read' },
]
