import { type Feature, pageOf } from '../../feature.ts'

export const inboxFeature: Feature = {
  routes: [
    {
      path: '/',
      need: 'session',
      page: pageOf(() => import('./workbench.page.tsx').then((module) => module.WorkbenchPage)),
    },
  ],
  menu: [{ title: '我的工作台', path: '/', group: 'work', need: 'session' }],
}
