import { opendata as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import {
  acceptApplication,
  decideApplication,
  getApplication,
  listApplications,
  noticeApplication,
  proposeDecision,
  revokeAccess,
  settleAppeal,
} from './application.service.ts'
import { listPromises, setPromise } from './promise.service.ts'

export const applicationRoutes: readonly Route[] = [
  serve(contract.listApplications, (ctx, { query }) => listApplications(ctx, query)),
  serve(contract.getApplication, (ctx, { params }) => getApplication(ctx, params.id)),
  serve(contract.acceptApplication, (ctx, { params, body }) => acceptApplication(ctx, params.id, body)),
  serve(contract.noticeApplication, (ctx, { params, body }) => noticeApplication(ctx, params.id, body)),
  serve(contract.proposeDecision, (ctx, { params, body }) => proposeDecision(ctx, params.id, body)),
  serve(contract.decideApplication, (ctx, { params, body }) => decideApplication(ctx, params.id, body)),
  serve(contract.revokeAccess, (ctx, { params, body }) => revokeAccess(ctx, params.id, body)),
  serve(contract.settleAppeal, (ctx, { params, body }) => settleAppeal(ctx, params.id, body)),
  serve(contract.listPromises, (ctx, { query }) => listPromises(ctx, query)),
  serve(contract.setPromise, (ctx, { body }) => setPromise(ctx, body)),
]
