import { type Feature, pageOf } from '../../feature.ts'

const READ = 'ledger.entry.read'

export const ledgerFeature: Feature = {
  routes: [
    {
      path: '/ledger/logs',
      need: READ,
      page: pageOf(() => import('./log-list.page.tsx').then((module) => module.LogListPage)),
    },
    {
      path: '/ledger/entries',
      need: READ,
      page: pageOf(() => import('./entry-list.page.tsx').then((module) => module.EntryListPage)),
    },
    {
      path: '/ledger/logs/:log_id/entries/:seq',
      need: READ,
      page: pageOf(() => import('./entry.page.tsx').then((module) => module.EntryPage)),
    },
    {
      path: '/ledger/consistency',
      need: READ,
      page: pageOf(() => import('./consistency.page.tsx').then((module) => module.ConsistencyPage)),
    },
    {
      path: '/ledger/export',
      need: READ,
      page: pageOf(() => import('./export.page.tsx').then((module) => module.ExportPage)),
    },
    {
      path: '/ledger/row-proofs',
      need: 'exchange.row.ask',
      page: pageOf(() => import('./row-proof.page.tsx').then((module) => module.RowProofPage)),
    },
    {
      path: '/ledger/subject-queries',
      need: 'ledger.subject.query',
      page: pageOf(() => import('./subject-query.page.tsx').then((module) => module.SubjectQueryPage)),
    },
    {
      path: '/ledger/access',
      need: 'ledger.access.read',
      page: pageOf(() => import('./access-list.page.tsx').then((module) => module.AccessListPage)),
    },
  ],
  menu: [
    { title: '存证账本', path: '/ledger/logs', group: 'ledger', need: READ },
    { title: '账本条目', path: '/ledger/entries', group: 'ledger', need: READ },
    { title: '核验行证明', path: '/ledger/row-proofs', group: 'ledger', need: 'exchange.row.ask' },
    { title: '谁查了我', path: '/ledger/subject-queries', group: 'ledger', need: 'ledger.subject.query' },
    { title: '访问日志', path: '/ledger/access', group: 'ledger', need: 'ledger.access.read' },
  ],
}
