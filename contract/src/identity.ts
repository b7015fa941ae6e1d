import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ROLES, type Role } from './permissions.ts'
import { ById, coded, Done, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export const RoleCode = t.Unsafe<Role>(t.String({ enum: Object.keys(ROLES) }))
export const OrganId = t.String({ pattern: '^\\d{10}$', description: '区划6+类别1+序号3' })
export const ORGAN_KINDS = coded({
  party: '党委',
  congress: '人大',
  government: '政府',
  consultative: '政协',
  court: '法院',
  procuratorate: '检察院',
  mass: '群团',
  vertical: '垂直管理',
  institution: '事业单位',
})
export const SUCCESSION_KINDS = coded({ renamed: '更名', merged: '合并', split: '拆分', dissolved: '撤销' })
export const CLIENT_STATES = coded({ active: '在用', suspended: '停用' })
export const PERSON_STATES = coded({ active: '在用', suspended: '停用' })

const Password = t.String({ minLength: 1, maxLength: 128 })
const ByOrgan = t.Object({ id: OrganId })

// ---- session -----------------------------------------------------------------------------------------------------

export const Session = t.Object({
  person_id: Id,
  username: t.String(),
  name: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  roles: t.Array(RoleCode),
  permissions: t.Array(t.String()),
  /** Must be sent back in `x-csrf-token` with every write. */
  csrf: t.String(),
  today: IsoDate,
  demo: t.Boolean(),
  /** What stands between this session and its permissions. */
  pending: t.Array(t.Unsafe<'change_password' | 'enrol_totp'>(t.String({ enum: ['change_password', 'enrol_totp'] }))),
})
export type Session = t.Static<typeof Session>

export const openSession = endpoint({
  method: 'POST',
  path: '/identity/session',
  permission: 'public',
  summary: '登录：口令，管理员另加动态码',
  body: input({ username: Line(64), password: Password, totp: t.Optional(t.String({ maxLength: 10 })) }),
  response: Session,
})
export const getSession = endpoint({
  method: 'GET',
  path: '/identity/session',
  permission: 'session',
  summary: '当前会话',
  response: Session,
})
export const closeSession = endpoint({
  method: 'DELETE',
  path: '/identity/session',
  permission: 'session',
  summary: '退出',
  response: Done,
})
export const listSessions = endpoint({
  method: 'GET',
  path: '/identity/sessions',
  permission: 'session',
  summary: '我的全部会话',
  response: t.Array(
    t.Object({
      session_id: Id,
      opened_at: Instant,
      last_seen_at: Instant,
      ip: t.String(),
      user_agent: t.String(),
      is_current: t.Boolean(),
    }),
  ),
})
export const closeOtherSession = endpoint({
  method: 'POST',
  path: '/identity/sessions/:id/close',
  permission: 'session',
  summary: '关闭我的另一会话',
  params: ById,
  response: Done,
})
export const changePassword = endpoint({
  method: 'POST',
  path: '/identity/password',
  permission: 'session',
  summary: '修改口令（其余会话随即关闭）',
  body: input({ current: Password, next: Password }),
  response: Done,
})
export const beginTotp = endpoint({
  method: 'POST',
  path: '/identity/totp',
  permission: 'session',
  summary: '开始绑定动态码',
  response: t.Object({ secret: t.String(), uri: t.String() }),
})
export const confirmTotp = endpoint({
  method: 'POST',
  path: '/identity/totp/confirm',
  permission: 'session',
  summary: '输入一次动态码，完成绑定',
  body: input({ code: t.String({ pattern: '^\\d{6}$' }) }),
  response: Done,
})

// ---- organs ------------------------------------------------------------------------------------------------------

export const Organ = t.Object({
  organ_id: t.String(),
  name: t.String(),
  short_name: t.String(),
  parent_id: nullable(t.String()),
  division_code: t.String(),
  kind: ORGAN_KINDS.schema,
  credit_code: nullable(t.String()),
  seq_code: nullable(t.String()),
  founded_on: IsoDate,
  dissolved_on: nullable(IsoDate),
})
export type Organ = t.Static<typeof Organ>

export const OrganDetail = t.Object({
  ...Organ.properties,
  names: t.Array(t.Object({ name: t.String(), valid_from: IsoDate, valid_to: nullable(IsoDate) })),
  successions: t.Array(
    t.Object({ successor_id: t.String(), successor_name: t.String(), on_date: IsoDate, how: SUCCESSION_KINDS.schema }),
  ),
  can: t.Array(t.String()),
})
export type OrganDetail = t.Static<typeof OrganDetail>

export const OrganDraft = input({
  organ_id: OrganId,
  name: Line(120),
  short_name: Line(60),
  parent_id: nullable(OrganId),
  kind: ORGAN_KINDS.schema,
  credit_code: t.Optional(nullable(t.String({ maxLength: 18 }))),
  seq_code: t.Optional(nullable(t.String({ pattern: '^\\d{3}$' }))),
  founded_on: IsoDate,
})
export type OrganDraft = t.Static<typeof OrganDraft>

export const listOrgans = endpoint({
  method: 'GET',
  path: '/identity/organs',
  permission: 'identity.organ.read',
  summary: '机构列表（按层级路径）',
  query: input({
    after: t.Optional(t.String({ maxLength: 512 })),
    limit: t.Optional(t.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    q: t.Optional(t.String({ maxLength: 60 })),
    parent_id: t.Optional(OrganId),
    division_code: t.Optional(t.String({ pattern: '^\\d{2,6}$' })),
    /** Organs standing on this day, under the names they bore then; the business date when left out. */
    on: t.Optional(IsoDate),
  }),
  response: Page(Organ),
})
export const getOrgan = endpoint({
  method: 'GET',
  path: '/identity/organs/:id',
  permission: 'identity.organ.read',
  summary: '机构与沿革',
  params: ByOrgan,
  response: OrganDetail,
})
export const foundOrgan = endpoint({
  method: 'POST',
  path: '/identity/organs',
  permission: 'identity.organ.edit',
  summary: '设立机构',
  body: OrganDraft,
  response: OrganDetail,
})
export const renameOrgan = endpoint({
  method: 'POST',
  path: '/identity/organs/:id/rename',
  permission: 'identity.organ.edit',
  summary: '机构更名（自某日起；旧名仍可查）',
  params: ByOrgan,
  body: input({ name: Line(120), short_name: Line(60), on: IsoDate }),
  response: OrganDetail,
})
export const succeedOrgan = endpoint({
  method: 'POST',
  path: '/identity/organs/:id/succeed',
  permission: 'identity.organ.edit',
  summary: '机构并入、拆分到另一机构，或撤销',
  params: ByOrgan,
  body: input({
    how: t.Unsafe<'merged' | 'split' | 'dissolved'>(t.String({ enum: ['merged', 'split', 'dissolved'] })),
    successor_ids: t.Array(OrganId, { maxItems: 10 }),
    on: IsoDate,
  }),
  response: OrganDetail,
})

// ---- persons -----------------------------------------------------------------------------------------------------

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

// ---- clients -----------------------------------------------------------------------------------------------------

const Addresses = t.Array(t.String({ pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$' }), { maxItems: 50 })

export const ClientKey = t.Object({
  key_id: t.String(),
  alg: t.Literal('ed25519'),
  public_key: t.String({ description: 'SPKI，Base64' }),
  status: t.Unsafe<'active' | 'revoked'>(t.String({ enum: ['active', 'revoked'] })),
  added_at: Instant,
  revoked_at: nullable(Instant),
})

export const Client = t.Object({
  client_id: Id,
  organ_id: t.String(),
  organ_name: t.String(),
  name: t.String(),
  system_id: nullable(Id),
  status: CLIENT_STATES.schema,
  allowed_addresses: t.Array(t.String()),
  /** Requester id of the four-header scheme, once a secret has been issued. */
  rid: nullable(t.String()),
  keys: t.Array(ClientKey),
  can: t.Array(t.String()),
})
export type Client = t.Static<typeof Client>

export const listClients = endpoint({
  method: 'GET',
  path: '/identity/clients',
  permission: 'identity.client.read',
  summary: '应用系统列表',
  query: input({ ...PageQuery }),
  response: Page(Client),
})
export const getClient = endpoint({
  method: 'GET',
  path: '/identity/clients/:id',
  permission: 'identity.client.read',
  summary: '应用系统与公钥',
  params: ById,
  response: Client,
})
export const registerClient = endpoint({
  method: 'POST',
  path: '/identity/clients',
  permission: 'identity.client.edit',
  summary: '登记应用系统',
  body: input({
    name: Line(80),
    system_id: t.Optional(nullable(Id)),
    allowed_addresses: t.Optional(Addresses),
  }),
  response: Client,
})
export const setClientAddresses = endpoint({
  method: 'PUT',
  path: '/identity/clients/:id/addresses',
  permission: 'identity.client.edit',
  summary: '改来源地址白名单（网关随即照此放行）',
  params: ById,
  body: input({ allowed_addresses: Addresses }),
  response: Client,
})
export const addClientKey = endpoint({
  method: 'POST',
  path: '/identity/clients/:id/keys',
  permission: 'identity.client.edit',
  summary: '登记 Ed25519 公钥（可多把并存，便于轮换）',
  params: ById,
  body: input({ public_key: t.String({ minLength: 40, maxLength: 2000 }) }),
  response: Client,
})
export const revokeClientKey = endpoint({
  method: 'POST',
  path: '/identity/clients/:id/keys/:key_id/revoke',
  permission: 'identity.client.edit',
  summary: '吊销公钥（网关随即不认）',
  params: t.Object({ id: Id, key_id: t.String({ maxLength: 64 }) }),
  response: Client,
})
export const issueClientSecret = endpoint({
  method: 'POST',
  path: '/identity/clients/:id/secret',
  permission: 'identity.client.edit',
  summary: '签发四头签名方案的密钥（只显示一次，旧密钥作废）',
  params: ById,
  response: t.Object({ rid: t.String(), secret: t.String() }),
})
export const suspendClient = endpoint({
  method: 'POST',
  path: '/identity/clients/:id/suspend',
  permission: 'identity.client.suspend',
  summary: '停用应用系统（网关随即不认）',
  params: ById,
  body: input({ reason: Line(500) }),
  response: Client,
})
export const resumeClient = endpoint({
  method: 'POST',
  path: '/identity/clients/:id/resume',
  permission: 'identity.client.suspend',
  summary: '恢复停用的应用系统',
  params: ById,
  response: Client,
})

// ---- clock -------------------------------------------------------------------------------------------------------

const ClockView = t.Object({ today: IsoDate, demo: t.Boolean() })
export const getClock = endpoint({
  method: 'GET',
  path: '/identity/clock',
  permission: 'public',
  summary: '业务日期',
  response: ClockView,
})
export const setClock = endpoint({
  method: 'POST',
  path: '/identity/clock',
  permission: 'identity.clock.set',
  summary: '设定业务日期（仅演示模式）',
  body: input({ today: IsoDate }),
  response: ClockView,
})
