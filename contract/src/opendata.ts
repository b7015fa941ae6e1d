import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { EditionDetail, OpenRows, RowsProposal } from './opendata.edition.ts'
import { ById, coded, Id, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export * from './opendata.application.ts'
export * from './opendata.edition.ts'
export * from './opendata.figure.ts'
export * from './opendata.inquiry.ts'
export * from './opendata.source.ts'

export const RELEASE_STATES = coded({
  review: '保密审查中',
  released: '开放中',
  rejected: '审查未通过',
  recalled: '提出人已取回',
  withdrawn: '已撤回',
  replaced: '已被取代',
})
export type ReleaseState = (typeof RELEASE_STATES.codes)[number]

/** Licences a dataset may be opened under; titles as people read them, addresses for machines. */
export const LICENCES = coded({
  open: '公共数据开放许可（注明来源即可使用）',
  attribution_sharealike: '注明来源，并以相同许可再提供',
  conditional: '有条件开放：按协议使用',
})

/** What the public looks under: the themes of the classification (国发〔2016〕51号 主题信息资源), by their class codes. */
export const THEMES = coded({
  '201': '公共服务',
  '202': '健康保障',
  '203': '社会保障',
  '204': '食品药品安全',
  '205': '安全生产',
  '206': '价格监管',
  '207': '能源安全',
  '208': '信用体系',
  '209': '城乡建设',
  '210': '社区治理',
  '211': '生态环保',
  '212': '应急维稳',
})
export type ThemeCode = (typeof THEMES.codes)[number]

/** One item as the public sees it. */
export const OpenItem = t.Object({
  name: t.String(),
  name_en: t.String(),
  data_type: nullable(t.String()),
  length: nullable(t.Number()),
})

/** All that leaves for the public side: nothing that is not named here goes out (T4.2). */
export const OpenContent = t.Object({
  slug: t.String(),
  title: t.String(),
  summary: t.String(),
  organ_name: t.String(),
  theme_title: t.String(),
  open_type: t.Unsafe<'unconditional' | 'conditional'>(t.String({ enum: ['unconditional', 'conditional'] })),
  open_condition: nullable(t.String()),
  licence: LICENCES.schema,
  update_cycle: nullable(t.String()),
  contact: t.String(),
  keywords: t.Array(t.String()),
  items: t.Array(OpenItem),
  /** Conditional datasets: whether a few rows are shown to who thinks of applying. */
  shows_sample: t.Optional(t.Boolean()),
  /** How its rows go out; none where only words are open. */
  rows: t.Optional(OpenRows),
})
export type OpenContent = t.Static<typeof OpenContent>

export const Release = t.Object({
  release_id: Id,
  resource_id: Id,
  release_no: t.Integer(),
  state: RELEASE_STATES.schema,
  organ_id: t.String(),
  organ_name: t.String(),
  code: t.String(),
  content: OpenContent,
  /** The rows it was proposed with. */
  edition_id: nullable(Id),
  proposed_on: IsoDate,
  proposed_by_name: t.String(),
  reviewed_on: nullable(IsoDate),
  reviewed_by_name: nullable(t.String()),
  review_opinion: nullable(t.String()),
  withdrawn_on: nullable(IsoDate),
  withdraw_reason: nullable(t.String()),
  /** Whether the public side has it. */
  is_sent: t.Boolean(),
  /** approve, reject, recall, withdraw. */
  can: t.Array(t.String()),
})
export type Release = t.Static<typeof Release>

export const ReleaseDetail = t.Object({
  ...Release.properties,
  /** Its newest rows: findings, suppressed cells, and sample rows for those who propose or review. */
  edition: nullable(EditionDetail),
  /** Its page for everybody, or the tombstone there, once the public side has it. */
  public_url: nullable(t.String()),
})
export type ReleaseDetail = t.Static<typeof ReleaseDetail>

export const proposeRelease = endpoint({
  method: 'POST',
  path: '/opendata/releases',
  permission: 'opendata.release.propose',
  summary: '提出开放一个已发布的资源：只列出允许公开的信息项；文字中的身份号码、电话、卡号、车牌会被拒绝',
  body: input({
    resource_id: Id,
    /** Plain words for the public, not the catalogue's. */
    title: Line(100, 2),
    summary: Line(1000, 10),
    contact: Line(200, 5),
    licence: LICENCES.schema,
    /** 不写：资源编在基础、主题类下的从其类，部门类的归“其他”. */
    theme_code: t.Optional(THEMES.schema),
    item_ids: t.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    keywords: t.Optional(t.Array(t.String({ minLength: 1, maxLength: 40 }), { maxItems: 30 })),
    /** Conditional datasets: whether the first five rows may be shown to who thinks of applying. */
    shows_sample: t.Optional(t.Boolean()),
    /** 数据：已读入的一版，及各列如何去标识. */
    rows: t.Optional(RowsProposal),
  }),
  response: Release,
})

export const approveRelease = endpoint({
  method: 'POST',
  path: '/opendata/releases/:id/approve',
  permission: 'opendata.release.review',
  summary: '保密审查通过并开放（提出人不能审查）',
  params: ById,
  body: input({ opinion: Line(1000, 5) }),
  response: ReleaseDetail,
})

export const rejectRelease = endpoint({
  method: 'POST',
  path: '/opendata/releases/:id/reject',
  permission: 'opendata.release.review',
  summary: '保密审查不通过，说明理由',
  params: ById,
  body: input({ opinion: Line(1000, 5) }),
  response: Release,
})

export const recallRelease = endpoint({
  method: 'POST',
  path: '/opendata/releases/:id/recall',
  permission: 'opendata.release.propose',
  summary: '取回还在审查中的提议：数据留在暂存区，改过可以再提',
  params: ById,
  response: Release,
})

export const withdrawRelease = endpoint({
  method: 'POST',
  path: '/opendata/releases/:id/withdraw',
  permission: 'opendata.release.review',
  summary: '撤回已开放的数据集：公共侧只留撤回标记与理由',
  params: ById,
  body: input({ reason: Line(1000, 5) }),
  response: Release,
})

export const getRelease = endpoint({
  method: 'GET',
  path: '/opendata/releases/:id',
  permission: 'opendata.release.read',
  summary: '一次开放发布：连同数据的检查结果；提出人与审查人另见样例行',
  params: ById,
  response: ReleaseDetail,
})

export const listReleases = endpoint({
  method: 'GET',
  path: '/opendata/releases',
  permission: 'opendata.release.read',
  summary: '本人职责范围内的开放发布，新的在前',
  query: input({ ...PageQuery, state: t.Optional(RELEASE_STATES.schema), resource_id: t.Optional(Id) }),
  response: Page(Release),
})
