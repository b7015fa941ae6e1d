import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export const NORM_KINDS = coded({
  law: '法律',
  administrative_regulation: '行政法规',
  central_policy: '党中央、国务院文件',
  ministry_policy: '部委文件',
  local_regulation: '地方性法规',
  provincial_policy: '省级文件',
  national_standard: '国家标准',
  local_standard: '地方标准',
  platform_rule: '平台规定',
})
export type NormKind = (typeof NORM_KINDS.codes)[number]

/** The four kinds of standard the plan asks for, and the rules of sharing (任务五). */
export const NORM_FIELDS = coded({
  business: '业务标准',
  data: '数据标准',
  technical: '技术标准',
  security: '安全标准',
  institution: '管理制度',
})
export type NormField = (typeof NORM_FIELDS.codes)[number]

export const NORM_STATES = coded({ coming: '尚未施行', in_force: '现行有效', abolished: '已废止' })

/** What the software does because a clause says so. */
export const NORM_LINKS = coded({
  catalog_rule: '目录校验规则',
  platform_rule: '平台校验规则',
  clock_rule: '办理时限',
  sharing_rule: '共享管理规则',
  code_check: '代码校验',
  legal_basis: '不予共享依据',
})
export type NormLinkKind = (typeof NORM_LINKS.codes)[number]

export const NormLink = t.Object({
  kind: NORM_LINKS.schema,
  target: t.String(),
  /** What the target is called, and how it is enforced now: level, days, place. */
  title: t.String(),
  detail: t.String(),
})
export type NormLink = t.Static<typeof NormLink>

export const NormClause = t.Object({
  clause: t.String(),
  text: t.String(),
  removed_on: nullable(IsoDate),
  links: t.Array(NormLink),
})
export type NormClause = t.Static<typeof NormClause>

const Short = t.Object({ norm_id: t.String(), title: t.String(), document_no: t.String() })

export const Norm = t.Object({
  norm_id: t.String(),
  title: t.String(),
  document_no: t.String(),
  kind: NORM_KINDS.schema,
  field: NORM_FIELDS.schema,
  issuer: t.String(),
  issued_on: nullable(IsoDate),
  effective_on: nullable(IsoDate),
  abolished_on: nullable(IsoDate),
  state: NORM_STATES.schema,
  url: t.String(),
  summary: t.String(),
  /** Compared with the printed text. */
  verified: t.Boolean(),
  link_count: t.Integer(),
  revision: t.Integer(),
})
export type Norm = t.Static<typeof Norm>

export const NormDetail = t.Object({
  norm: Norm,
  clauses: t.Array(NormClause),
  replaces: nullable(Short),
  replaced_by: t.Array(Short),
  /** Published entries that withhold, or whose items do, on the strength of this document. */
  reliance_count: t.Integer(),
  updated_at: Instant,
  updated_by_name: t.String(),
  can: t.Array(t.String()),
})
export type NormDetail = t.Static<typeof NormDetail>

const NormId = t.String({ pattern: '^[a-z0-9][a-z0-9-]{1,60}$', description: '标识：小写字母、数字、连字符' })
const ByNorm = t.Object({ norm: NormId })

export const listNorms = endpoint({
  method: 'GET',
  path: '/catalog/norms',
  permission: 'catalog.standard.read',
  summary: '标准与制度库：按名称、文号、类别、领域、状态，或按软件执行的规则反查',
  query: input({
    q: t.Optional(t.String({ maxLength: 100 })),
    kind: t.Optional(NORM_KINDS.schema),
    field: t.Optional(NORM_FIELDS.schema),
    state: t.Optional(NORM_STATES.schema),
    /** A rule or parameter of the software: `C03`, `share_reply`. */
    target: t.Optional(t.String({ maxLength: 64 })),
  }),
  response: t.Array(
    t.Object({
      norm: Norm,
      /** Clauses that carry the rule asked for. */
      clauses: t.Array(t.String()),
    }),
  ),
})

export const getNorm = endpoint({
  method: 'GET',
  path: '/catalog/norms/:norm',
  permission: 'catalog.standard.read',
  summary: '一份标准或制度：条款、软件据以执行的规则、前后沿革',
  params: ByNorm,
  response: NormDetail,
})

const LinkInput = input({ kind: NORM_LINKS.schema, target: Line(64) })

export const NormBody = input({
  /** 0 for a new one. */
  revision: t.Integer({ minimum: 0 }),
  title: Line(200),
  document_no: t.String({ maxLength: 100 }),
  kind: NORM_KINDS.schema,
  field: NORM_FIELDS.schema,
  issuer: t.String({ maxLength: 200 }),
  issued_on: nullable(IsoDate),
  effective_on: nullable(IsoDate),
  abolished_on: nullable(IsoDate),
  replaces: nullable(NormId),
  url: t.String({ maxLength: 500, pattern: '^(https?://\\S+)?$' }),
  summary: t.String({ maxLength: 2000 }),
  verified: t.Boolean(),
  clauses: t.Array(
    input({
      clause: Line(60),
      text: t.String({ maxLength: 2000 }),
      removed_on: nullable(IsoDate),
      links: t.Array(LinkInput, { maxItems: 60 }),
    }),
    { maxItems: 200 },
  ),
})
export type NormBody = t.Static<typeof NormBody>

export const saveNorm = endpoint({
  method: 'PUT',
  path: '/catalog/norms/:norm',
  permission: 'catalog.norm.edit',
  summary: '登记或修改标准、制度；废止、删去条款时列出据以不予共享的条目供复核',
  params: ByNorm,
  body: NormBody,
  response: NormDetail,
})

export const listReliance = endpoint({
  method: 'GET',
  path: '/catalog/norms/:norm/entries',
  permission: 'catalog.resource.read',
  summary: '据此不予共享的已发布条目（本人可见的），供法规废止、修改后复核',
  params: ByNorm,
  query: input({
    ...PageQuery,
    clause: t.Optional(t.String({ maxLength: 60 })),
    organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
  }),
  response: Page(
    t.Object({
      resource_id: Id,
      name: t.String(),
      code: t.String(),
      provider_name: t.String(),
      clause: t.String(),
      /** Items that name the basis themselves; 0: the whole entry does. */
      item_count: t.Integer(),
      /** The document or the clause no longer holds. */
      is_lapsed: t.Boolean(),
    }),
  ),
})
