import { exchange as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { getAgent, inviteAgent, listAgents, reinviteAgent, resumeAgent, suspendAgent } from './agent.service.ts'
import { decideDrift, listDrifts } from './drift.service.ts'
import {
  actOnFeed,
  attachFeed,
  browse,
  changeFeed,
  describeTables,
  listFeeds,
  readFeed,
  tryFeed,
} from './feed.service.ts'
import { getLineage } from './lineage.service.ts'
import { listDeliveries, listReconciliations, listRejects, listRuns } from './listing.service.ts'
import { startReconciliation } from './reconciliation.service.ts'
import { replayRejects } from './reject.service.ts'
import { askRow } from './row.service.ts'
import { actOnSubscription, listSubscriptions, readSubscription, subscribe } from './subscription.service.ts'
import { traceSubject } from './trace.service.ts'
import { listNotices, renewSecret } from './webhook.service.ts'

export const routes: readonly Route[] = [
  serve(contract.listAgents, (ctx, { query }) => listAgents(ctx, query)),
  serve(contract.getAgent, (ctx, { params }) => getAgent(ctx, params.id)),
  serve(contract.inviteAgent, (ctx, { body }) => inviteAgent(ctx, body.name)),
  serve(contract.reinviteAgent, (ctx, { params, body }) => reinviteAgent(ctx, params.id, body.reason)),
  serve(contract.suspendAgent, (ctx, { params, body }) => suspendAgent(ctx, params.id, body.reason)),
  serve(contract.resumeAgent, (ctx, { params, body }) => resumeAgent(ctx, params.id, body.reason)),
  serve(contract.browseAgent, (ctx, { params }) => browse(ctx, params.id, params.connection)),
  serve(contract.describeTables, (ctx, { params }) => describeTables(ctx, params.id, params.connection)),
  serve(contract.listFeeds, (ctx, { query }) => listFeeds(ctx, query)),
  serve(contract.getFeed, (ctx, { params }) => readFeed(ctx, params.id)),
  serve(contract.tryFeed, (ctx, { body }) => tryFeed(ctx, body)),
  serve(contract.attachFeed, (ctx, { body }) => attachFeed(ctx, body)),
  serve(contract.changeFeed, (ctx, { params, body }) => changeFeed(ctx, params.id, body)),
  serve(contract.actOnFeed, (ctx, { params, body }) => actOnFeed(ctx, params.id, body)),
  serve(contract.listRuns, (ctx, { params, query }) => listRuns(ctx, params.id, query)),
  serve(contract.listRejects, (ctx, { params, query }) => listRejects(ctx, params.id, query)),
  serve(contract.replayRejects, (ctx, { params, body }) => replayRejects(ctx, params.id, body.reject_ids)),
  serve(contract.listDrifts, (ctx, { params, query }) => listDrifts(ctx, params.id, query)),
  serve(contract.decideDrift, (ctx, { params, body }) => decideDrift(ctx, params.id, body)),
  serve(contract.getLineage, (ctx, { params }) => getLineage(ctx, params.id)),
  serve(contract.listSubscriptions, (ctx, { query }) => listSubscriptions(ctx, query)),
  serve(contract.getSubscription, (ctx, { params }) => readSubscription(ctx, params.id)),
  serve(contract.subscribe, (ctx, { body }) => subscribe(ctx, body)),
  serve(contract.actOnSubscription, (ctx, { params, body }) => actOnSubscription(ctx, params.id, body)),
  serve(contract.listDeliveries, (ctx, { params, query }) => listDeliveries(ctx, params.id, query)),
  serve(contract.askRow, (ctx, { params, body }) => askRow(ctx, params.id, body)),
  serve(contract.traceSubject, (ctx, { body }) => traceSubject(ctx, body)),
  serve(contract.listReconciliations, (ctx, { params, query }) => listReconciliations(ctx, params.id, query)),
  serve(contract.listNotices, (ctx, { params, query }) => listNotices(ctx, params.id, query)),
  serve(contract.renewWebhookSecret, (ctx, { params }) => renewSecret(ctx, params.id)),
  serve(contract.reconcile, (ctx, { params }) => startReconciliation(ctx, params.id)),
]
