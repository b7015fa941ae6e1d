import { type Feature, pageOf } from '../../feature.ts'

const READ = 'exchange.subscription.read'

export const exchangeFeature: Feature = {
  routes: [
    {
      path: '/exchange/subscriptions',
      need: READ,
      page: pageOf(() => import('./subscription-list.page.tsx').then((module) => module.SubscriptionListPage)),
    },
    {
      path: '/exchange/subscriptions/new',
      need: 'exchange.subscription.edit',
      page: pageOf(() => import('./subscribe.page.tsx').then((module) => module.SubscribePage)),
    },
    {
      path: '/exchange/subscriptions/:id',
      need: READ,
      page: pageOf(() => import('./subscription.page.tsx').then((module) => module.SubscriptionPage)),
    },
    {
      path: '/exchange/feeds',
      need: 'exchange.feed.read',
      page: pageOf(() => import('./feed-list.page.tsx').then((module) => module.FeedListPage)),
    },
    {
      path: '/exchange/feeds/new',
      need: 'exchange.feed.edit',
      page: pageOf(() => import('./attach.page.tsx').then((module) => module.AttachPage)),
    },
    {
      path: '/exchange/feeds/:id/edit',
      need: 'exchange.feed.edit',
      page: pageOf(() => import('./attach.page.tsx').then((module) => module.ChangePage)),
    },
    {
      path: '/exchange/feeds/:id',
      need: 'exchange.feed.read',
      page: pageOf(() => import('./feed.page.tsx').then((module) => module.FeedPage)),
    },
    {
      path: '/exchange/agents',
      need: 'exchange.agent.read',
      page: pageOf(() => import('./agent-list.page.tsx').then((module) => module.AgentListPage)),
    },
    {
      path: '/exchange/agents/:id',
      need: 'exchange.agent.read',
      page: pageOf(() => import('./agent.page.tsx').then((module) => module.AgentPage)),
    },
  ],
  menu: [
    { title: '数据传输', path: '/exchange/subscriptions', group: 'exchange', need: READ },
    { title: '库表与文件挂接', path: '/exchange/feeds', group: 'exchange', need: 'exchange.feed.read' },
    { title: '前置节点', path: '/exchange/agents', group: 'exchange', need: 'exchange.agent.read' },
  ],
}
