import { Readable } from 'node:stream'
import { catalog as contract } from '@sanjiang/contract'
import { download, type Route, serve } from '#kernel/serve.ts'
import { batchRoutes } from './batch/batch.routes.ts'
import {
  checkDraft,
  checkResource,
  countResources,
  createResource,
  listResources,
  recallResource,
  removeResource,
  reviseResource,
  saveResource,
  submitResource,
} from './compile.service.ts'
import { editionRoutes } from './edition/edition.routes.ts'
import { toJsonLd } from './export.rules.ts'
import { harvestRoutes } from './harvest/harvest.routes.ts'
import { diffResource, getVersion, listHistory, listVersions } from './history.service.ts'
import { listHolders } from './holder.service.ts'
import { normRoutes } from './norm/norm.routes.ts'
import { qualityRoutes } from './quality/quality.routes.ts'
import { readResource } from './resource.view.ts'
import { approveResource, publishResource, rejectResource, returnResource, withdrawResource } from './review.service.ts'
import { explain, search, suggest } from './search/search.service.ts'
import { sourceRoutes } from './source/source.routes.ts'
import { currentChecker, getStandardVersion, listStandards } from './standard.service.ts'
import { listBasisRows, listClassRows } from './standard.store.ts'
import { listSynonyms, replaceSynonyms } from './synonym.service.ts'

export const routes: readonly Route[] = [
  ...editionRoutes,
  ...qualityRoutes,
  ...sourceRoutes,
  ...normRoutes,
  serve(contract.getStandard, async (ctx) => (await currentChecker(ctx.db)).standard),
  serve(contract.listStandards, (ctx) => listStandards(ctx)),
  serve(contract.getStandardVersion, (ctx, { params }) => getStandardVersion(ctx.db, params.standard, params.version)),
  serve(contract.listClasses, (ctx, { query }) =>
    listClassRows(ctx.db, { parent: query.parent, organId: query.organ_id, q: query.q }),
  ),
  serve(contract.listLegalBases, async (ctx, { query }) => (await listBasisRows(ctx.db, query)) as never),
  serve(contract.createResource, (ctx, { body }) => createResource(ctx, body)),
  serve(contract.saveResource, (ctx, { params, body }) => saveResource(ctx, params.id, body)),
  serve(contract.checkResource, (ctx, { params }) => checkResource(ctx, params.id)),
  serve(contract.checkDraft, (ctx, { body }) => checkDraft(ctx, body)),
  serve(contract.submitResource, (ctx, { params }) => submitResource(ctx, params.id)),
  serve(contract.recallResource, (ctx, { params }) => recallResource(ctx, params.id)),
  serve(contract.approveResource, (ctx, { params, body }) => approveResource(ctx, params.id, body.opinion ?? '')),
  serve(contract.returnResource, (ctx, { params, body }) => returnResource(ctx, params.id, body.reason)),
  serve(contract.publishResource, (ctx, { params, body }) => publishResource(ctx, params.id, body.opinion ?? '')),
  serve(contract.rejectResource, (ctx, { params, body }) => rejectResource(ctx, params.id, body.reason)),
  serve(contract.withdrawResource, (ctx, { params, body }) => withdrawResource(ctx, params.id, body.reason)),
  serve(contract.reviseResource, (ctx, { params }) => reviseResource(ctx, params.id)),
  serve(contract.removeResource, (ctx, { params }) => removeResource(ctx, params.id)),
  serve(contract.getResource, (ctx, { params, query }) => readResource(ctx, params.id, query.copy)),
  serve(contract.listResources, (ctx, { query }) => listResources(ctx, query)),
  serve(contract.countResources, (ctx) => countResources(ctx)),
  serve(contract.listHistory, (ctx, { params }) => listHistory(ctx, params.id)),
  serve(contract.listVersions, (ctx, { params }) => listVersions(ctx, params.id)),
  serve(contract.getVersion, (ctx, { params }) => getVersion(ctx, params.id, params.version)),
  serve(contract.search, (ctx, { query }) => search(ctx, query)),
  serve(contract.suggest, (ctx, { query }) => suggest(ctx, query.q)),
  serve(contract.explainHit, (ctx, { params, query }) => explain(ctx, params.id, query.q)),
  serve(contract.listHolders, (ctx, { body }) => listHolders(ctx, body)),
  serve(contract.exportResource, async (ctx, { params }) => {
    const detail = await readResource(ctx, params.id, 'published')
    const name = `${(detail.code ?? params.id).replace('/', '-')}.jsonld`
    return download(name, Readable.from([JSON.stringify(toJsonLd(detail), null, 2)]))
  }),
  serve(contract.listSynonyms, (ctx) => listSynonyms(ctx)),
  serve(contract.replaceSynonyms, (ctx, { body }) => replaceSynonyms(ctx, body.groups)),
  ...harvestRoutes,
  serve(contract.diffResource, (ctx, { params, query }) => diffResource(ctx, params.id, query)),
  ...batchRoutes,
]
