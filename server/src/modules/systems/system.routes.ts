import { systems as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { changeSystem, getSystem, listSystems, registerSystem } from './system.service.ts'

export const routes: readonly Route[] = [
  serve(contract.listSystems, (ctx, { query }) => listSystems(ctx, query)),
  serve(contract.getSystem, (ctx, { params }) => getSystem(ctx, params.id)),
  serve(contract.registerSystem, (ctx, { body }) => registerSystem(ctx, body)),
  serve(contract.changeSystem, (ctx, { params, body }) => changeSystem(ctx, params.id, body)),
]
