import { createHash, randomBytes } from 'node:crypto'
import { opendata } from '@sanjiang/contract'
import type { Inquiry } from '@sanjiang/contract/opendata'
import { type IntakeKind, type IntakeStanding, lettersOf } from '@sanjiang/contract/opendata.intake'
import { overPublic } from '#modules/opendata/connection.ts'
import { pullOnce } from '#modules/opendata/intake/puller.ts'
import { publishReleases } from '#modules/opendata/publish.service.ts'
import { type CatalogWorld, draftOf, publish } from './catalog-world.ts'
import type { Voice } from './harness.ts'
import type { PublicGround } from './public-ground.ts'

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A dataset of the commerce department, open on both sides. */
export const openOne = async (world: CatalogWorld, ground: PublicGround, name: string): Promise<string> => {
  const entry = await publish(world, draftOf(name))
  const proposer = await world.signIn('commerce', 'provider')
  const release = await proposer.call(opendata.proposeRelease, {
    body: {
      resource_id: entry.resource_id,
      title: name,
      summary: `${name}，供公众查询和研究使用。`,
      contact: '登记注册处 0971-8230000',
      licence: 'open',
      item_ids: entry.content.items.map(({ item_id }) => item_id),
    },
  })
  const params = { id: release.release_id }
  await world.reviewer.call(opendata.approveRelease, { params, body: { opinion: '不涉密，可以开放' } })
  await publishReleases(await insideCtx(world, ground))
  return release.content.slug
}

export const insideCtx = async (world: CatalogWorld, ground: PublicGround) => {
  const ctx = await world.ctx()
  return { ...ctx, site: { ...ctx.site, publishDatabaseUrl: ground.publishUrl } }
}

/** One turn of the worker's puller. */
export const pullTurn = async (world: CatalogWorld, ground: PublicGround): Promise<number> => {
  const ctx = await insideCtx(world, ground)
  return (await overPublic(ctx, (client) => pullOnce(ctx, client))) ?? 0
}

export interface SentMatter {
  readonly number: string
  readonly code_hash: string
  readonly result: string
}

interface Sending {
  readonly kind: IntakeKind
  readonly slug?: string
  readonly about?: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly contact?: Readonly<Record<string, string>>
  readonly code_hash?: string
}

/** As the public side hands it over; its forms have tests of their own. */
export const sendAs = async (ground: PublicGround, sending: Sending): Promise<SentMatter> => {
  const number = `GK20171211-${lettersOf(randomBytes(8), 8)}`
  const code_hash = sending.code_hash ?? sha(number)
  const [row] = await ground.sql<{ result: string }>('select intake.submit($1, $2, $3, $4, $5, $6, $7, $8) as result', [
    ...[number, sending.kind, sending.slug ?? null, sending.about ?? null, JSON.stringify(sending.body ?? {})],
    ...[sending.contact ? JSON.stringify(sending.contact) : null, code_hash, sha(`from ${number}`)],
  ])
  return { number, code_hash, result: row!.result }
}

export const standingOf = async (
  ground: PublicGround,
  { number, code_hash }: SentMatter,
): Promise<IntakeStanding | null> => {
  const [row] = await ground.sql<{ standing: IntakeStanding | null }>('select standing from intake.state_of($1, $2)', [
    number,
    code_hash,
  ])
  return row?.standing ?? null
}

/** The matter as somebody inside finds it. */
export const findMatter = async (voice: Voice, number: string): Promise<Inquiry | undefined> => {
  const { rows } = await voice.call(opendata.listInquiries, { query: { limit: 200 } })
  return rows.find((row) => row.number === number)
}
