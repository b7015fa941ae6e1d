import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

/** How a provider's HTTP service answers for a catalogued resource (T8.1). Interpreted, never compiled. */
export const BODY_KINDS = coded({
  json: 'JSON（逐项裁剪脱敏）',
  passthrough: '原样传输（XML、文件；须全部信息项均已授权）',
})
export const PARAMETER_PLACES = coded({ path: '路径', query: '查询', body: '请求体' })
export const SUBJECT_KINDS = coded({ citizen_id: '公民身份号码', credit_code: '统一社会信用代码' })
export const SERVICE_STATES = coded({ attached: '已挂接', detached: '已解除' })

const Name = t.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' })
/** RFC 6901; empty string is the whole document. */
const Pointer = t.String({ pattern: '^(/[^/]*)*$', maxLength: 200 })

export const ServiceParameter = input({
  name: Name,
  in: PARAMETER_PLACES.schema,
  /** The provider's own name, where it differs. */
  provider_name: t.Optional(Name),
  /** English name of the item this parameter selects by; row conditions on that item are pushed into it. */
  item: t.Optional(nullable(Name)),
  required: t.Boolean(),
  /** The value identifies a person or firm: kept in the receipt as a keyed hash. */
  subject: t.Optional(nullable(SUBJECT_KINDS.schema)),
})
export type ServiceParameter = t.Static<typeof ServiceParameter>

export const ServiceField = input({ item: Name, pointer: Pointer, subject: t.Optional(nullable(SUBJECT_KINDS.schema)) })
export type ServiceField = t.Static<typeof ServiceField>

/** Answers that carry an error in a 200: `pointer` must hold one of `values`. */
export const OkRule = input({
  pointer: Pointer,
  values: t.Array(t.Union([t.String({ maxLength: 64 }), t.Integer(), t.Boolean()]), { minItems: 1, maxItems: 10 }),
})

export const ServiceDraft = input({
  resource_id: Id,
  body_kind: BODY_KINDS.schema,
  method: t.Unsafe<'GET' | 'POST'>(t.String({ enum: ['GET', 'POST'] })),
  /** `http://host:port/path/{name}`; braces name path parameters. */
  url: t.String({ minLength: 10, maxLength: 500, pattern: '^https?://[^\\s]+$' }),
  parameters: t.Array(ServiceParameter, { maxItems: 20 }),
  /** Where the record, or the list of records, stands in the provider's answer. */
  rows_pointer: Pointer,
  fields: t.Array(ServiceField, { maxItems: 200 }),
  ok_rule: t.Optional(nullable(OkRule)),
  timeout_ms: t.Optional(t.Integer({ minimum: 100, maximum: 60_000, default: 5000 })),
  max_bytes: t.Optional(t.Integer({ minimum: 1024, maximum: 1_048_576, default: 1_048_576 })),
  concurrency: t.Optional(t.Integer({ minimum: 1, maximum: 512, default: 64 })),
})
export type ServiceDraft = t.Static<typeof ServiceDraft>

export const Service = t.Object({
  service_id: Id,
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  /** Service number of the four-header scheme, `s_…` (domain §6.3). */
  sid: t.String(),
  version: t.Integer(),
  state: SERVICE_STATES.schema,
  body_kind: BODY_KINDS.schema,
  method: t.String(),
  url: t.String(),
  parameters: t.Array(ServiceParameter),
  rows_pointer: t.String(),
  fields: t.Array(ServiceField),
  ok_rule: nullable(OkRule),
  timeout_ms: t.Integer(),
  max_bytes: t.Integer(),
  concurrency: t.Integer(),
  attached_at: Instant,
  can: t.Array(t.String()),
})
export type Service = t.Static<typeof Service>

/** What consumers see of a service: how to call it, never where it is. */
export const ServiceFace = t.Object({
  resource_id: Id,
  resource_code: t.String(),
  address: t.String({ description: '网关路径' }),
  sid: t.String(),
  body_kind: BODY_KINDS.schema,
  parameters: t.Array(
    t.Object({ name: t.String(), in: t.String(), required: t.Boolean(), item: t.Optional(nullable(t.String())) }),
  ),
  items: t.Array(t.String()),
  last_30_days: t.Object({ answered: t.Integer(), refused: t.Integer(), failed: t.Integer() }),
})
export type ServiceFace = t.Static<typeof ServiceFace>

export const attachService = endpoint({
  method: 'POST',
  path: '/gateway/services',
  permission: 'gateway.service.edit',
  summary: '挂接接口服务：信息项与提供方返回字段一一对应',
  body: ServiceDraft,
  response: Service,
})

export const changeService = endpoint({
  method: 'PUT',
  path: '/gateway/services/:id',
  permission: 'gateway.service.edit',
  summary: '变更接口服务（生成新版本，网关立即生效）',
  params: ById,
  body: ServiceDraft,
  response: Service,
})

export const detachService = endpoint({
  method: 'POST',
  path: '/gateway/services/:id/detach',
  permission: 'gateway.service.edit',
  summary: '解除挂接',
  params: ById,
  body: input({ reason: Line(500) }),
  response: Service,
})

export const listServices = endpoint({
  method: 'GET',
  path: '/gateway/services',
  permission: 'gateway.service.edit',
  summary: '本部门挂接的接口服务',
  query: input({ ...PageQuery, resource_id: t.Optional(Id) }),
  response: Page(Service),
})

export const getServiceFace = endpoint({
  method: 'GET',
  path: '/gateway/resources/:id/service',
  permission: 'gateway.service.read',
  summary: '资源的接口：调用地址、参数、可用信息项、近 30 日调用',
  params: ById,
  response: nullable(ServiceFace),
})

export const importOpenApi = endpoint({
  method: 'POST',
  path: '/gateway/openapi-readings',
  permission: 'gateway.service.edit',
  summary: '读入提供方的 OpenAPI 文档，给出挂接草稿（不保存）',
  body: input({ resource_id: Id, document: t.Record(t.String(), t.Unknown()), path: t.Optional(Line(300)) }),
  response: t.Object({
    operations: t.Array(t.Object({ method: t.String(), path: t.String(), summary: t.String() })),
    draft: nullable(t.Unsafe<Partial<ServiceDraft>>(t.Record(t.String(), t.Unknown()))),
    unmatched_items: t.Array(t.String()),
  }),
})

export const TryRequest = input({
  method: t.Unsafe<'GET' | 'POST'>(t.String({ enum: ['GET', 'POST'] })),
  /** Path and query on the gateway; nothing else can be reached. */
  path: t.String({ pattern: '^/gateway/v1/[\\x21-\\x7e]*$', maxLength: 2000 }),
  headers: t.Record(t.String({ maxLength: 64 }), t.String({ maxLength: 2000 })),
  body: t.Optional(t.String({ maxLength: 65_536 })),
})

export const tryCall = endpoint({
  method: 'POST',
  path: '/gateway/trials',
  permission: 'gateway.call.try',
  summary: '在线试调用：把浏览器里签好的请求原样送到网关，原样带回',
  body: TryRequest,
  response: t.Object({
    status: t.Integer(),
    headers: t.Record(t.String(), t.String()),
    body: t.String(),
    milliseconds: t.Integer(),
  }),
})

/** The data plane's fixed words: addresses and headers of the gateway (published for integrators). */
export const PLANE = {
  prefix: '/gateway/v1',
  challenge: '/gateway/v1/challenge',
  sessions: '/gateway/v1/sessions',
  headers: {
    purpose: 'sanjiang-purpose',
    case: 'sanjiang-case',
    officer: 'sanjiang-officer',
    counter: 'sanjiang-counter',
    receipt: 'sanjiang-receipt',
    leaf: 'sanjiang-leaf',
    /** Sent: which of several grants to call under. Returned: grant and version that answered. */
    grant: 'sanjiang-grant',
    trace: 'x-trace-id',
  },
  max_body_bytes: 1_048_576,
  clock_skew_seconds: 300,
  session_seconds: 900,
} as const

/** `302015001/000007` is written `302015001-000007` in addresses. */
export const codeInUrl = (code: string): string => code.replace('/', '-')

/** Value of `sanjiang-purpose`: one of the four uses, `;`, and the service item or duty, percent-encoded. */
export const purposeHeader = ({ code, ref }: { code: string; ref: string }): string =>
  `${code};${encodeURIComponent(ref)}`

export const SignIn = input({
  client_id: Id,
  key_id: t.String({ maxLength: 64 }),
  nonce: t.String({ maxLength: 128 }),
  created: t.Integer(),
  signature: t.String({ maxLength: 200 }),
})
export type SignIn = t.Static<typeof SignIn>

export interface GatewaySession {
  readonly session_id: string
  /** HMAC key, base64, shared by client and this one gateway process. */
  readonly secret: string
  readonly alg: 'hmac-sha256'
  readonly expires_at: string
  readonly gateway_id: string
}

/** The answer of a governed call: granted items only, masked as granted. */
export interface CallAnswer {
  readonly resource_code: string
  readonly count: number
  readonly rows: readonly Record<string, unknown>[]
}
