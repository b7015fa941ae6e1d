import { type Access, API_PREFIX, type Endpoint } from './endpoint.ts'
import { ERRORS } from './errors.ts'
import { PERMISSIONS, type Permission } from './permissions.ts'

type Any = Endpoint<never, unknown>
type Json = Record<string, unknown>

/** An object is an endpoint of the contract when it says method, path and permission. */
export const isEndpoint = (value: unknown): value is Any =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'permission' in value

/** `submitResource` in `catalog` and so on: every endpoint constant of a namespace object of contract modules. */
export const endpointsOf = (modules: Record<string, object>): { module: string; name: string; endpoint: Any }[] =>
  Object.entries(modules).flatMap(([module, members]) =>
    Object.entries(members)
      .filter(([, member]) => isEndpoint(member))
      .map(([name, endpoint]) => ({ module, name, endpoint: endpoint as Any })),
  )

export const accessTitle = (access: Access): string =>
  access === 'public' ? '公开' : access === 'session' ? '登录即可' : PERMISSIONS[access as Permission]

const parametersOf = (schema: Json | undefined, place: 'path' | 'query'): Json[] => {
  const properties = (schema?.properties ?? {}) as Record<string, Json>
  const required = new Set((schema?.required ?? []) as string[])
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    description: one.description,
    schema: one,
  }))
}

const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const operation = (module: string, name: string, ep: Any): Json => ({
  operationId: `${module}.${name}`,
  tags: [module],
  summary: ep.summary,
  description: `权限：${accessTitle(ep.permission)}（${ep.permission}）`,
  security: ep.permission === 'public' ? [] : [{ session: [] }],
  parameters: [
    ...parametersOf(ep.params as unknown as Json, 'path'),
    ...parametersOf(ep.query as unknown as Json, 'query'),
  ],
  ...(ep.body ? { requestBody: { required: true, content: { 'application/json': { schema: ep.body } } } } : {}),
  responses: {
    200: {
      description: '成功',
      content: { [ep.produces ?? 'application/json']: { schema: ep.produces ? { type: 'string' } : ep.response } },
    },
    default: problem('拒绝：code 说明原因，party 说明是谁的责任，fields 指出字段与规则'),
  },
})

const ProblemSchema: Json = {
  type: 'object',
  required: ['type', 'code', 'status', 'title', 'party', 'trace'],
  properties: {
    type: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    status: { type: 'integer' },
    title: { type: 'string' },
    party: { type: 'string', enum: ['caller', 'provider', 'platform'] },
    detail: { type: 'string' },
    trace: { type: 'string' },
    fields: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'rule', 'message'],
        properties: Object.fromEntries(
          ['field', 'rule', 'message', 'clause', 'level'].map((key) => [key, { type: 'string' }]),
        ),
      },
    },
  },
}

/** OpenAPI 3.1 of the whole contract, from the same constants the server serves. */
export const toOpenApi = (modules: Record<string, object>, version: string): Json => {
  const paths: Record<string, Json> = {}
  for (const { module, name, endpoint: ep } of endpointsOf(modules)) {
    const path = API_PREFIX + ep.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [ep.method.toLowerCase()]: operation(module, name, ep) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '三江 政务信息系统整合共享平台',
      version,
      description: '错误一律为 RFC 9457 problem+json；写操作须带 x-csrf-token。',
    },
    paths,
    components: {
      schemas: { Problem: ProblemSchema },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'sanjiang_session' } },
    },
  }
}
