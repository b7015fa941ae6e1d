import { catalog as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { getOrganQuality, getQuality, listEntryFindings } from './quality.service.ts'
import { listRuleRows } from './quality.store.ts'

export const qualityRoutes: readonly Route[] = [
  serve(contract.getQuality, (ctx, { params }) => getQuality(ctx, params.id)),
  serve(contract.listQualityRules, (ctx) => listRuleRows(ctx.db)),
  serve(contract.getOrganQuality, (ctx, { query }) => getOrganQuality(ctx, query)),
  serve(contract.listEntryFindings, (ctx, { query }) => listEntryFindings(ctx, query)),
]
