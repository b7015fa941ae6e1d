import { type Feature, pageOf } from '../../feature.ts'

export const systemsFeature: Feature = {
  routes: [
    {
      path: '/systems/systems',
      need: 'systems.system.read',
      page: pageOf(() => import('./system-list.page.tsx').then((module) => module.SystemListPage)),
    },
    {
      path: '/systems/systems/new',
      need: 'systems.system.edit',
      page: pageOf(() => import('./system-new.page.tsx').then((module) => module.SystemNewPage)),
    },
    {
      path: '/systems/systems/:id',
      need: 'systems.system.read',
      page: pageOf(() => import('./system.page.tsx').then((module) => module.SystemPage)),
    },
  ],
  menu: [{ title: '信息系统', path: '/systems/systems', group: 'systems', need: 'systems.system.read' }],
}
