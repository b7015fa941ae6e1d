import { catalog as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { getEffect, listEffectEntries, startEffect } from '../effect/effect.service.ts'
import { chooseStandard, getResourceTransition, getTransition } from '../transition/transition.service.ts'
import {
  adoptEdition,
  diffEditions,
  draftEdition,
  getEdition,
  listEditions,
  saveEdition,
  withdrawEdition,
} from './edition.service.ts'

export const editionRoutes: readonly Route[] = [
  serve(contract.listEditions, (ctx) => listEditions(ctx)),
  serve(contract.getEdition, (ctx, { params }) => getEdition(ctx, params)),
  serve(contract.draftEdition, (ctx, { params, body }) => draftEdition(ctx, params.standard, body.note ?? '')),
  serve(contract.saveEdition, (ctx, { params, body }) => saveEdition(ctx, params, body)),
  serve(contract.withdrawEdition, (ctx, { params, body }) => withdrawEdition(ctx, params, body.reason)),
  serve(contract.adoptEdition, (ctx, { params, body }) => adoptEdition(ctx, params, body)),
  serve(contract.diffEditions, (ctx, { params, query }) => diffEditions(ctx, params.standard, query)),
  serve(contract.startEffect, (ctx, { params }) => startEffect(ctx, params)),
  serve(contract.getEffect, (ctx, { params }) => getEffect(ctx, params)),
  serve(contract.listEffectEntries, (ctx, { params, query }) => listEffectEntries(ctx, params.id, query)),
  serve(contract.getTransition, (ctx) => getTransition(ctx)),
  serve(contract.getResourceTransition, (ctx, { params }) => getResourceTransition(ctx, params.id)),
  serve(contract.chooseStandard, (ctx, { params, body }) => chooseStandard(ctx, params.id, body.version)),
]
