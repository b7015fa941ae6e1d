import { type Feature, pageOf } from '../../feature.ts'

export const gatewayFeature: Feature = {
  routes: [
    {
      path: '/gateway/services',
      need: 'gateway.service.edit',
      page: pageOf(() => import('./service-list.page.tsx').then((module) => module.ServiceListPage)),
    },
    {
      path: '/gateway/services/new',
      need: 'gateway.service.edit',
      page: pageOf(() => import('./service-edit.page.tsx').then((module) => module.ServiceEditPage)),
    },
    {
      path: '/gateway/trials',
      need: 'gateway.call.try',
      page: pageOf(() => import('./trial.page.tsx').then((module) => module.TrialPage)),
    },
  ],
  menu: [
    { title: '接口服务', path: '/gateway/services', group: 'gateway', need: 'gateway.service.edit' },
    { title: '在线试调用', path: '/gateway/trials', group: 'gateway', need: 'gateway.call.try' },
  ],
}
