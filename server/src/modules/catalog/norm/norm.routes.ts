import { catalog as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { getNorm, listNorms, listReliance, saveNorm } from './norm.service.ts'

export const normRoutes: readonly Route[] = [
  serve(contract.listNorms, (ctx, { query }) => listNorms(ctx, query)),
  serve(contract.getNorm, (ctx, { params }) => getNorm(ctx, params.norm)),
  serve(contract.saveNorm, (ctx, { params, body }) => saveNorm(ctx, params.norm, body)),
  serve(contract.listReliance, (ctx, { params, query }) => listReliance(ctx, params.norm, query)),
]
