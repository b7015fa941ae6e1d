import { type Feature, pageOf } from '../../feature.ts'

export const catalogFeature: Feature = {
  routes: [
    {
      path: '/catalog/search',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./search.page.tsx').then((module) => module.SearchPage)),
    },
    {
      path: '/catalog/resources',
      need: ['catalog.resource.edit', 'catalog.resource.review', 'catalog.resource.publish'],
      page: pageOf(() => import('./resource-list.page.tsx').then((module) => module.ResourceListPage)),
    },
    {
      path: '/catalog/resources/new',
      need: 'catalog.resource.edit',
      page: pageOf(() => import('./resource-new.page.tsx').then((module) => module.ResourceNewPage)),
    },
    {
      path: '/catalog/resources/:id/edit',
      need: 'catalog.resource.edit',
      page: pageOf(() => import('./editor.page.tsx').then((module) => module.EditorPage)),
    },
    {
      path: '/catalog/resources/:id',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./resource.page.tsx').then((module) => module.ResourcePage)),
    },
    {
      path: '/catalog/resources/:id/review',
      need: ['catalog.resource.review', 'catalog.resource.publish'],
      page: pageOf(() => import('./review.page.tsx').then((module) => module.ReviewPage)),
    },
    {
      path: '/catalog/batches',
      need: 'catalog.batch.edit',
      page: pageOf(() => import('./batch-list.page.tsx').then((module) => module.BatchListPage)),
    },
    {
      path: '/catalog/batches/:id',
      need: 'catalog.batch.edit',
      page: pageOf(() => import('./batch.page.tsx').then((module) => module.BatchPage)),
    },
    {
      path: '/catalog/clusters',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./cluster-list.page.tsx').then((module) => module.ClusterListPage)),
    },
    {
      path: '/catalog/clusters/:id',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./cluster.page.tsx').then((module) => module.ClusterPage)),
    },
    {
      path: '/catalog/leads/:id',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./lead.page.tsx').then((module) => module.LeadPage)),
    },
    {
      path: '/catalog/entry-findings',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./entry-finding-list.page.tsx').then((module) => module.EntryFindingListPage)),
    },
    {
      path: '/catalog/quality-rules',
      need: 'catalog.resource.read',
      page: pageOf(() => import('./quality-rules.page.tsx').then((module) => module.QualityRulesPage)),
    },
    {
      path: '/catalog/harvest',
      need: 'catalog.harvest.read',
      page: pageOf(() => import('./harvest-list.page.tsx').then((module) => module.HarvestListPage)),
    },
    {
      path: '/catalog/harvest/new',
      need: 'catalog.harvest.edit',
      page: pageOf(() => import('./harvest-new.page.tsx').then((module) => module.HarvestNewPage)),
    },
    {
      path: '/catalog/harvest/:id',
      need: 'catalog.harvest.read',
      page: pageOf(() => import('./harvest-source.page.tsx').then((module) => module.HarvestSourcePage)),
    },
    {
      path: '/catalog/harvest-runs/:id',
      need: 'catalog.harvest.read',
      page: pageOf(() => import('./harvest-run.page.tsx').then((module) => module.HarvestRunPage)),
    },
    {
      path: '/catalog/standard',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./standard.page.tsx').then((module) => module.StandardPage)),
    },
    {
      path: '/catalog/standard/:standard/:version',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./edition/edition.page.tsx').then((module) => module.EditionPage)),
    },
    {
      path: '/catalog/effects/:id',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./edition/effect.page.tsx').then((module) => module.EffectPage)),
    },
    {
      path: '/catalog/transition',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./edition/transition.page.tsx').then((module) => module.TransitionPage)),
    },
    {
      path: '/catalog/norms',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./norm/norm-list.page.tsx').then((module) => module.NormListPage)),
    },
    {
      path: '/catalog/norms/:norm',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./norm/norm.page.tsx').then((module) => module.NormPage)),
    },
    {
      path: '/catalog/synonyms',
      need: 'catalog.standard.read',
      page: pageOf(() => import('./synonym.page.tsx').then((module) => module.SynonymPage)),
    },
  ],
  menu: [
    { title: '查找数据', path: '/catalog/search', group: 'catalog', need: 'catalog.resource.read' },
    {
      title: '编目与审核',
      path: '/catalog/resources',
      group: 'catalog',
      need: ['catalog.resource.edit', 'catalog.resource.review', 'catalog.resource.publish'],
    },
    { title: '批量导入', path: '/catalog/batches', group: 'catalog', need: 'catalog.batch.edit' },
    { title: '一数一源', path: '/catalog/clusters', group: 'catalog', need: 'catalog.resource.read' },
    { title: '日常检查', path: '/catalog/entry-findings', group: 'catalog', need: 'catalog.resource.read' },
    { title: '目录汇聚', path: '/catalog/harvest', group: 'catalog', need: 'catalog.harvest.read' },
    { title: '目录标准', path: '/catalog/standard', group: 'catalog', need: 'catalog.standard.read' },
    { title: '标准与制度库', path: '/catalog/norms', group: 'catalog', need: 'catalog.standard.read' },
    { title: '检索同义词', path: '/catalog/synonyms', group: 'catalog', need: 'catalog.resource.publish' },
  ],
}
