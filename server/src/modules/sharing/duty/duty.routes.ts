import { sharing as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import {
  acceptDuty,
  assignDuty,
  compileDuty,
  coordinateDuty,
  countDuties,
  listDuties,
  refuseDuty,
} from './duty.service.ts'
import { readDuty } from './duty.view.ts'

export const dutyRoutes: readonly Route[] = [
  serve(contract.assignDuty, (ctx, { params, body }) => assignDuty(ctx, params.id, body)),
  serve(contract.acceptDuty, (ctx, { params, body }) => acceptDuty(ctx, params.id, body)),
  serve(contract.compileDuty, (ctx, { params }) => compileDuty(ctx, params.id)),
  serve(contract.refuseDuty, (ctx, { params, body }) => refuseDuty(ctx, params.id, body)),
  serve(contract.coordinateDuty, (ctx, { params, body }) => coordinateDuty(ctx, params.id, body)),
  serve(contract.getDuty, (ctx, { params }) => readDuty(ctx, params.id)),
  serve(contract.listDuties, (ctx, { query }) => listDuties(ctx, query)),
  serve(contract.countDuties, (ctx) => countDuties(ctx)),
]
