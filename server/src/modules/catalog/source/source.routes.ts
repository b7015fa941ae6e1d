import { catalog as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { answerLead, decideLead, getLead, proposeLead, reverseLead, withdrawLead } from './lead.service.ts'
import { findSources, getCluster, listClusters, listItemSources, referItem } from './source.service.ts'

export const sourceRoutes: readonly Route[] = [
  serve(contract.listClusters, (ctx, { query }) => listClusters(ctx, query)),
  serve(contract.getCluster, (ctx, { params }) => getCluster(ctx, params.id)),
  serve(contract.proposeLead, (ctx, { body }) => proposeLead(ctx, body)),
  serve(contract.getLead, (ctx, { params }) => getLead(ctx, params.id)),
  serve(contract.answerLead, (ctx, { params, body }) => answerLead(ctx, params.id, body)),
  serve(contract.decideLead, (ctx, { params, body }) => decideLead(ctx, params.id, body)),
  serve(contract.withdrawLead, (ctx, { params, body }) => withdrawLead(ctx, params.id, body.reason)),
  serve(contract.reverseLead, (ctx, { params, body }) => reverseLead(ctx, params.id, body.reason)),
  serve(contract.listItemSources, (ctx, { params }) => listItemSources(ctx, params.id)),
  serve(contract.findSources, (ctx, { body }) => findSources(ctx, body)),
  serve(contract.referItem, (ctx, { params, body }) => referItem(ctx, params.id, body)),
]
