import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganId } from './identity.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export const USAGE_SCOPES = coded({ nation: '全国', province: '全省', organ: '本部门', office: '处室' })
export const USAGE_FREQUENCIES = coded({
  daily: '每日',
  weekly: '每周',
  monthly: '每月',
  quarterly: '每季度',
  yearly: '每年',
  rarely: '几乎不用',
})

/** What the self-survey asks of every system, at least (青发改高技〔2017〕599号 任务一). */
const survey = {
  name: Line(128),
  function_desc: Line(1000),
  usage_scope: USAGE_SCOPES.schema,
  usage_frequency: USAGE_FREQUENCIES.schema,
  approval_org: t.Optional(nullable(Line(128))),
  approved_on: t.Optional(nullable(IsoDate)),
  fund_source: t.Optional(nullable(Line(128))),
  is_on_cloud: t.Boolean(),
}

export const SystemDraft = input({ organ_id: OrganId, ...survey })
export type SystemDraft = t.Static<typeof SystemDraft>

/** A change says which version it was made from, so that two people do not undo each other's work. */
export const SystemChange = input({ ...survey, version: t.Integer({ minimum: 1 }) })
export type SystemChange = t.Static<typeof SystemChange>

export const System = t.Object({
  system_id: Id,
  organ_id: OrganId,
  organ_name: t.String(),
  name: t.String(),
  function_desc: t.String(),
  usage_scope: USAGE_SCOPES.schema,
  usage_frequency: USAGE_FREQUENCIES.schema,
  approval_org: nullable(t.String()),
  approved_on: nullable(IsoDate),
  fund_source: nullable(t.String()),
  is_on_cloud: t.Boolean(),
  version: t.Integer(),
  registered_on: IsoDate,
  changed_at: Instant,
  can: t.Array(t.Unsafe<'change'>(t.String({ enum: ['change'] }))),
})
export type System = t.Static<typeof System>

export const SystemQuery = input({
  q: t.Optional(t.String({ maxLength: 100, description: '名称或功能中的字词' })),
  organ_id: t.Optional(OrganId),
  usage_scope: t.Optional(USAGE_SCOPES.schema),
  is_on_cloud: t.Optional(t.Boolean()),
  ...PageQuery,
})
export type SystemQuery = t.Static<typeof SystemQuery>

export const listSystems = endpoint({
  method: 'GET',
  path: '/systems/systems',
  permission: 'systems.system.read',
  summary: '检索信息系统',
  query: SystemQuery,
  response: Page(System),
})
export const getSystem = endpoint({
  method: 'GET',
  path: '/systems/systems/:id',
  permission: 'systems.system.read',
  summary: '查看信息系统',
  params: ById,
  response: System,
})
export const registerSystem = endpoint({
  method: 'POST',
  path: '/systems/systems',
  permission: 'systems.system.edit',
  summary: '登记信息系统',
  body: SystemDraft,
  response: System,
})
export const changeSystem = endpoint({
  method: 'PUT',
  path: '/systems/systems/:id',
  permission: 'systems.system.edit',
  summary: '变更信息系统登记',
  params: ById,
  body: SystemChange,
  response: System,
})
