import type { ServiceParameter } from '@sanjiang/contract/gateway'
import type { RowCondition } from '@sanjiang/contract/sharing'
import { invalid } from '#kernel/fault.ts'
import type { Outgoing } from './forward.ts'
import type { AttachedService, GrantRow } from './snapshot.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const CONTROL = /[\0-\x1f\x7f]/

type Values = ReadonlyMap<string, string>

/** The caller's parameters: from the query, or from a JSON object body. Unknown and doubled names are refused. */
export const readParameters = (service: AttachedService, query: string, body: Buffer | null): Values => {
  const given = new Map<string, string>()
  const put = (name: string, value: unknown): void => {
    if (given.has(name)) throw invalid(name, 'duplicate', `参数 ${name} 重复`)
    if (!service.parameters.some((one) => one.name === name)) throw invalid(name, 'unknown', `该接口没有参数 ${name}`)
    if (typeof value !== 'string' && typeof value !== 'number')
      throw invalid(name, 'type', `参数 ${name} 应为文本或数字`)
    if (CONTROL.test(String(value))) throw invalid(name, 'control', `参数 ${name} 含有控制字符`)
    if (String(value).length > 500) throw invalid(name, 'maxLength', `参数 ${name} 过长`)
    given.set(name, String(value))
  }
  for (const [name, value] of new URLSearchParams(query)) put(name, value)
  if (body && body.length > 0) for (const [name, value] of Object.entries(parseBody(body))) put(name, value)
  return given
}

const parseBody = (body: Buffer): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>
  } catch {
    // one refusal below for both kinds
  }
  throw invalid('body', 'json', '请求体应为 JSON 对象')
}

/** A granted `eq` condition on an item that the provider can select by is put into the request itself. */
export const pushedCondition = (
  parameter: ServiceParameter,
  grant: Pick<GrantRow, 'row_conditions'>,
): RowCondition | undefined => grant.row_conditions.find(({ item, op }) => op === 'eq' && item === parameter.item)

const effectiveValue = (parameter: ServiceParameter, grant: GrantRow, given: Values): string | undefined => {
  const condition = pushedCondition(parameter, grant)
  const pushed = condition && String(condition.values[0])
  const asked = given.get(parameter.name)
  if (pushed !== undefined && asked !== undefined && pushed !== asked)
    throw invalid(parameter.name, 'row_condition', `授权只允许 ${parameter.name}=${pushed}`)
  const value = pushed ?? asked
  if (value === undefined && parameter.required) throw invalid(parameter.name, 'required', `缺少参数 ${parameter.name}`)
  return value
}

/** A person or firm that a call is about. */
export interface Subject {
  readonly kind: 'citizen_id' | 'credit_code'
  readonly value: string
}

export interface Prepared extends Outgoing {
  readonly subjects: Subject[]
}

/** The request to the provider: path parameters filled (encoded), query and body built from the mapping alone. */
export const prepare = (service: AttachedService, grant: GrantRow, given: Values): Prepared => {
  let path = service.url.slice(service.url.indexOf('/', 8))
  if (!path.startsWith('/')) path = '/'
  const query = new URLSearchParams()
  const body: Record<string, string> = {}
  const subjects: Subject[] = []
  for (const parameter of service.parameters) {
    const value = effectiveValue(parameter, grant, given)
    if (value === undefined) continue
    const name = parameter.provider_name ?? parameter.name
    if (parameter.in === 'path') {
      if (value === '' || value === '.' || value === '..')
        throw invalid(parameter.name, 'path', `参数 ${parameter.name} 无效`)
      path = path.replace(`{${name}}`, () => encodeURIComponent(value))
    } else if (parameter.in === 'query') query.append(name, value)
    else body[name] = value
    if (parameter.subject) subjects.push({ kind: parameter.subject, value })
  }
  if (query.size > 0) path += `${path.includes('?') ? '&' : '?'}${query}`
  return { path, body: service.method === 'POST' ? JSON.stringify(body) : null, subjects }
}
