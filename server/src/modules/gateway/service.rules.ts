import type { FieldFault } from '@sanjiang/contract'
import type { ServiceDraft } from '@sanjiang/contract/gateway'

const fault = (field: string, rule: string, message: string): FieldFault => ({ field, rule, message, clause: 'T8.1' })

const bracedNames = (url: string): string[] => [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)

const checkParameters = (draft: ServiceDraft, items: ReadonlySet<string>): FieldFault[] => {
  const faults: FieldFault[] = []
  const names = new Set<string>()
  const braces = bracedNames(draft.url)
  const inPath = draft.parameters.filter((one) => one.in === 'path').map((one) => one.provider_name ?? one.name)
  draft.parameters.forEach((one, index) => {
    const at = `parameters.${index}`
    if (names.has(one.name)) faults.push(fault(`${at}.name`, 'duplicate', `参数 ${one.name} 重复`))
    names.add(one.name)
    if (one.item && !items.has(one.item)) faults.push(fault(`${at}.item`, 'unknown_item', `资源没有信息项 ${one.item}`))
    if (one.in === 'path' && !one.required) faults.push(fault(`${at}.required`, 'path_required', '路径参数必须必填'))
    if (one.in === 'body' && draft.method === 'GET') faults.push(fault(`${at}.in`, 'body_of_get', 'GET 请求没有请求体'))
  })
  for (const name of braces)
    if (!inPath.includes(name)) faults.push(fault('url', 'path_parameter', `地址中的 {${name}} 没有对应的路径参数`))
  for (const name of inPath)
    if (!braces.includes(name)) faults.push(fault('url', 'path_parameter', `路径参数 ${name} 没有出现在地址中`))
  return faults
}

const checkFields = (draft: ServiceDraft, items: ReadonlySet<string>): FieldFault[] => {
  const faults: FieldFault[] = []
  const bound = new Set<string>()
  draft.fields.forEach(({ item }, index) => {
    const at = `fields.${index}.item`
    if (!items.has(item)) faults.push(fault(at, 'unknown_item', `资源没有信息项 ${item}`))
    if (bound.has(item)) faults.push(fault(at, 'duplicate', `信息项 ${item} 绑定了两次`))
    bound.add(item)
  })
  if (draft.body_kind === 'json' && bound.size === 0) faults.push(fault('fields', 'empty', '至少绑定一个信息项'))
  if (draft.body_kind === 'passthrough' && bound.size > 0)
    faults.push(fault('fields', 'passthrough', '原样传输的接口不绑定信息项'))
  return faults
}

/** Whether a service can answer for a resource with these items (English names). Empty: nothing is wrong. */
export const checkService = (draft: ServiceDraft, items: ReadonlySet<string>): FieldFault[] => [
  ...(URL.canParse(draft.url.replace(/[{}]/g, '')) ? [] : [fault('url', 'url', '地址无效')]),
  ...(/[{}]/.test(draft.url.split('/').slice(0, 3).join('/')) ? [fault('url', 'host', '主机与端口不能是参数')] : []),
  ...(/^https?:\/\/[^/?#]*@/.test(draft.url) ? [fault('url', 'credentials', '地址里不能带账号口令')] : []),
  ...checkParameters(draft, items),
  ...checkFields(draft, items),
]
