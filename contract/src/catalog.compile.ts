import * as t from 'typebox'
import {
  COPIES,
  Finding,
  RESOURCE_STATES,
  Resource,
  ResourceContent,
  ResourceDetail,
  ResourceDraft,
} from './catalog.resource.ts'
import { endpoint } from './endpoint.ts'
import { ById, Done, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

const Opinion = input({ opinion: t.Optional(t.String({ maxLength: 1000, default: '' })) })
const Reason = input({ reason: Line(1000, 5) })

export const createResource = endpoint({
  method: 'POST',
  path: '/catalog/resources',
  permission: 'catalog.resource.edit',
  summary: '起草目录条目（可以不完整）',
  body: ResourceDraft,
  response: ResourceDetail,
})

export const saveResource = endpoint({
  method: 'PUT',
  path: '/catalog/resources/:id',
  permission: 'catalog.resource.edit',
  summary: '保存编制中的条目（整体替换，带修订号）',
  params: ById,
  body: input({ revision: t.Integer({ minimum: 1 }), draft: ResourceDraft }),
  response: ResourceDetail,
})

export const checkResource = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/findings',
  permission: 'catalog.resource.read',
  summary: '按目录标准检查编制中的条目，列出全部问题',
  params: ById,
  response: t.Array(Finding),
})

export const checkDraft = endpoint({
  method: 'POST',
  path: '/catalog/resource-checks',
  permission: 'catalog.resource.edit',
  summary: '检查尚未保存的内容（与表单、导入同一套规则）',
  body: input({ draft: ResourceDraft, resource_id: t.Optional(nullable(Id)) }),
  response: t.Array(Finding),
})

export const submitResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/submit',
  permission: 'catalog.resource.edit',
  summary: '提交部门审核；有错误级问题时逐条拒绝',
  params: ById,
  response: ResourceDetail,
})

export const recallResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/recall',
  permission: 'catalog.resource.edit',
  summary: '撤回尚未审核的提交，继续编制',
  params: ById,
  response: ResourceDetail,
})

export const approveResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/approve',
  permission: 'catalog.resource.review',
  summary: '部门审核通过，送平台审核（编制人不能审核）',
  params: ById,
  body: Opinion,
  response: ResourceDetail,
})

export const returnResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/return',
  permission: 'catalog.resource.review',
  summary: '部门审核退回，说明理由',
  params: ById,
  body: Reason,
  response: ResourceDetail,
})

export const publishResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/publish',
  permission: 'catalog.resource.publish',
  summary: '平台审核通过：首次赋码并发布（本部门人员不能审核本部门条目）',
  params: ById,
  body: Opinion,
  response: ResourceDetail,
})

export const rejectResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/reject',
  permission: 'catalog.resource.publish',
  summary: '平台审核退回，说明理由',
  params: ById,
  body: Reason,
  response: ResourceDetail,
})

export const withdrawResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/withdraw',
  permission: 'catalog.resource.publish',
  summary: '下架已发布的条目，说明理由',
  params: ById,
  body: Reason,
  response: ResourceDetail,
})

export const reviseResource = endpoint({
  method: 'POST',
  path: '/catalog/resources/:id/revise',
  permission: 'catalog.resource.edit',
  summary: '修订已发布（或重编已下架）的条目：在旁边开一份编制中版本，重新审核通过前原版本不变',
  params: ById,
  response: ResourceDetail,
})

export const removeResource = endpoint({
  method: 'DELETE',
  path: '/catalog/resources/:id',
  permission: 'catalog.resource.edit',
  summary: '删除从未发布的草稿，或放弃对已发布条目的修订',
  params: ById,
  response: Done,
})

export const getResource = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id',
  permission: 'catalog.resource.read',
  summary: '资源详情：已发布版本人人可见；编制中版本只对编制、审核人员可见',
  params: ById,
  query: input({ copy: t.Optional(COPIES.schema) }),
  response: ResourceDetail,
})

export const listResources = endpoint({
  method: 'GET',
  path: '/catalog/resources',
  permission: 'catalog.resource.read',
  summary: '本人职责范围内的条目：编制、审核、发布',
  query: input({
    ...PageQuery,
    state: t.Optional(RESOURCE_STATES.schema),
    /** Only working copies of published entries. */
    is_revising: t.Optional(t.Boolean()),
    provider_organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
    q: t.Optional(t.String({ maxLength: 100 })),
    /** Only what waits for this actor's own step. */
    is_waiting_for_me: t.Optional(t.Boolean()),
  }),
  response: Page(Resource),
})

export const countResources = endpoint({
  method: 'GET',
  path: '/catalog/resource-counts',
  permission: 'catalog.resource.read',
  summary: '本人职责范围内各状态的条目数',
  response: t.Array(t.Object({ state: RESOURCE_STATES.schema, count: t.Integer() })),
})

export const listHistory = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/history',
  permission: 'catalog.resource.read',
  summary: '条目的经过：谁在何时做了什么',
  params: ById,
  response: t.Array(
    t.Object({
      event_id: Id,
      type: t.String(),
      title: t.String(),
      actor_name: t.String(),
      occurred_on: IsoDate,
      occurred_at: Instant,
      version: nullable(t.Integer()),
      text: t.String(),
    }),
  ),
})

export const Version = t.Object({
  version: t.Integer(),
  name: t.String(),
  item_count: t.Integer(),
  published_on: IsoDate,
  published_at: Instant,
  compiled_by_name: t.String(),
  reviewed_by_name: nullable(t.String()),
  published_by_name: t.String(),
  standard_id: t.String(),
  standard_version: t.Integer(),
})
export type Version = t.Static<typeof Version>

export const listVersions = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/versions',
  permission: 'catalog.resource.read',
  summary: '条目的历次发布版本',
  params: ById,
  response: t.Array(Version),
})

const ByVersion = t.Object({ id: Id, version: t.Integer({ minimum: 1, maximum: 1_000_000 }) })

export const getVersion = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/versions/:version',
  permission: 'catalog.resource.read',
  summary: '某一发布版本的全部内容',
  params: ByVersion,
  response: t.Object({ version: Version, content: ResourceContent }),
})

/** One field that differs; values as text for people, items matched by their identity and not by their place. */
export const FieldChange = t.Object({
  field: t.String(),
  title: t.String(),
  kind: t.Unsafe<'added' | 'removed' | 'changed'>(t.String({ enum: ['added', 'removed', 'changed'] })),
  item_id: nullable(Id),
  item_name: nullable(t.String()),
  before: nullable(t.String()),
  after: nullable(t.String()),
})
export type FieldChange = t.Static<typeof FieldChange>

export const diffResource = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/diff',
  permission: 'catalog.resource.read',
  summary: '两个版本逐字段的差异；to 不填即与编制中版本（无则现行版本）比较',
  params: ById,
  query: input({
    from: t.Integer({ minimum: 1, maximum: 1_000_000 }),
    to: t.Optional(t.Integer({ minimum: 1, maximum: 1_000_000 })),
  }),
  response: t.Array(FieldChange),
})
