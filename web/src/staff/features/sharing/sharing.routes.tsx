import { type Feature, pageOf } from '../../feature.ts'

const READ = 'sharing.request.read'

export const sharingFeature: Feature = {
  routes: [
    {
      path: '/sharing/demands',
      need: READ,
      page: pageOf(() => import('./demand-list.page.tsx').then((module) => module.DemandListPage)),
    },
    {
      path: '/sharing/demands/new',
      need: 'sharing.demand.file',
      page: pageOf(() => import('./demand-new.page.tsx').then((module) => module.DemandNewPage)),
    },
    {
      path: '/sharing/demands/:id',
      need: READ,
      page: pageOf(() => import('./demand.page.tsx').then((module) => module.DemandPage)),
    },
    {
      path: '/sharing/findings',
      need: READ,
      page: pageOf(() => import('./finding-list.page.tsx').then((module) => module.FindingListPage)),
    },
    {
      path: '/sharing/duties',
      need: READ,
      page: pageOf(() => import('./duty-list.page.tsx').then((module) => module.DutyListPage)),
    },
    {
      path: '/sharing/duties/:id',
      need: READ,
      page: pageOf(() => import('./duty-list.page.tsx').then((module) => module.DutyPage)),
    },
    {
      path: '/sharing/requests',
      need: READ,
      page: pageOf(() => import('./request-list.page.tsx').then((module) => module.RequestListPage)),
    },
    {
      path: '/sharing/requests/new',
      need: 'sharing.request.create',
      page: pageOf(() => import('./request-edit.page.tsx').then((module) => module.RequestEditPage)),
    },
    {
      path: '/sharing/requests/:id/edit',
      need: 'sharing.request.create',
      page: pageOf(() => import('./request-edit.page.tsx').then((module) => module.RequestEditPage)),
    },
    {
      path: '/sharing/requests/:id',
      need: READ,
      page: pageOf(() => import('./request.page.tsx').then((module) => module.RequestPage)),
    },
    {
      path: '/sharing/grants',
      need: 'sharing.grant.read',
      page: pageOf(() => import('./grant-list.page.tsx').then((module) => module.GrantListPage)),
    },
    {
      path: '/sharing/grants/:id',
      need: 'sharing.grant.read',
      page: pageOf(() => import('./grant.page.tsx').then((module) => module.GrantPage)),
    },
    {
      path: '/sharing/corrections',
      need: READ,
      page: pageOf(() => import('./correction-list.page.tsx').then((module) => module.CorrectionListPage)),
    },
    {
      path: '/sharing/corrections/new',
      need: 'sharing.correction.raise',
      page: pageOf(() => import('./correction-new.page.tsx').then((module) => module.CorrectionNewPage)),
    },
    {
      path: '/sharing/corrections/:id',
      need: READ,
      page: pageOf(() => import('./correction.page.tsx').then((module) => module.CorrectionPage)),
    },
  ],
  menu: [
    { title: '数据需求', path: '/sharing/demands', group: 'sharing', need: READ },
    { title: '责任清单', path: '/sharing/duties', group: 'sharing', need: READ },
    { title: '供需问题', path: '/sharing/findings', group: 'sharing', need: READ },
    { title: '共享申请', path: '/sharing/requests', group: 'sharing', need: READ },
    { title: '数据授权', path: '/sharing/grants', group: 'sharing', need: 'sharing.grant.read' },
    { title: '数据纠错', path: '/sharing/corrections', group: 'sharing', need: READ },
  ],
}
