import { catalog as contract } from '@sanjiang/contract'
import { download, type Route, serve } from '#kernel/serve.ts'
import { listBatchChanges, listBatchEntries, listBatches, showBatch } from './batch.view.ts'
import { approveResources, publishResources, submitResources } from './bulk-act.service.ts'
import { commitBatch, undoBatch } from './commit.service.ts'
import { exportOne, exportResources, exportSearch, getAnnotated, getTemplate } from './export.service.ts'
import { takeBatchEntries } from './take.service.ts'
import { cancelBatch, checkBatch, editResources, openBatch, putBatchPiece, readBatch } from './upload.service.ts'

export const batchRoutes: readonly Route[] = [
  serve(contract.openBatch, (ctx, { body }) => openBatch(ctx, body)),
  serve(contract.putBatchPiece, (ctx, { params, body }) => putBatchPiece(ctx, params, body.base64)),
  serve(contract.readBatch, (ctx, { params }) => readBatch(ctx, params.id)),
  serve(contract.checkBatch, (ctx, { params, body }) => checkBatch(ctx, params.id, body)),
  serve(contract.editResources, (ctx, { body }) => editResources(ctx, body)),
  serve(contract.listBatches, (ctx, { query }) => listBatches(ctx, query)),
  serve(contract.getBatch, (ctx, { params }) => showBatch(ctx, params.id)),
  serve(contract.listBatchEntries, (ctx, { params, query }) => listBatchEntries(ctx, params.id, query)),
  serve(contract.listBatchChanges, (ctx, { params }) => listBatchChanges(ctx, params.id, params.seq)),
  serve(contract.commitBatch, (ctx, { params, body }) => commitBatch(ctx, params.id, body)),
  serve(contract.takeBatchEntries, (ctx, { params, body }) => takeBatchEntries(ctx, params.id, body.seqs)),
  serve(contract.undoBatch, (ctx, { params }) => undoBatch(ctx, params.id)),
  serve(contract.cancelBatch, (ctx, { params }) => cancelBatch(ctx, params.id)),
  serve(contract.getTemplate, async (ctx) => download('政务信息资源目录填报模板.xlsx', await getTemplate(ctx))),
  serve(contract.getAnnotated, async (ctx, { params }) => {
    const { name, stream } = await getAnnotated(ctx, params.id)
    return download(name, stream)
  }),
  serve(contract.exportResources, async (ctx, { query }) =>
    download(`政务信息资源目录-${ctx.today}.xlsx`, await exportResources(ctx, query)),
  ),
  serve(contract.exportSearch, async (ctx, { query }) =>
    download(`检索结果-${ctx.today}.xlsx`, await exportSearch(ctx, query)),
  ),
  serve(contract.exportResourceWorkbook, async (ctx, { params, query }) => {
    const { name, stream } = await exportOne(ctx, params.id, query.layout)
    return download(`${name}.xlsx`, stream)
  }),
  serve(contract.submitResources, (ctx, { body }) => submitResources(ctx, body.resource_ids)),
  serve(contract.approveResources, (ctx, { body }) => approveResources(ctx, body.resource_ids, body.opinion)),
  serve(contract.publishResources, (ctx, { body }) => publishResources(ctx, body.resource_ids, body.opinion)),
]
