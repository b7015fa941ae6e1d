import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganId, Password, PERSON_STATES, RoleCode } from './identity.terms.ts'
import { ById, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

export const Person = t.Object({
  person_id: Id,
  username: t.String(),
  name: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  state: PERSON_STATES.schema,
  roles: t.Array(t.Object({ role: RoleCode, organ_id: t.String() })),
  has_totp: t.Boolean(),
  locked_until: nullable(Instant),
  can: t.Array(t.String()),
})
export type Person = t.Static<typeof Person>

export const listPersons = endpoint({
  method: 'GET',
  path: '/identity/persons',
  permission: 'identity.person.read',
  summary: '人员列表',
  query: input({ ...PageQuery, organ_id: t.Optional(OrganId), q: t.Optional(t.String({ maxLength: 60 })) }),
  response: Page(Person),
})
export const createPerson = endpoint({
  method: 'POST',
  path: '/identity/persons',
  permission: 'identity.person.edit',
  summary: '开设账号（不含任何角色；首次登录须改口令）',
  body: input({
    username: t.String({ pattern: '^[a-z][a-z0-9._-]{2,31}$' }),
    name: Line(40),
    organ_id: OrganId,
    password: Password,
  }),
  response: Person,
})
export const suspendPerson = endpoint({
  method: 'POST',
  path: '/identity/persons/:id/suspend',
  permission: 'identity.person.edit',
  summary: '停用账号',
  params: ById,
  response: Person,
})
export const resumePerson = endpoint({
  method: 'POST',
  path: '/identity/persons/:id/resume',
  permission: 'identity.person.edit',
  summary: '恢复停用的账号',
  params: ById,
  response: Person,
})
export const movePerson = endpoint({
  method: 'POST',
  path: '/identity/persons/:id/move',
  permission: 'identity.person.edit',
  summary: '调入另一机构（原有角色一并收回，会话关闭）',
  params: ById,
  body: input({ organ_id: OrganId }),
  response: Person,
})
export const unlockPerson = endpoint({
  method: 'POST',
  path: '/identity/persons/:id/unlock',
  permission: 'identity.person.unlock',
  summary: '解锁；可同时重置口令与动态码',
  params: ById,
  body: input({ password: t.Optional(Password), reset_totp: t.Optional(t.Boolean()) }),
  response: Person,
})
export const assignRole = endpoint({
  method: 'POST',
  path: '/identity/persons/:id/roles',
  permission: 'identity.role.assign',
  summary: '授予角色（三员互斥；不能授予自己）',
  params: ById,
  body: input({ role: RoleCode, organ_id: OrganId }),
  response: Person,
})
export const withdrawRole = endpoint({
  method: 'POST',
  path: '/identity/persons/:id/roles/withdraw',
  permission: 'identity.role.assign',
  summary: '收回角色',
  params: ById,
  body: input({ role: RoleCode, organ_id: OrganId }),
  response: Person,
})
