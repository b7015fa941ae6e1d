import { type Feature, pageOf } from '../../feature.ts'
import { releaseMenu, releaseRoutes } from './release.routes.tsx'

const APPLICATIONS = 'opendata.application.read'
const INQUIRIES = 'opendata.inquiry.read'

export const opendataFeature: Feature = {
  routes: [
    ...releaseRoutes,
    {
      path: '/opendata/applications',
      need: APPLICATIONS,
      page: pageOf(() => import('./application-list.page.tsx').then((module) => module.ApplicationListPage)),
    },
    {
      path: '/opendata/applications/:id',
      need: APPLICATIONS,
      page: pageOf(() => import('./application.page.tsx').then((module) => module.ApplicationPage)),
    },
    {
      path: '/opendata/promises',
      need: APPLICATIONS,
      page: pageOf(() => import('./promise-list.page.tsx').then((module) => module.PromiseListPage)),
    },
    {
      path: '/opendata/inquiries',
      need: INQUIRIES,
      page: pageOf(() => import('./inquiry-list.page.tsx').then((module) => module.InquiryListPage)),
    },
    {
      path: '/opendata/inquiries/:id',
      need: INQUIRIES,
      page: pageOf(() => import('./inquiry.page.tsx').then((module) => module.InquiryPage)),
    },
  ],
  menu: [
    ...releaseMenu,
    { title: '公众来件', path: '/opendata/inquiries', group: 'opendata', need: INQUIRIES },
    { title: '有条件开放申请', path: '/opendata/applications', group: 'opendata', need: APPLICATIONS },
  ],
}
