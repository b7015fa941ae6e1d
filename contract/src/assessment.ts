import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { coded, IsoDate, input, nullable, Page, PageQuery } from './values.ts'

/** What is counted (mandate T4.1 统计; domain §9 共享信息数 in its three stages). */
export const MEASURES = coded({
  entries: '已发布目录',
  items: '信息项',
  attached: '已挂接资源',
  demands: '信息需求',
  demands_used: '已用上的需求',
  requests: '共享申请',
  answered: '已答复申请',
  refused: '未同意申请',
  grants: '有效授权',
  calls: '接口调用',
  rows: '库表交付行数',
})
export type Measure = (typeof MEASURES.codes)[number]

/** Along what the figures are told. */
export const DIMENSIONS = coded({
  provider: '提供部门',
  consumer: '使用部门',
  region: '地区',
  class: '分类（主题）',
  month: '月份',
})
export type Dimension = (typeof DIMENSIONS.codes)[number]

const Month = t.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' })
const OrganCode = t.String({ pattern: '^\\d{10}$' })

const filters = {
  /** First and last month, both included. */
  from: t.Optional(Month),
  to: t.Optional(Month),
  /** Organs with everything below them. */
  provider: t.Optional(OrganCode),
  consumer: t.Optional(OrganCode),
  /** A prefecture, six digits. */
  region: t.Optional(t.String({ pattern: '^\\d{6}$' })),
  /** 类 or 项: one or three digits. */
  class: t.Optional(t.String({ pattern: '^[123](\\d{2})?$' })),
}

/** Figures by measure; a measure that is absent counts nothing. */
const Figures = t.Record(t.String(), t.Number())

export const Statistics = t.Object({
  by: DIMENSIONS.schema,
  as_of: IsoDate,
  /** What each figure is and from which records it is computed. */
  measures: t.Array(
    t.Object({ measure: MEASURES.schema, title: t.String(), unit: t.String(), definition: t.String() }),
  ),
  totals: Figures,
  rows: t.Array(t.Object({ code: t.String(), title: t.String(), figures: Figures })),
  months: t.Array(t.Object({ month: t.String(), figures: Figures })),
})
export type Statistics = t.Static<typeof Statistics>

export const getStatistics = endpoint({
  method: 'GET',
  path: '/assessment/statistics',
  permission: 'assessment.statistics.read',
  summary: '目录、共享、使用统计：按部门、地区、分类、月份；只计读者可见的记录',
  query: input({ ...filters, by: t.Optional(DIMENSIONS.schema) }),
  response: Statistics,
})

export const StatisticsRecord = t.Object({
  /** `resource`, `demand`, `request`, `grant`, `call`, `delivery`: what `record_id` names; for calls and deliveries it is the grant. */
  record_kind: t.String(),
  record_id: t.String(),
  record_key: t.String(),
  title: nullable(t.String()),
  day: nullable(IsoDate),
  provider_name: nullable(t.String()),
  consumer_name: nullable(t.String()),
  code: t.String(),
  amount: t.Number(),
})
export type StatisticsRecord = t.Static<typeof StatisticsRecord>

export const listStatisticsRecords = endpoint({
  method: 'GET',
  path: '/assessment/statistics/records',
  permission: 'assessment.statistics.read',
  summary: '一个统计数字由哪些记录组成：条件与统计相同，by 与 code 指定其中一行',
  query: input({
    ...PageQuery,
    ...filters,
    measure: MEASURES.schema,
    by: t.Optional(DIMENSIONS.schema),
    code: t.Optional(t.String({ maxLength: 24 })),
  }),
  response: Page(StatisticsRecord),
})
