import type { ErrorCode } from '@sanjiang/contract'
import { type AttachedService, type GrantRow, grantKey, type Snapshot } from './snapshot.ts'

/** What a call says of itself, once it is known who is calling. */
export interface Claim {
  readonly client_id: string
  /** Key that opened the session; revoking it ends the session's calls. */
  readonly key_id: string | null
  readonly resource_code: string
  /** `null` under the four-header scheme, which carries no purpose: the grant's own then stands. */
  readonly purpose: { readonly code: string; readonly ref: string } | null
  readonly assurance: 'high' | 'low'
  /** The one grant to decide on, where the caller named it or a decision is being made again. */
  readonly grant_id: string | null
  readonly today: string
}

export type Decision =
  | { readonly allowed: true; readonly grant: GrantRow; readonly service: AttachedService }
  | { readonly allowed: false; readonly code: ErrorCode; readonly detail: string; readonly grant?: GrantRow }

const refuse = (code: ErrorCode, detail: string, grant?: GrantRow): Decision => ({
  allowed: false,
  code,
  detail,
  grant,
})

const isInForce = (grant: GrantRow, today: string): boolean => grant.starts_on <= today && today <= grant.ends_on

const isForPurpose = (grant: GrantRow, purpose: Claim['purpose']): boolean =>
  purpose === null || (grant.purpose_code === purpose.code && grant.purpose_ref === purpose.ref)

const coversAll = (grant: GrantRow, service: AttachedService): boolean =>
  grant.items.length === service.item_count &&
  grant.row_conditions.length === 0 &&
  grant.items.every((item) => item.mask_rule === 'none')

/**
 * One call against one snapshot: the grant that allows it, or the first reason why none does. Pure, so that the same
 * question can be asked again on a newer snapshot before the answer leaves (architecture §6, T5.2, C2).
 */
export const decide = (snapshot: Snapshot, claim: Claim): Decision => {
  const client = snapshot.clients.get(claim.client_id)
  if (client?.status !== 'active') return refuse('forbidden', '应用系统不存在或已停用')
  if (claim.key_id !== null && !client.keys.some((key) => key.key_id === claim.key_id))
    return refuse('session_unknown', '签到所用的公钥已吊销')
  const standing = snapshot.grants.get(grantKey(claim.client_id, claim.resource_code)) ?? []
  const grants = claim.grant_id === null ? standing : standing.filter((one) => one.grant_id === claim.grant_id)
  const active = grants.filter((grant) => grant.status === 'active')
  if (active.length === 0) {
    const revoked = grants[0]
    return revoked ? refuse('grant_revoked', '授权已收回', revoked) : refuse('no_grant', '此应用系统对该资源没有授权')
  }
  const fitting = active.filter((grant) => isForPurpose(grant, claim.purpose))
  if (fitting.length === 0) return refuse('purpose_mismatch', '请求所述用途不在授权之内', active[0])
  const grant = fitting.find((one) => isInForce(one, claim.today))
  if (!grant)
    return refuse('grant_expired', `授权有效期为 ${fitting[0]!.starts_on} 至 ${fitting[0]!.ends_on}`, fitting[0])
  if (claim.assurance === 'low' && !grant.allows_low_assurance)
    return refuse('assurance_too_low', '该授权不接受四头签名方式', grant)
  const service = snapshot.services.get(claim.resource_code)
  if (!service) return refuse('not_found', '该资源没有挂接接口服务', grant)
  if (service.body_kind === 'passthrough' && !coversAll(grant, service))
    return refuse('no_grant', '该接口原样传输，须全部信息项均已授权且不脱敏', grant)
  return { allowed: true, grant, service }
}
