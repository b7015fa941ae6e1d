import * as contract from '@sanjiang/contract/gateway'
import { serve } from '#kernel/serve.ts'
import { importOpenApi } from './openapi.service.ts'
import * as service from './service.service.ts'
import { tryCall } from './trial.service.ts'

export const serviceRoutes = [
  serve(contract.attachService, (ctx, { body }) => service.attachService(ctx, body)),
  serve(contract.changeService, (ctx, { params, body }) => service.changeService(ctx, params.id, body)),
  serve(contract.detachService, (ctx, { params, body }) => service.detachService(ctx, params.id, body.reason)),
  serve(contract.listServices, (ctx, { query }) => service.listServices(ctx, query)),
  serve(contract.getServiceFace, (ctx, { params }) => service.getServiceFace(ctx, params.id)),
  serve(contract.importOpenApi, (ctx, { body }) => importOpenApi(ctx, body)),
  serve(contract.tryCall, (ctx, { body }) => tryCall(ctx, body)),
]
