import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { EDITION_STATES } from './opendata.edition.ts'
import { ById, coded, Id, Instant, IsoDate, input, nullable, Page, PageQuery } from './values.ts'

export const SOURCE_STATES = coded({ following: '跟随中', ended: '已结束' })
export type SourceState = (typeof SOURCE_STATES.codes)[number]

/** Why a dataset is no longer followed; it keeps its last edition. */
export const SOURCE_ENDS = coded({
  grant_revoked: '授权已收回',
  grant_expired: '授权已到期',
  subscription_ended: '订阅已结束',
  unbound: '提供方已解除',
})
export type SourceEnd = (typeof SOURCE_ENDS.codes)[number]

/** A dataset whose rows come through the exchange: the portal office's subscription fills a table of the stage. */
export const RowSource = t.Object({
  resource_id: Id,
  resource_name: nullable(t.String()),
  organ_id: t.String(),
  organ_name: t.String(),
  subscription_id: Id,
  grant_id: Id,
  /** 暂存库中由前置节点装载的表. */
  stage_table: t.String(),
  every_hours: t.Integer(),
  rest_hours: t.Integer(),
  state: SOURCE_STATES.schema,
  end_reason: nullable(SOURCE_ENDS.schema),
  ended_on: nullable(IsoDate),
  bound_by_name: t.String(),
  bound_at: Instant,
  /** As the exchange has it. */
  subscription_state: nullable(t.String()),
  last_accepted_at: nullable(Instant),
  /** What was accepted up to here stands in the last edition. */
  followed_at: nullable(Instant),
  /** When rows that came since are taken at the earliest; null before the first edition. */
  next_at: nullable(Instant),
  edition_id: nullable(Id),
  edition_no: nullable(t.Integer()),
  edition_state: nullable(EDITION_STATES.schema),
  row_count: nullable(t.Integer()),
  checked_at: nullable(Instant),
  /** Why the last edition is held or could not be read. */
  trouble: nullable(t.String()),
  /** unbind. */
  can: t.Array(t.String()),
})
export type RowSource = t.Static<typeof RowSource>

export const listRowSources = endpoint({
  method: 'GET',
  path: '/opendata/sources',
  permission: 'opendata.release.read',
  summary: '本人职责范围内经数据交换供数的数据集：跟到哪里，最近一版，为何结束',
  query: input({
    ...PageQuery,
    state: t.Optional(SOURCE_STATES.schema),
    resource_id: t.Optional(Id),
    subscription_id: t.Optional(Id),
  }),
  response: Page(RowSource),
})

export const bindRowSource = endpoint({
  method: 'PUT',
  path: '/opendata/sources/:id',
  permission: 'opendata.release.propose',
  summary: '指定一个资源的数据来自开放门户主管单位的哪个订阅：此后签收的数据有变就成为新的一版',
  params: ById,
  body: input({
    subscription_id: Id,
    /** 两版之间至少隔多少小时；不写为 24. */
    every_hours: t.Optional(t.Integer({ minimum: 1, maximum: 744 })),
    /** 该取一版时若变更不断，至多再等多少小时；不写为 6. */
    rest_hours: t.Optional(t.Integer({ minimum: 0, maximum: 744 })),
  }),
  response: RowSource,
})

export const unbindRowSource = endpoint({
  method: 'DELETE',
  path: '/opendata/sources/:id',
  permission: 'opendata.release.propose',
  summary: '解除供数：数据集保留最近一版，不再跟随',
  params: ById,
  response: RowSource,
})

/** A subscription of a resource as its provider may choose it; `refusal` says why he may not. */
export const SourceChoice = t.Object({
  subscription_id: Id,
  consumer_name: t.String(),
  target: nullable(t.String()),
  state: t.String(),
  last_accepted_at: nullable(Instant),
  refusal: nullable(t.String()),
})
export type SourceChoice = t.Static<typeof SourceChoice>

export const listSourceChoices = endpoint({
  method: 'GET',
  path: '/opendata/sources/:id/choices',
  permission: 'opendata.release.propose',
  summary: '一个资源可用来供数的订阅，不能用的写明缘由；及须由谁订阅',
  params: ById,
  response: t.Object({
    resource_name: t.String(),
    /** 开放门户主管单位：由它申请授权并订阅. */
    offices: t.Array(t.String()),
    choices: t.Array(SourceChoice),
  }),
})
