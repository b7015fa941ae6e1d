import * as contract from '@sanjiang/contract/ledger'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { download, serve } from '#kernel/serve.ts'
import { keysOf } from './access.service.ts'
import { toCheckpoint } from './checkpoint.rules.ts'
import { type CheckpointRow, findCheckpoint, findLatestCheckpoint, listCheckpointRows } from './checkpoint.store.ts'
import { exportPeriod } from './export.service.ts'
import { proveConsistency, proveInclusion } from './proof.service.ts'

const getTrust = (ctx: Ctx): contract.Trust => {
  const { node_id, demo, signers } = keysOf(ctx)
  return { node_id, demo, keys: signers.map(({ named }) => ({ ...named, role: 'node' })) }
}

const found = (row: CheckpointRow | undefined): contract.Checkpoint => {
  if (!row) throw new Fault('not_found', '还没有这个检查点')
  return toCheckpoint(row)
}

const DEFAULT_LIMIT = 20

export const checkpointRoutes = [
  serve(contract.getTrust, async (ctx) => getTrust(ctx)),
  serve(contract.getLatestCheckpoint, async ({ db }) => found(await findLatestCheckpoint(db))),
  serve(contract.getCheckpoint, async ({ db }, { params }) => found(await findCheckpoint(db, params.no))),
  serve(contract.listCheckpoints, async ({ db }, { query: { after, limit = DEFAULT_LIMIT } }) => {
    const rows = await listCheckpointRows(db, { after, limit })
    return toPage(rows.map(toCheckpoint), limit, ({ no }) => [no])
  }),
  serve(contract.getInclusionProof, (ctx, { params }) => proveInclusion(ctx, params.log_id, params.seq)),
  serve(contract.getConsistencyProof, (ctx, { params, query }) => proveConsistency(ctx, params.log_id, query)),
  serve(contract.exportPeriod, async (ctx, { query }) => {
    const { filename, stream } = await exportPeriod(ctx, keysOf(ctx), query)
    return download(filename, stream)
  }),
]
