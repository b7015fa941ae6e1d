import { randomBytes } from 'node:crypto'
import { ROLES, type Role } from '@sanjiang/contract'
import { loadConfig } from '#config'
import type { Ctx, House } from '#kernel/ctx.ts'
import { installNorms, installStandard, installSynonyms } from '#modules/catalog/index.ts'
import { type ImportedOrgan, importOrgans, importPeople } from '#modules/identity/index.ts'
import { openSeedHouse, seedCtx } from '../house.ts'
import { legalBases } from './legal-basis.ts'
import { norms } from './norms.ts'
import { organs, provincialOrganOf, type ReferenceOrgan } from './organs.ts'
import { standard1272 } from './standard-1272.ts'
import { SYNONYMS } from './synonym.data.ts'

const toImported = ({ id, ...organ }: ReferenceOrgan): ImportedOrgan => ({
  organ_id: id,
  name: organ.name,
  short_name: organ.short_name,
  former_names: organ.former_names,
  aliases: organ.aliases,
  parent_id: organ.parent_id,
  kind: organ.kind,
  credit_code: organ.credit_code,
  seq_code: organ.seq_code,
  founded_on: organ.founded_on,
  dissolved_on: organ.dissolved_on,
  successors: organ.successors,
})

const loadOrgans = async (ctx: Ctx): Promise<void> => {
  const known = await ctx.db.selectFrom('identity.organ').select('organ_id').limit(1).executeTakeFirst()
  if (!known) await importOrgans(ctx, organs.map(toImported))
}

const loadStandard = async (ctx: Ctx): Promise<void> => {
  const known = await ctx.db
    .selectFrom('catalog.standard')
    .select('standard_id')
    .where('standard_id', '=', standard1272.id)
    .where('version', '=', standard1272.version)
    .executeTakeFirst()
  if (!known) await installStandard(ctx, standard1272, legalBases)
}

const loadNorms = async (ctx: Ctx): Promise<void> => {
  const known = await ctx.db.selectFrom('catalog.norm').select('norm_id').limit(1).executeTakeFirst()
  if (!known) await installNorms(ctx, norms)
}

const ADMINISTRATORS: readonly (readonly [username: string, role: Role])[] = [
  ['sysadmin', 'system_admin'],
  ['secadmin', 'security_admin'],
  ['auditadmin', 'audit_admin'],
]
/** 省政府电子政务办公室 runs the platform (青发改高技〔2017〕599号). */
const OPERATOR_SEQ = '047'

/** Fresh for every account: long enough to be unguessable, with the classes the policy asks for. */
const oneTimePassword = (): string => `Qh7-${randomBytes(12).toString('base64url')}`

/**
 * The first three administrators, each with a password that is shown once and must be changed at first login, where the second
 * factor is enrolled as well. Nobody else can open accounts on an empty platform.
 */
const openAdministrators = async (ctx: Ctx, say: (line: string) => void): Promise<void> => {
  const known = await ctx.db.selectFrom('identity.person').select('person_id').limit(1).executeTakeFirst()
  if (known) return
  const organ_id = provincialOrganOf(OPERATOR_SEQ).id
  const accounts = ADMINISTRATORS.map(([username, role]) => ({
    username,
    name: ROLES[role].title,
    organ_id,
    password: oneTimePassword(),
    is_temporary: true,
    roles: [{ role, organ_id }],
  }))
  await importPeople(ctx, accounts)
  say('\n首批管理员（口令只显示这一次，首次登录须修改并绑定动态码）')
  for (const { username, name, password } of accounts) say(`  ${name}  ${username}  ${password}`)
}

/** What every installation starts from: organs, the catalogue standard, legal bases, the library. Repeating it changes nothing. */
export const loadReference = async (house: House, say: (line: string) => void): Promise<void> => {
  const ctx = await seedCtx(house)
  await loadOrgans(ctx)
  await loadStandard(ctx)
  await installSynonyms(ctx, SYNONYMS)
  await loadNorms(ctx)
  if (!house.site.demo) await openAdministrators(ctx, say)
}

const main = async (): Promise<void> => {
  const house = await openSeedHouse(loadConfig())
  try {
    await loadReference(house, (line) => process.send?.({ line }) ?? process.stdout.write(`${line}\n`))
  } finally {
    await house.close()
  }
}

if (import.meta.main) await main()
