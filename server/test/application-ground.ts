import { createHash, randomBytes } from 'node:crypto'
import { opendata } from '@sanjiang/contract'
import type { ApplicationDetail } from '@sanjiang/contract/opendata'
import { type IntakeStanding, lettersOf } from '@sanjiang/contract/opendata.intake'
import type { Ctx } from '#kernel/ctx.ts'
import { publishReleases } from '#modules/opendata/index.ts'
import { overPublic } from '../src/modules/opendata/connection.ts'
import { pullOnce } from '../src/modules/opendata/intake/puller.ts'
import { type CatalogWorld, draftOf, ITEM, openCatalog, publish } from './catalog-world.ts'
import type { Voice } from './harness.ts'
import { openPublic, type PublicGround } from './public-ground.ts'

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
export const keyHash = (): string => sha(randomBytes(20).toString('hex'))
const numberOf = (): string => `GK20171211-${lettersOf(randomBytes(8), 8)}`

/** An application that keeps all the rules of the form, by a university with people in it. */
export const FORM = {
  ...{ kind: 'organisation', qualification: '省内高校，课题已立项', purpose_code: 'research', term_months: 6 },
  ...{ purpose_text: '研究规模以上企业用电与产出的关系，成果公开发表', security: ['keeper', 'encryption'] },
  ...{ security_text: '存放在校内服务器，课题组三人可见', promise_version: '2017-1' },
}
export const CONTACT = {
  ...{ name: '青海某某大学', credit_code: '126300004400012345', contact_name: '才仁', phone: '13997001234', email: '' },
}
export const APPROVE = { outcome: 'approve' as const, text: '符合开放条件，同意' }
export const REFUSE = { outcome: 'refuse' as const, reason_code: 'purpose_unclear' as const, text: '成果去向没有说清' }

export interface Applied {
  readonly number: string
  readonly code_hash: string
}
type Standing = IntakeStanding & { readonly detail: { readonly agreement: { readonly digest: string } } }
export const paramsOf = ({ application_id }: ApplicationDetail) => ({ params: { id: application_id } })

interface Parts {
  readonly world: CatalogWorld
  readonly outside: PublicGround
  readonly provider: Voice
  readonly approver: Voice
  readonly office: Voice
  readonly slug: string
  readonly resource_id: string
  readonly release_id: string
  readonly proposal: ReturnType<typeof proposalOf>
}

/** A department with a conditional dataset, its two hands, the office, and the public side in front of them. */
export class ApplicationGround {
  readonly world: CatalogWorld
  readonly outside: PublicGround
  readonly provider: Voice
  readonly approver: Voice
  readonly office: Voice
  readonly slug: string
  readonly resource_id: string
  readonly release_id: string
  readonly proposal: ReturnType<typeof proposalOf>

  constructor(parts: Parts) {
    this.world = parts.world
    this.outside = parts.outside
    this.provider = parts.provider
    this.approver = parts.approver
    this.office = parts.office
    this.slug = parts.slug
    this.resource_id = parts.resource_id
    this.release_id = parts.release_id
    this.proposal = parts.proposal
  }

  async ctx(): Promise<Ctx> {
    const ctx = await this.world.ctx()
    return { ...ctx, site: { ...ctx.site, publishDatabaseUrl: this.outside.publishUrl } }
  }

  /** One turn of the puller. */
  async turn(): Promise<void> {
    const ctx = await this.ctx()
    await overPublic(ctx, (client) => pullOnce(ctx, client))
  }

  async apply(): Promise<Applied> {
    const number = numberOf()
    const code_hash = sha(`code ${number}`)
    await this.outside.sql(
      `insert into intake.submission (number, kind, dataset_slug, body, contact, code_hash, address_hash)
       values ($1, 'application', $2, $3, $4, $5, $6)`,
      [number, this.slug, FORM, CONTACT, code_hash, sha('address')],
    )
    await this.turn()
    return { number, code_hash }
  }

  async say({ number, code_hash }: Applied, kind: string, body: object): Promise<string> {
    const [row] = await this.outside.sql<{ act: string }>('select intake.act($1, $2, $3, $4, $5, $6)', [
      ...[numberOf(), kind, number, body, code_hash, sha('address')],
    ])
    return row!.act
  }

  async standing({ number, code_hash }: Applied): Promise<Standing> {
    const rows = await this.outside.sql<{ standing: Standing }>('select standing from intake.state_of($1, $2)', [
      ...[number, code_hash],
    ])
    return rows[0]!.standing
  }

  async find({ number }: Pick<Applied, 'number'>): Promise<ApplicationDetail> {
    const [row] = await this.world.sql<{ id: string }>(
      'select application_id as id from opendata.application where number = $1',
      [number],
    )
    return this.provider.call(opendata.getApplication, { params: { id: row!.id } })
  }

  /** Through both hands, from just received. */
  async decide(applied: Pick<Applied, 'number'>, opinion: typeof APPROVE | typeof REFUSE): Promise<ApplicationDetail> {
    const received = await this.find(applied)
    const params = paramsOf(received)
    const { revision } = await this.provider.call(opendata.acceptApplication, {
      ...params,
      body: { revision: received.revision },
    })
    const proposed = await this.provider.call(opendata.proposeDecision, { ...params, body: { revision, ...opinion } })
    const decided = await this.approver.call(opendata.decideApplication, {
      ...params,
      body: { revision: proposed.revision, decision: 'confirm', opinion: '同意' },
    })
    await this.turn()
    return decided
  }

  async confirm(applied: Applied, key_hash = keyHash()): Promise<string> {
    const { detail } = await this.standing(applied)
    const answer = await this.say(applied, 'agreement', { digest: detail.agreement.digest, key_hash })
    await this.turn()
    return answer
  }

  keys({ number }: Applied) {
    return this.world.sql<{ key_hash: string; closed: boolean }>(
      `select key_hash, closed_at is not null as closed from opendata.access join opendata.application using (application_id)
       where number = $1 order by opened_at`,
      [number],
    )
  }

  /** What stands outside of a key. */
  access(key_hash: string) {
    return this.outside.sql<{ ends_on: string; revoked: boolean }>(
      'select ends_on::text, revoked_at is not null as revoked from site.access where key_hash = $1',
      [key_hash],
    )
  }

  async close(): Promise<void> {
    await this.outside.close()
    await this.world.close()
  }
}

type Entry = Awaited<ReturnType<typeof publish>>

const proposalOf = ({ resource_id, content }: Entry) => ({
  ...{ resource_id, title: '企业年度用电', summary: '全省规模以上企业的年度用电量，供研究使用。' },
  ...{ contact: '省商务厅 0971-8230000', licence: 'conditional' as const },
  item_ids: content.items.map(({ item_id }) => item_id),
})

const release = async (provider: Voice, approver: Voice, proposal: ReturnType<typeof proposalOf>) => {
  const { release_id, content } = await provider.call(opendata.proposeRelease, { body: proposal })
  await approver.call(opendata.approveRelease, { params: { id: release_id }, body: { opinion: '同意有条件开放' } })
  return { release_id, slug: content.slug }
}

export const openApplications = async (): Promise<ApplicationGround> => {
  await using parts = new AsyncDisposableStack()
  const world = parts.adopt(await openCatalog(), (one) => one.close())
  const outside = parts.adopt(await openPublic(world.url), (one) => one.close())
  const [provider, approver] = [
    await world.signIn('commerce', 'provider'),
    await world.signIn('commerce', 'dept_reviewer'),
  ]
  const office = await world.signIn('egov', 'catalog_admin')
  const conditions = { open_type: 'conditional', open_condition: '用于科学研究，单位申请', items: [ITEM] } as const
  const entry = await publish(world, draftOf('企业年度用电信息', { ...conditions, items: [...conditions.items] }))
  const proposal = proposalOf(entry)
  const released = await release(provider, approver, proposal)
  const ground = new ApplicationGround({
    ...{ world, outside, provider, approver, office, resource_id: entry.resource_id, proposal, ...released },
  })
  await publishReleases(await ground.ctx())
  await ground.turn()
  parts.move()
  return ground
}
