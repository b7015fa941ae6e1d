import * as contract from '@sanjiang/contract/ledger'
import { serve } from '#kernel/serve.ts'
import { getEntry, listAccess, listEntries, listLogs, querySubject } from './entry.service.ts'

export const entryRoutes = [
  serve(contract.listLogs, (ctx, { query }) => listLogs(ctx, query)),
  serve(contract.listEntries, (ctx, { query }) => listEntries(ctx, query)),
  serve(contract.getEntry, (ctx, { params }) => getEntry(ctx, params)),
  serve(contract.querySubject, (ctx, { body }) => querySubject(ctx, body)),
  serve(contract.listAccess, (ctx, { query }) => listAccess(ctx, query)),
]
