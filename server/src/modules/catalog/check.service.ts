import {
  type EntryFacts,
  type Finding,
  hasErrors,
  nameKey,
  type ResourceContent,
  type ResourceDraft,
} from '@sanjiang/contract/catalog'
import type { Db, Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { type GatheredFacts, gatherCopyFacts } from './effect/facts.store.ts'
import { lockName } from './resource.store.ts'
import { chosenJudge, type Judge } from './standard.service.ts'

export interface Subject {
  readonly resource_id: string | null
  readonly code: string | null
  /** Which version of the standard the working copy is written by; the one in force where there is no copy yet. */
  readonly standard_id?: string
  readonly standard_version?: number
}

type Provided = ResourceDraft & { readonly provider_organ_id: string }

const withClass = (facts: GatheredFacts, content: Provided, { classes }: Judge): EntryFacts => {
  const node = content.class_code ? classes.get(content.class_code) : undefined
  return {
    ...facts,
    class_node: content.class_code ? (node ? { ...node, is_active: true } : null) : undefined,
  }
}

/** What a version of the standard says about an entry, given what the world knows of it. */
export const judge = (by: Judge, content: Provided, facts: GatheredFacts): Finding[] =>
  by.checker.check(content, withClass(facts, content, by))

/** Everything the rules want to know about an entry, gathered from where it stands now. */
export const checkContent = async (db: Db, content: Provided, subject: Subject): Promise<Finding[]> => {
  const { resource_id, code, standard_id, standard_version } = subject
  const by = await chosenJudge(db, standard_id && standard_version ? { standard_id, standard_version } : null)
  const [facts] = await gatherCopyFacts(db, [{ content, resource_id, code }])
  return judge(by, content, facts!)
}

/** The same check as a gate: submission, approval and publication let nothing pass that has an error. */
export const assertInOrder = async (tx: Tx, content: ResourceContent, subject: Subject): Promise<void> => {
  await lockName(tx, content.provider_organ_id, nameKey(content.name))
  const findings = await checkContent(tx, content, subject)
  if (!hasErrors(findings)) return
  const errors = findings.filter(({ level }) => level === 'error')
  throw new Fault('invalid', `有 ${errors.length} 处不符合目录标准`, { fields: errors })
}
