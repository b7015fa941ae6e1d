import { sharing as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import {
  countDemands,
  dismissCandidate,
  fileDemand,
  listDemands,
  matchDemand,
  stateEffect,
  withdrawDemand,
} from './demand.service.ts'
import { readDemand } from './demand.view.ts'
import { readDemandList } from './demand-list.service.ts'
import { pickCandidate } from './pick.service.ts'

export const demandRoutes: readonly Route[] = [
  serve(contract.fileDemand, (ctx, { body }) => fileDemand(ctx, body)),
  serve(contract.readDemandList, (ctx, { body }) => readDemandList(ctx, body)),
  serve(contract.withdrawDemand, (ctx, { params, body }) => withdrawDemand(ctx, params.id, body)),
  serve(contract.matchDemand, (ctx, { params }) => matchDemand(ctx, params.id)),
  serve(contract.dismissCandidate, (ctx, { params, body }) => dismissCandidate(ctx, params.id, body)),
  serve(contract.pickCandidate, (ctx, { params, body }) => pickCandidate(ctx, params.id, body)),
  serve(contract.stateEffect, (ctx, { params, body }) => stateEffect(ctx, params.id, body)),
  serve(contract.getDemand, (ctx, { params }) => readDemand(ctx, params.id)),
  serve(contract.listDemands, (ctx, { query }) => listDemands(ctx, query)),
  serve(contract.countDemands, (ctx, { query }) => countDemands(ctx, query)),
]
