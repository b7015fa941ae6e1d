import { opendata as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { applicationRoutes } from './application/application.routes.ts'
import {
  discardEdition,
  getEdition,
  listEditions,
  openEdition,
  putEditionPiece,
  readEdition,
} from './edition/edition.service.ts'
import { bindFigure, listFigures } from './figures/figure.service.ts'
import {
  approveRelease,
  getRelease,
  listReleases,
  proposeRelease,
  recallRelease,
  rejectRelease,
  withdrawRelease,
} from './release.service.ts'
import { bindSource, listChoices, listSources, unbindSource } from './source/source.service.ts'

export const routes: readonly Route[] = [
  serve(contract.proposeRelease, (ctx, { body }) => proposeRelease(ctx, body)),
  serve(contract.approveRelease, (ctx, { params, body }) => approveRelease(ctx, params.id, body.opinion)),
  serve(contract.rejectRelease, (ctx, { params, body }) => rejectRelease(ctx, params.id, body.opinion)),
  serve(contract.recallRelease, (ctx, { params }) => recallRelease(ctx, params.id)),
  serve(contract.withdrawRelease, (ctx, { params, body }) => withdrawRelease(ctx, params.id, body.reason)),
  serve(contract.getRelease, (ctx, { params }) => getRelease(ctx, params.id)),
  serve(contract.listReleases, (ctx, { query }) => listReleases(ctx, query)),
  serve(contract.openEdition, (ctx, { body }) => openEdition(ctx, body)),
  serve(contract.putEditionPiece, (ctx, { params, body }) => putEditionPiece(ctx, params, body.base64)),
  serve(contract.readEdition, (ctx, { params }) => readEdition(ctx, params.id)),
  serve(contract.discardEdition, (ctx, { params }) => discardEdition(ctx, params.id)),
  serve(contract.getEdition, (ctx, { params }) => getEdition(ctx, params.id)),
  serve(contract.listEditions, (ctx, { query }) => listEditions(ctx, query)),
  ...applicationRoutes,
  serve(contract.listFigures, (ctx) => listFigures(ctx)),
  serve(contract.listRowSources, (ctx, { query }) => listSources(ctx, query)),
  serve(contract.listSourceChoices, (ctx, { params }) => listChoices(ctx, params.id)),
  serve(contract.bindRowSource, (ctx, { params, body }) => bindSource(ctx, params.id, body)),
  serve(contract.unbindRowSource, (ctx, { params }) => unbindSource(ctx, params.id)),
  serve(contract.bindFigure, (ctx, { params, body }) => bindFigure(ctx, params.figure, body.resource_id)),
]
