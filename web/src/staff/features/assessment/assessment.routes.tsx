import { type Feature, pageOf } from '../../feature.ts'

export const assessmentFeature: Feature = {
  routes: [
    {
      path: '/assessment/statistics',
      need: 'assessment.statistics.read',
      page: pageOf(() => import('./statistics.page.tsx').then((module) => module.StatisticsPage)),
    },
    {
      path: '/assessment/statistics/records',
      need: 'assessment.statistics.read',
      page: pageOf(() => import('./statistics-records.page.tsx').then((module) => module.StatisticsRecordsPage)),
    },
  ],
  menu: [{ title: '统计', path: '/assessment/statistics', group: 'assessment', need: 'assessment.statistics.read' }],
}
