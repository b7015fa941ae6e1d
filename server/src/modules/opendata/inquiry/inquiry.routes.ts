import { opendata as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import * as service from './inquiry.service.ts'

export const inquiryRoutes: readonly Route[] = [
  serve(contract.listInquiries, (ctx, { query }) => service.listInquiries(ctx, query)),
  serve(contract.getInquiry, (ctx, { params }) => service.getInquiry(ctx, params.id)),
  serve(contract.assignInquiry, (ctx, { params, body }) => service.assignInquiry(ctx, params.id, body)),
  serve(contract.moderateInquiry, (ctx, { params, body }) => service.moderateInquiry(ctx, params.id, body)),
  serve(contract.answerInquiry, (ctx, { params, body }) => service.answerInquiry(ctx, params.id, body)),
  serve(contract.proposeInquiryRefusal, (ctx, { params, body }) => service.proposeInquiryRefusal(ctx, params.id, body)),
  serve(contract.refuseInquiry, (ctx, { params, body }) => service.refuseInquiry(ctx, params.id, body)),
  serve(contract.keepInquiry, (ctx, { params, body }) => service.keepInquiry(ctx, params.id, body.text)),
  serve(contract.listInquiryCandidates, (ctx, { params, query }) =>
    service.listInquiryCandidates(ctx, params.id, query.q),
  ),
]
