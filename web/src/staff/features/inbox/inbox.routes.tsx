import { type Feature, pageOf } from '../../feature.ts'

export const inboxFeature: Feature = {
  routes: [
    {
      path: '/',
      need: 'session',
      page: pageOf(() => import('./workbench.page.tsx').then((module) => module.WorkbenchPage)),
    },
    {
      path: '/inbox/notices',
      need: 'session',
      page: pageOf(() => import('./notices.page.tsx').then((module) => module.NoticesPage)),
    },
  ],
  menu: [
    { title: '我的工作台', path: '/', group: 'work', need: 'session' },
    { title: '通知', path: '/inbox/notices', group: 'work', need: 'session' },
  ],
}
