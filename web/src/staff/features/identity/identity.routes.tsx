import { type Feature, pageOf } from '../../feature.ts'

export const identityFeature: Feature = {
  routes: [
    {
      path: '/identity/clients',
      need: 'identity.client.read',
      page: pageOf(() => import('./client-list.page.tsx').then((module) => module.ClientListPage)),
    },
    {
      path: '/identity/clients/:id',
      need: 'identity.client.read',
      page: pageOf(() => import('./client.page.tsx').then((module) => module.ClientPage)),
    },
    {
      path: '/identity/persons',
      need: 'identity.person.read',
      page: pageOf(() => import('./person-list.page.tsx').then((module) => module.PersonListPage)),
    },
    {
      path: '/identity/organs',
      need: 'identity.organ.read',
      page: pageOf(() => import('./organ-list.page.tsx').then((module) => module.OrganListPage)),
    },
    {
      path: '/identity/organs/:id',
      need: 'identity.organ.read',
      page: pageOf(() => import('./organ.page.tsx').then((module) => module.OrganPage)),
    },
    {
      path: '/identity/account',
      need: 'session',
      page: pageOf(() => import('./account.page.tsx').then((module) => module.AccountPage)),
    },
  ],
  menu: [
    { title: '应用系统', path: '/identity/clients', group: 'gateway', need: 'identity.client.read' },
    { title: '人员与角色', path: '/identity/persons', group: 'identity', need: 'identity.person.read' },
    { title: '机构', path: '/identity/organs', group: 'identity', need: 'identity.organ.read' },
    { title: '我的账号', path: '/identity/account', group: 'identity', need: 'session' },
  ],
}
