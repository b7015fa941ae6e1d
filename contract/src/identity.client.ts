import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { CLIENT_STATES } from './identity.terms.ts'
import { ById, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

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
