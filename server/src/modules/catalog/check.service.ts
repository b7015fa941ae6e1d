import {
  type Finding,
  hasErrors,
  nameKey,
  type ResourceContent,
  type ResourceDraft,
  seriesKey,
} from '@sanjiang/contract/catalog'
import type { Db, Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { listUnknownCodes } from './entry.store.ts'
import { listSiblingNames, lockName } from './resource.store.ts'
import { currentChecker } from './standard.service.ts'
import { findClass } from './standard.store.ts'

export interface Subject {
  readonly resource_id: string | null
  readonly code: string | null
}

const findProvider = (db: Db, organId: string) =>
  db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name', 'credit_code'])
    .where('organ_id', '=', organId)
    .executeTakeFirst()

/** Everything the rules want to know about an entry, gathered from where it stands now. */
export const checkContent = async (
  db: Db,
  content: ResourceDraft & { readonly provider_organ_id: string },
  { resource_id, code }: Subject,
): Promise<Finding[]> => {
  const checker = await currentChecker(db)
  const provider = (await findProvider(db, content.provider_organ_id)) ?? null
  const key = seriesKey(nameKey(content.name ?? ''))
  return checker.check(content, {
    provider,
    class_node: content.class_code ? ((await findClass(db, content.class_code)) ?? null) : undefined,
    sibling_names:
      key === ''
        ? []
        : await listSiblingNames(db, { providerOrganId: content.provider_organ_id, key, exceptId: resource_id }),
    unknown_codes: await listUnknownCodes(db, content.related_codes ?? []),
    code,
  })
}

/** The same check as a gate: submission, approval and publication let nothing pass that has an error. */
export const assertInOrder = async (tx: Tx, content: ResourceContent, subject: Subject): Promise<void> => {
  await lockName(tx, content.provider_organ_id, nameKey(content.name))
  const findings = await checkContent(tx, content, subject)
  if (!hasErrors(findings)) return
  const errors = findings.filter(({ level }) => level === 'error')
  throw new Fault('invalid', `有 ${errors.length} 处不符合目录标准`, { fields: errors })
}
