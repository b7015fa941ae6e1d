import * as t from 'typebox'
import { LayerChange, StandardChange } from './catalog.layer.ts'
import { COPIES, Finding } from './catalog.resource.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** `scheduled` and `superseded` follow from the business date; stored are draft, adopted and withdrawn. */
export const EDITION_PHASES = coded({
  draft: '草稿',
  scheduled: '已采纳待施行',
  in_force: '现行',
  superseded: '已被取代',
  withdrawn: '已撤回',
})
export type EditionPhase = (typeof EDITION_PHASES.codes)[number]

/** One version of the catalogue standard and where it stands: draft, adopted by a second person, in force by its date. */
export const Edition = t.Object({
  id: t.String(),
  version: t.Integer(),
  title: t.String(),
  document_no: t.String(),
  dialect: t.String(),
  note: t.String(),
  verified: t.Boolean(),
  phase: EDITION_PHASES.schema,
  is_current: t.Boolean(),
  /** The national version this one is a layer over; `null` for the base itself. */
  base_version: nullable(t.Integer()),
  /** The version in force when it was drafted: adopting is refused once another has been adopted since. */
  from_version: nullable(t.Integer()),
  change_count: t.Integer(),
  revision: t.Integer(),
  effective_from: IsoDate,
  effective_to: nullable(IsoDate),
  /** Entries published under the version before stay valid until this day. */
  transition_until: nullable(IsoDate),
  author_name: nullable(t.String()),
  adopted_by_name: nullable(t.String()),
  adopted_on: nullable(IsoDate),
  withdraw_reason: nullable(t.String()),
  /** save, withdraw, try, adopt. */
  can: t.Array(t.String()),
})
export type Edition = t.Static<typeof Edition>

const OfStandard = t.Object({ standard: t.String({ maxLength: 64 }) })
const ByEdition = t.Object({
  standard: t.String({ maxLength: 64 }),
  version: t.Integer({ minimum: 1, maximum: 10_000 }),
})

export const listEditions = endpoint({
  method: 'GET',
  path: '/catalog/editions',
  permission: 'catalog.standard.read',
  summary: '目录标准的各版次：草稿、待施行、现行、已被取代',
  response: t.Array(Edition),
})

export const EditionDetail = t.Object({
  edition: Edition,
  layer: t.Array(LayerChange),
  base: nullable(t.Object({ version: t.Integer(), title: t.String(), document_no: t.String() })),
  /** What stands against the layer; a draft may be saved with faults, but neither tried nor adopted. */
  faults: t.Array(t.Object({ index: t.Integer(), field: t.String(), message: t.String() })),
})
export type EditionDetail = t.Static<typeof EditionDetail>

export const getEdition = endpoint({
  method: 'GET',
  path: '/catalog/editions/:standard/:version',
  permission: 'catalog.standard.read',
  summary: '一个版次：地方扩展逐条、依据、状态',
  params: ByEdition,
  response: EditionDetail,
})

export const draftEdition = endpoint({
  method: 'POST',
  path: '/catalog/editions/:standard',
  permission: 'catalog.standard.edit',
  summary: '据现行版次另起新版草稿',
  params: OfStandard,
  body: input({ note: t.Optional(t.String({ maxLength: 1000 })) }),
  response: EditionDetail,
})

export const saveEdition = endpoint({
  method: 'PUT',
  path: '/catalog/editions/:standard/:version',
  permission: 'catalog.standard.edit',
  summary: '保存草稿（整体替换，带修订号）；已采纳的版次不能再改',
  params: ByEdition,
  body: input({
    revision: t.Integer({ minimum: 1 }),
    dialect: Line(40),
    note: t.String({ maxLength: 1000 }),
    layer: t.Array(LayerChange, { maxItems: 500 }),
  }),
  response: EditionDetail,
})

export const withdrawEdition = endpoint({
  method: 'POST',
  path: '/catalog/editions/:standard/:version/withdraw',
  permission: 'catalog.standard.edit',
  summary: '撤回草稿，说明理由',
  params: ByEdition,
  body: input({ reason: Line(1000, 5) }),
  response: EditionDetail,
})

export const adoptEdition = endpoint({
  method: 'POST',
  path: '/catalog/editions/:standard/:version/adopt',
  permission: 'catalog.standard.adopt',
  summary: '采纳草稿：起草人以外的人，定施行日和过渡期；须已对全部条目试算',
  params: ByEdition,
  body: input({ revision: t.Integer({ minimum: 1 }), effective_from: IsoDate, transition_until: IsoDate }),
  response: EditionDetail,
})

export const diffEditions = endpoint({
  method: 'GET',
  path: '/catalog/edition-diff/:standard',
  permission: 'catalog.standard.read',
  summary: '两个版次的差异：字段、信息项字段、代码、分类、规则',
  params: OfStandard,
  query: input({ from: t.Integer({ minimum: 1, maximum: 10_000 }), to: t.Integer({ minimum: 1, maximum: 10_000 }) }),
  response: t.Array(StandardChange),
})

/** What becomes of one copy of an entry: judged by the version in force and by the version tried. */
export const OUTCOMES = coded({
  fails: '将不合格',
  still_fails: '仍不合格',
  mended: '将合格',
  warned: '新增提醒',
  passes: '无影响',
})
export type Outcome = (typeof OUTCOMES.codes)[number]

export const EFFECT_STATES = coded({ running: '进行中', done: '已完成', outdated: '已过时' })

const Count = t.Object({
  key: t.String(),
  title: t.String(),
  fails: t.Integer(),
  mended: t.Integer(),
  warned: t.Integer(),
})

/** A run over all entries, published and working copies; it goes on where it stood after any interruption. */
export const Effect = t.Object({
  effect_id: Id,
  standard_id: t.String(),
  version: t.Integer(),
  against_version: t.Integer(),
  state: EFFECT_STATES.schema,
  total: t.Integer(),
  done: t.Integer(),
  started_on: IsoDate,
  started_at: Instant,
  finished_at: nullable(Instant),
  started_by_name: t.String(),
  outcomes: t.Array(t.Object({ outcome: OUTCOMES.schema, published: t.Integer(), working: t.Integer() })),
  /** Copies in which a rule finds something it does not find now, or no longer finds what it does. */
  rules: t.Array(Count),
  fields: t.Array(Count),
  organs: t.Array(Count),
})
export type Effect = t.Static<typeof Effect>

export const startEffect = endpoint({
  method: 'POST',
  path: '/catalog/editions/:standard/:version/effects',
  permission: 'catalog.standard.edit',
  summary: '对全部条目试算：采纳后哪些将不合格、将合格、新增提醒（后台进行）',
  params: ByEdition,
  response: Effect,
})

export const getEffect = endpoint({
  method: 'GET',
  path: '/catalog/editions/:standard/:version/effect',
  permission: 'catalog.standard.edit',
  summary: '最近一次试算的进度与结果：按规则、字段、机构',
  params: ByEdition,
  response: nullable(Effect),
})

export const listEffectEntries = endpoint({
  method: 'GET',
  path: '/catalog/effects/:id/entries',
  permission: 'catalog.standard.read',
  summary: '试算涉及的条目：只列本人可见的；部门可看本部门的',
  params: ById,
  query: input({
    ...PageQuery,
    outcome: t.Optional(OUTCOMES.schema),
    rule: t.Optional(t.String({ maxLength: 8 })),
    field: t.Optional(t.String({ maxLength: 64 })),
    organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
  }),
  response: Page(
    t.Object({
      resource_id: Id,
      name: t.String(),
      code: nullable(t.String()),
      provider_name: t.String(),
      copy: COPIES.schema,
      outcome: OUTCOMES.schema,
      /** Findings of the version tried that the version in force does not make. */
      added: t.Array(Finding),
      /** … and those it no longer makes. */
      gone: t.Array(Finding),
    }),
  ),
})

export const Transition = t.Object({
  standard_id: t.String(),
  version: t.Integer(),
  title: t.String(),
  effective_from: IsoDate,
  transition_until: IsoDate,
  /** Working days from today to the last day; 0 and below: over, the findings count. */
  working_days_left: t.Integer(),
  is_over: t.Boolean(),
})
export type Transition = t.Static<typeof Transition>

export const getTransition = endpoint({
  method: 'GET',
  path: '/catalog/transition',
  permission: 'catalog.standard.read',
  summary: '过渡期：各机构还有多少条目须按现行（或即将施行的）版次修订',
  response: nullable(
    t.Object({
      transition: Transition,
      effect_id: Id,
      organs: t.Array(t.Object({ organ_id: t.String(), name: t.String(), open: t.Integer(), mended: t.Integer() })),
    }),
  ),
})

export const getResourceTransition = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/transition',
  permission: 'catalog.resource.read',
  summary: '一个已发布条目在过渡期中的位置：还差什么，何日起计入问题',
  params: ById,
  response: nullable(t.Object({ transition: Transition, findings: t.Array(Finding) })),
})

export const chooseStandard = endpoint({
  method: 'PUT',
  path: '/catalog/resources/:id/standard',
  permission: 'catalog.resource.edit',
  summary: '编制中版本按哪一版标准检查：现行的，或已采纳待施行的下一版',
  params: ById,
  body: input({ version: t.Integer({ minimum: 1, maximum: 10_000 }) }),
  response: t.Object({ standard_id: t.String(), version: t.Integer() }),
})
