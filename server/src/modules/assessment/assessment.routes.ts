import { assessment as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { getStatistics, listStatisticsRecords } from './statistics.service.ts'

export const routes: readonly Route[] = [
  serve(contract.getStatistics, (ctx, { query }) => getStatistics(ctx, query)),
  serve(contract.listStatisticsRecords, (ctx, { query }) => listStatisticsRecords(ctx, query)),
]
