import { inbox as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import { listNotices, markAllNoticesRead, markNoticeRead } from './notice.service.ts'
import { countTodos, listTodos } from './todo.service.ts'

export const routes: readonly Route[] = [
  serve(contract.listTodos, (ctx, { query }) => listTodos(ctx, query)),
  serve(contract.countTodos, (ctx) => countTodos(ctx)),
  serve(contract.listNotices, (ctx, { query }) => listNotices(ctx, query)),
  serve(contract.markNoticeRead, (ctx, { params }) => markNoticeRead(ctx, params.id)),
  serve(contract.markAllNoticesRead, (ctx) => markAllNoticesRead(ctx)),
]
