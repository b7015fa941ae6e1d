import { sharing as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { listSharingFindings } from './finding.service.ts'

export const findingRoutes: readonly Route[] = [
  serve(contract.listSharingFindings, (ctx, { query }) => listSharingFindings(ctx, query)),
]
