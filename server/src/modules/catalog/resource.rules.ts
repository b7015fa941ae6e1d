import type { ResourceState } from '@sanjiang/contract/catalog'
import { type Actor, reaches, type Scope, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'

/** What an actor is to an entry, from the reach of his roles and from what he did to it himself. */
export interface Standing {
  readonly is_compiler: boolean
  readonly is_reviewer: boolean
  readonly is_publisher: boolean
  /** He wrote or submitted the working copy: he may not review it. */
  readonly is_author: boolean
  /** He approved it for his department: he may not also publish it. */
  readonly has_reviewed: boolean
  /** He works in the organ that compiles it: he may not publish it for the platform. */
  readonly is_of_provider: boolean
}

interface ResourceFace {
  readonly state: string
  readonly published_version: number | null
  readonly last_version: number
  /** It came from another catalogue and is kept there. */
  readonly is_harvested?: boolean
}

interface VerbRule {
  readonly by: 'is_compiler' | 'is_reviewer' | 'is_publisher'
  readonly from: readonly ResourceState[]
}

const VERBS = {
  save: { by: 'is_compiler', from: ['draft'] },
  submit: { by: 'is_compiler', from: ['draft'] },
  remove: { by: 'is_compiler', from: ['draft'] },
  recall: { by: 'is_compiler', from: ['dept_review'] },
  revise: { by: 'is_compiler', from: ['published', 'withdrawn'] },
  approve: { by: 'is_reviewer', from: ['dept_review'] },
  return: { by: 'is_reviewer', from: ['dept_review'] },
  publish: { by: 'is_publisher', from: ['platform_review'] },
  reject: { by: 'is_publisher', from: ['platform_review'] },
  withdraw: { by: 'is_publisher', from: ['draft', 'dept_review', 'platform_review', 'published'] },
} as const satisfies Record<string, VerbRule>

export type ResourceVerb = keyof typeof VERBS

const isOpenTo = (verb: ResourceVerb, face: ResourceFace): boolean =>
  !face.is_harvested &&
  (VERBS[verb].from as readonly string[]).includes(face.state) &&
  // Only what is published can be taken down; its revision, if one is under way, goes on as a draft.
  (verb !== 'withdraw' || face.published_version !== null)

/** Why the actor may not judge this copy; `undefined` when he may (T2.2: 编制、部门审核、平台审核 three hands). */
const conflictOf = (verb: ResourceVerb, standing: Standing): string | undefined => {
  if ((verb === 'approve' || verb === 'return') && standing.is_author) return '编制人、提交人不能审核自己的条目'
  if (verb !== 'publish' && verb !== 'reject') return undefined
  if (standing.is_author) return '编制人、提交人不能审核自己的条目'
  if (standing.has_reviewed) return '部门审核人不能再作平台审核'
  return standing.is_of_provider ? '提供方本部门的人员不能作平台审核' : undefined
}

/** Which verbs the actor may do now; the pages show exactly these. */
export const resourceCan = (face: ResourceFace, standing: Standing): ResourceVerb[] =>
  (Object.keys(VERBS) as ResourceVerb[]).filter(
    (verb) => standing[VERBS[verb].by] && isOpenTo(verb, face) && conflictOf(verb, standing) === undefined,
  )

/** The same rule as a refusal: `forbidden`, `separation_of_duties` or `wrong_state`. */
export const assertVerb = (verb: ResourceVerb, face: ResourceFace, standing: Standing): void => {
  if (!standing[VERBS[verb].by]) throw new Fault('forbidden')
  if (face.is_harvested) throw new Fault('wrong_state', '汇聚而来的条目只读，请在来源处修改')
  if (!isOpenTo(verb, face)) throw new Fault('wrong_state')
  const conflict = conflictOf(verb, standing)
  if (conflict) throw new Fault('separation_of_duties', conflict)
}

interface Owned {
  readonly provider_organ_id: string
  readonly provider_path: string
  readonly editors: readonly string[]
  readonly submitted_by: string | null
  readonly reviewed_by: string | null
}

export const standingOf = (actor: Actor, row: Owned): Standing => {
  const me = actor.person_id
  return {
    is_compiler: reaches(scopeOf(actor, 'catalog.resource.edit'), row.provider_path),
    is_reviewer: reaches(scopeOf(actor, 'catalog.resource.review'), row.provider_path),
    is_publisher: reaches(scopeOf(actor, 'catalog.resource.publish'), row.provider_path),
    is_author: me !== null && (row.editors.includes(me) || row.submitted_by === me),
    has_reviewed: me !== null && row.reviewed_by === me,
    is_of_provider: actor.organ?.organ_id === row.provider_organ_id,
  }
}

/** Gate 2 of the catalogue: whose working copies an actor reaches, and under which labels published entries are his to see. */
export interface Reach {
  /** Compilers and reviewers: every state of their organs' entries. */
  readonly work: Scope
  /** The platform's reviewers: what departments have handed up. */
  readonly publish: Scope
  /** Published entries: labels of his own organs or below … */
  readonly read: Scope
  /** … and every label his organs lie under. */
  readonly labels: readonly string[]
}

const union = (one: Scope, other: Scope): Scope => (one === 'all' || other === 'all' ? 'all' : [...one, ...other])

/** `/a/b/` → `/`, `/a/`, `/a/b/`. */
const prefixesOf = (path: string): string[] => {
  const parts = path.split('/').filter(Boolean)
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}/`)]
}

export const reachOf = (actor: Actor): Reach => {
  const read = scopeOf(actor, 'catalog.resource.read')
  const own = actor.organ ? [actor.organ.path] : []
  return {
    work: union(scopeOf(actor, 'catalog.resource.edit'), scopeOf(actor, 'catalog.resource.review')),
    publish: scopeOf(actor, 'catalog.resource.publish'),
    read,
    labels: [...new Set([...(read === 'all' ? [] : read), ...own].flatMap(prefixesOf))],
  }
}
