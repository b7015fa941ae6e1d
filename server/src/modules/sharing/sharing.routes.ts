import { sharing as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { answerCorrection, listCorrections, raiseCorrection } from './correction.service.ts'
import { readCorrection } from './correction.view.ts'
import { decideRequest } from './decision.service.ts'
import { demandRoutes } from './demand/demand.routes.ts'
import {
  coordinateRequest,
  disputeRequest,
  escalateRequest,
  raiseRequest,
  reconsiderRequest,
  sendMessage,
  settleRequest,
} from './dispute.service.ts'
import { dutyRoutes } from './duty/duty.routes.ts'
import { findingRoutes } from './finding/finding.routes.ts'
import {
  bindClient,
  getGrant,
  getResourceUse,
  listGrants,
  narrowGrant,
  returnGrant,
  revokeGrant,
} from './grant.service.ts'
import { recordMeeting } from './ladder/ladder.service.ts'
import {
  countRequests,
  createRequest,
  listRequests,
  saveRequest,
  submitRequest,
  withdrawRequest,
} from './request.service.ts'
import { readRequest } from './request.view.ts'

const choices = (titles: Record<string, string>) => Object.entries(titles).map(([code, title]) => ({ code, title }))

export const routes: readonly Route[] = [
  ...demandRoutes,
  ...dutyRoutes,
  ...findingRoutes,
  serve(contract.listChoices, async () => ({
    purposes: choices(contract.PURPOSES.titles),
    refusal_reasons: choices(contract.REFUSAL_REASONS.titles),
    access_modes: choices(contract.ACCESS_MODES.titles),
    mask_rules: choices(contract.MASK_RULES.titles),
    quota_periods: choices(contract.QUOTA_PERIODS.titles),
  })),
  serve(contract.createRequest, (ctx, { body }) => createRequest(ctx, body)),
  serve(contract.saveRequest, (ctx, { params, body }) => saveRequest(ctx, params.id, body)),
  serve(contract.submitRequest, (ctx, { params }) => submitRequest(ctx, params.id)),
  serve(contract.withdrawRequest, (ctx, { params, body }) => withdrawRequest(ctx, params.id, body.reason ?? '')),
  serve(contract.decideRequest, (ctx, { params, body }) => decideRequest(ctx, params.id, body)),
  serve(contract.sendMessage, (ctx, { params, body }) => sendMessage(ctx, params.id, body.text)),
  serve(contract.disputeRequest, (ctx, { params, body }) => disputeRequest(ctx, params.id, body.text)),
  serve(contract.reconsiderRequest, (ctx, { params, body }) => reconsiderRequest(ctx, params.id, body.text)),
  serve(contract.escalateRequest, (ctx, { params, body }) => escalateRequest(ctx, params.id, body.text)),
  serve(contract.settleRequest, (ctx, { params, body }) => settleRequest(ctx, params.id, body.text)),
  serve(contract.coordinateRequest, (ctx, { params, body }) => coordinateRequest(ctx, params.id, body)),
  serve(contract.raiseRequest, (ctx, { params, body }) => raiseRequest(ctx, params.id, body.text)),
  serve(contract.recordMeeting, (ctx, { params, body }) => recordMeeting(ctx, params.id, body)),
  serve(contract.getRequest, (ctx, { params }) => readRequest(ctx, params.id)),
  serve(contract.listRequests, (ctx, { query }) => listRequests(ctx, query)),
  serve(contract.countRequests, (ctx, { query }) => countRequests(ctx, query.side ?? 'all')),
  serve(contract.listGrants, (ctx, { query }) => listGrants(ctx, query)),
  serve(contract.getGrant, (ctx, { params }) => getGrant(ctx, params.id)),
  serve(contract.narrowGrant, (ctx, { params, body }) => narrowGrant(ctx, params.id, body)),
  serve(contract.revokeGrant, (ctx, { params, body }) => revokeGrant(ctx, params.id, body.reason)),
  serve(contract.returnGrant, (ctx, { params, body }) => returnGrant(ctx, params.id, body.reason)),
  serve(contract.bindClient, (ctx, { params, body }) => bindClient(ctx, params.id, body.client_id)),
  serve(contract.getResourceUse, (ctx, { params }) => getResourceUse(ctx, params.id)),
  serve(contract.raiseCorrection, (ctx, { body }) => raiseCorrection(ctx, body)),
  serve(contract.answerCorrection, (ctx, { params, body }) => answerCorrection(ctx, params.id, body)),
  serve(contract.getCorrection, (ctx, { params }) => readCorrection(ctx, params.id)),
  serve(contract.listCorrections, (ctx, { query }) => listCorrections(ctx, query)),
]
