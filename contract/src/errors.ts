/**
 * The only list of errors. `party` says whose fault it is, so that an integrator knows whom to call: the caller, the
 * providing department, or the platform. Rendered as RFC 9457 problem+json; docs/reference/errors.md is generated from it.
 */
export const ERRORS = {
  // calling
  unauthenticated: { status: 401, title: '请先登录', party: 'caller' },
  bad_credentials: { status: 401, title: '账号、口令或动态码不正确', party: 'caller' },
  second_factor_required: { status: 401, title: '需要动态码', party: 'caller' },
  locked: { status: 423, title: '账号已锁定', party: 'caller' },
  forbidden: { status: 403, title: '没有此项权限', party: 'caller' },
  csrf: { status: 403, title: '页面令牌缺失或已失效，请刷新页面', party: 'caller' },
  password_expired: { status: 403, title: '口令已到期，请先修改', party: 'caller' },
  not_found: { status: 404, title: '没有找到', party: 'caller' },
  method_not_allowed: { status: 405, title: '不支持此方法', party: 'caller' },
  wrong_state: { status: 409, title: '当前状态不允许此操作', party: 'caller' },
  stale: { status: 409, title: '内容已被他人修改，请重新载入', party: 'caller' },
  conflict: { status: 409, title: '与已有记录冲突', party: 'caller' },
  separation_of_duties: { status: 409, title: '职责分离：不能由同一人办理', party: 'caller' },
  too_large: { status: 413, title: '请求内容过大', party: 'caller' },
  unsupported_media_type: { status: 415, title: '不支持的内容类型', party: 'caller' },
  malformed: { status: 400, title: '请求无法解析', party: 'caller' },
  invalid: { status: 422, title: '内容不符合规则', party: 'caller' },
  rate_limited: { status: 429, title: '请求过于频繁', party: 'caller' },
  only_in_demo: { status: 403, title: '仅演示模式可用', party: 'caller' },
  // catalogue
  source_failed: { status: 502, title: '汇聚来源没有给出可用的回答', party: 'provider' },
  // sharing
  withheld: { status: 409, title: '不予共享，不能申请', party: 'caller' },
  // gateway: what the caller did
  signature_invalid: { status: 401, title: '签名不正确', party: 'caller' },
  session_unknown: { status: 401, title: '会话不存在或已过期，请重新签到', party: 'caller' },
  clock_skew: { status: 401, title: '时间偏差超出允许范围', party: 'caller' },
  replayed: { status: 409, title: '重复的请求', party: 'caller' },
  no_grant: { status: 403, title: '没有有效授权', party: 'caller' },
  grant_revoked: { status: 403, title: '授权已收回', party: 'caller' },
  grant_changed: { status: 409, title: '授权或接口在调用途中变更，请重试', party: 'caller' },
  grant_expired: { status: 403, title: '授权已到期或未生效', party: 'caller' },
  purpose_mismatch: { status: 403, title: '用途与授权不符', party: 'caller' },
  assurance_too_low: { status: 403, title: '签名方式的可信程度低于授权要求', party: 'caller' },
  address_not_allowed: { status: 403, title: '来源地址不在白名单', party: 'caller' },
  quota_exceeded: { status: 429, title: '超出授权的调用次数', party: 'caller' },
  // gateway: what the provider did
  provider_unreachable: { status: 502, title: '提供方服务无法连接', party: 'provider' },
  provider_timeout: { status: 504, title: '提供方服务超时', party: 'provider' },
  provider_failed: { status: 502, title: '提供方服务返回错误', party: 'provider' },
  provider_malformed: { status: 502, title: '提供方返回的内容不符合登记的结构', party: 'provider' },
  provider_too_large: { status: 502, title: '提供方返回的内容过大', party: 'provider' },
  provider_suspended: { status: 503, title: '提供方服务连续失败，暂停转发', party: 'provider' },
  // exchange
  token_invalid: { status: 401, title: '一次性口令不正确、已用过或已过期', party: 'caller' },
  agent_fenced: { status: 409, title: '前置节点的纪元已过期：它是从旧备份恢复的副本', party: 'caller' },
  agent_away: { status: 409, title: '前置节点未在线', party: 'provider' },
  out_of_order: { status: 409, title: '数据块次序不对，请从当前位置续传', party: 'caller' },
  parts_missing: { status: 409, title: '文件分段尚未到齐，请续传', party: 'caller' },
  digest_mismatch: { status: 422, title: '内容与摘要不符', party: 'caller' },
  chunks_expired: { status: 410, title: '所要的数据块已过保留期，需要重新全量', party: 'caller' },
  // open data
  rows_held: { status: 409, title: '数据中有不能公开的内容，须先处理', party: 'provider' },
  rows_unchecked: { status: 409, title: '数据尚未检查完毕', party: 'caller' },
  // the platform
  ledger_unavailable: { status: 503, title: '存证账本暂不可用，未放行任何数据', party: 'platform' },
  internal: { status: 500, title: '平台内部错误', party: 'platform' },
  unavailable: { status: 503, title: '平台暂不可用', party: 'platform' },
} as const satisfies Record<string, ErrorSpec>

export interface ErrorSpec {
  readonly status: number
  readonly title: string
  readonly party: 'caller' | 'provider' | 'platform'
}

export type ErrorCode = keyof typeof ERRORS

/** One rule broken at one place: field as a path (`items.3.length`), rule id, its clause and the sentence to show. */
export interface FieldFault {
  readonly field: string
  readonly rule: string
  readonly message: string
  readonly clause?: string
  readonly level?: 'error' | 'warning'
}

/** RFC 9457 body of every refusal. */
export interface Problem {
  readonly type: string
  readonly code: ErrorCode
  readonly status: number
  readonly title: string
  readonly party: ErrorSpec['party']
  readonly detail?: string
  readonly fields?: readonly FieldFault[]
  readonly trace: string
}
