import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import {
  ACCESS_MODES,
  GrantedItem,
  MASK_RULES,
  PURPOSES,
  QUOTA_PERIODS,
  Quota,
  RowCondition,
  SIDES,
} from './sharing.terms.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** How a grant stands on the business date; `expired` and `upcoming` are derived, never stored. */
export const GRANT_STATES = coded({ active: '有效', upcoming: '未生效', expired: '已到期', revoked: '已收回' })
export const REVOCATION_CAUSES = coded({ provider: '提供方收回', consumer: '使用方退回', superseded: '被新授权替代' })

const terms = {
  items: t.Array(GrantedItem),
  row_conditions: t.Array(RowCondition),
  quota_count: nullable(t.Integer()),
  quota_period: QUOTA_PERIODS.schema,
  starts_on: IsoDate,
  ends_on: IsoDate,
  allows_low_assurance: t.Boolean(),
}

const grant = {
  grant_id: Id,
  version: t.Integer(),
  state: GRANT_STATES.schema,
  request_id: Id,
  request_no: t.String(),
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  consumer_organ_id: t.String(),
  consumer_name: t.String(),
  client_id: nullable(Id),
  client_name: nullable(t.String()),
  purpose_code: PURPOSES.schema,
  purpose_ref: t.String(),
  scenario: t.String(),
  access_mode: ACCESS_MODES.schema,
  ...terms,
  issued_on: IsoDate,
  issued_by_name: t.String(),
  revocation: nullable(
    t.Object({
      cause: REVOCATION_CAUSES.schema,
      reason: t.String(),
      revoked_on: IsoDate,
      revoked_at: Instant,
      revoked_by_name: t.String(),
      superseded_by: nullable(Id),
    }),
  ),
  can: t.Array(t.String()),
}
export const Grant = t.Object(grant)
export type Grant = t.Static<typeof Grant>

export const GrantVersion = t.Object({
  version: t.Integer(),
  ...terms,
  change_reason: t.String(),
  issued_on: IsoDate,
  issued_at: Instant,
  issued_by_name: t.String(),
})
export type GrantVersion = t.Static<typeof GrantVersion>

export const GrantDetail = t.Object({ ...grant, versions: t.Array(GrantVersion) })
export type GrantDetail = t.Static<typeof GrantDetail>

export const listGrants = endpoint({
  method: 'GET',
  path: '/sharing/grants',
  permission: 'sharing.grant.read',
  summary: '数据授权列表',
  query: input({
    ...PageQuery,
    side: t.Optional(SIDES.schema),
    state: t.Optional(GRANT_STATES.schema),
    resource_id: t.Optional(Id),
    client_id: t.Optional(Id),
  }),
  response: Page(Grant),
})

export const getGrant = endpoint({
  method: 'GET',
  path: '/sharing/grants/:id',
  permission: 'sharing.grant.read',
  summary: '授权详情与历次版本',
  params: ById,
  response: GrantDetail,
})

/** What is left out stays; what is given must be narrower. Widening needs a new request. */
export const Narrowing = input({
  /** Version the officer looked at. */
  version: t.Integer({ minimum: 1 }),
  /** Items that remain, with their masking. */
  items: t.Optional(
    t.Array(input({ item_id: Id, mask_rule: t.Optional(nullable(MASK_RULES.schema)) }), { minItems: 1, maxItems: 300 }),
  ),
  row_conditions: t.Optional(t.Array(RowCondition, { maxItems: 20 })),
  quota: t.Optional(Quota),
  starts_on: t.Optional(IsoDate),
  ends_on: t.Optional(IsoDate),
  allows_low_assurance: t.Optional(t.Boolean()),
  reason: Line(500),
})
export type Narrowing = t.Static<typeof Narrowing>

export const narrowGrant = endpoint({
  method: 'POST',
  path: '/sharing/grants/:id/narrow',
  permission: 'sharing.grant.revoke',
  summary: '收窄授权：生成新版本，网关立即生效',
  params: ById,
  body: Narrowing,
  response: GrantDetail,
})

export const revokeGrant = endpoint({
  method: 'POST',
  path: '/sharing/grants/:id/revoke',
  permission: 'sharing.grant.revoke',
  summary: '收回授权，立即生效',
  params: ById,
  body: input({ reason: Line(500) }),
  response: GrantDetail,
})

export const returnGrant = endpoint({
  method: 'POST',
  path: '/sharing/grants/:id/return',
  permission: 'sharing.request.create',
  summary: '使用方退回不再需要的授权',
  params: ById,
  body: input({ reason: Line(500) }),
  response: GrantDetail,
})

export const bindClient = endpoint({
  method: 'POST',
  path: '/sharing/grants/:id/bind',
  permission: 'sharing.request.create',
  summary: '指定凭此授权调用的应用系统',
  params: ById,
  body: input({ client_id: Id }),
  response: GrantDetail,
})

export const getResourceUse = endpoint({
  method: 'GET',
  path: '/sharing/resources/:id/use',
  permission: 'sharing.request.read',
  summary: '谁在使用这个资源：有效授权、使用部门、待答复申请',
  params: ById,
  response: t.Object({
    active_grants: t.Integer(),
    open_requests: t.Integer(),
    consumers: t.Array(t.Object({ organ_id: t.String(), name: t.String(), grants: t.Integer(), since: IsoDate })),
  }),
})
