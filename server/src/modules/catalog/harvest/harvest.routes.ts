import { catalog as contract } from '@sanjiang/contract'
import { download, type Route, serve } from '#kernel/serve.ts'
import { exportLog, listLog } from './log.service.ts'
import { previewHarvest, probeSource } from './preview.service.ts'
import { listPublishers, mapPublisher } from './publisher.service.ts'
import { cancelRun, decideRun, getRun, listRuns, orderRun, resumeRun } from './run.service.ts'
import { createSource, getSource, listSources, saveSource } from './source.service.ts'

export const harvestRoutes: readonly Route[] = [
  serve(contract.listHarvestSources, (ctx) => listSources(ctx)),
  serve(contract.createHarvestSource, (ctx, { body }) => createSource(ctx, body)),
  serve(contract.getHarvestSource, (ctx, { params }) => getSource(ctx, params.id)),
  serve(contract.saveHarvestSource, (ctx, { params, body }) => saveSource(ctx, params.id, body)),
  serve(contract.probeHarvestSource, (ctx, { body }) => probeSource(ctx, body)),
  serve(contract.previewHarvest, (ctx, { params, body }) => previewHarvest(ctx, params.id, body.limit ?? 10)),
  serve(contract.listHarvestPublishers, async (ctx, { params }) => {
    await getSource(ctx, params.id)
    return listPublishers(ctx.db, params.id)
  }),
  serve(contract.mapHarvestPublisher, (ctx, { params, body }) => mapPublisher(ctx, params.id, body)),
  serve(contract.orderHarvestRun, (ctx, { params }) => orderRun(ctx, params.id)),
  serve(contract.listHarvestRuns, (ctx, { params, query }) => listRuns(ctx, params.id, query)),
  serve(contract.getHarvestRun, (ctx, { params }) => getRun(ctx, params.id)),
  serve(contract.cancelHarvestRun, (ctx, { params }) => cancelRun(ctx, params.id)),
  serve(contract.resumeHarvestRun, (ctx, { params }) => resumeRun(ctx, params.id)),
  serve(contract.decideHarvestRun, (ctx, { params, body }) => decideRun(ctx, params.id, body.decision)),
  serve(contract.listHarvestLog, (ctx, { params, query }) => listLog(ctx, params.id, query)),
  serve(contract.exportHarvestLog, async (ctx, { params }) => {
    const { name, stream } = await exportLog(ctx, params.id)
    return download(name, stream)
  }),
]
