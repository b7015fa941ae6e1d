import { createHash } from 'node:crypto'
import { codes } from '@sanjiang/contract'
import { lettersOf } from '@sanjiang/contract/opendata.intake'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import {
  acceptApplication,
  decideApplication,
  importSubmission,
  importUses,
  noticeApplication,
  proposeDecision,
  revokeAccess,
} from '#modules/opendata/index.ts'
import { DEMO_APPLICATIONS, type DemoApplication } from './application-list.ts'
import { asOfficer } from './officer.ts'
import { departmentOf } from './people.ts'

/** Published like the demo's passwords: with a number from a page, /status shows how its applicant sees it and hands him a new key. */
const DEMO_CODE = '2017A2017A'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const numberOf = (on: string, seed: string): string => `GK${on.replaceAll('-', '')}-${lettersOf(digest(seed), 8)}`
const instantOf = (on: string): string => `${on}T02:30:00.000Z`
const uuidOf = (seed: string): string =>
  digest(seed)
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const conditionalDatasets = (ctx: Ctx) =>
  ctx.db
    .selectFrom('opendata.release')
    .select([sql<string>`content->>'slug'`.as('slug'), 'organ_id'])
    .where('state', '=', 'released')
    .where(sql<boolean>`content->>'open_type' = 'conditional'`)
    // Those with rows are what people apply for.
    .orderBy(sql`edition_id is null`)
    .orderBy('code')
    .execute()

interface Sent {
  readonly number: string
  readonly code_hash: string
}

interface Word {
  readonly kind: 'application' | 'mend' | 'agreement' | 'appeal'
  readonly on: string
  readonly slug?: string
  readonly body: Readonly<Record<string, unknown>>
  readonly contact?: Readonly<Record<string, unknown>>
}

/** What an applicant says, as if it had come from the public side that day. */
const say = (ctx: Ctx, { number, code_hash }: Sent, { kind, on, slug, body, contact }: Word): Promise<void> =>
  importSubmission(
    { ...ctx, today: on, instant: instantOf(on) },
    {
      number: kind === 'application' ? number : numberOf(on, `${kind} ${number}`),
      ...{ kind, body, code_hash, received_on: on, submitted_at: instantOf(on) },
      ...{ dataset_slug: slug ?? null, about: kind === 'application' ? null : number, contact: contact ?? null },
    },
  )

const formOf = ({ name, credit_stem = '', contact_name = '', phone, ...one }: DemoApplication) => {
  const { kind, qualification, purpose_code, purpose_text, security, security_text, term_months } = one
  return {
    body: {
      ...{ kind, qualification, purpose_code, purpose_text, security, security_text, term_months },
      promise_version: '2017-1',
    },
    contact: {
      ...{ name, contact_name, phone, email: '' },
      credit_code: credit_stem && credit_stem + codes.creditCheck(credit_stem),
    },
  }
}

const matterOf = (ctx: Ctx, number: string) =>
  ctx.db
    .selectFrom('opendata.application as a')
    .leftJoin('opendata.agreement as g', 'g.application_id', 'a.application_id')
    .select(['a.application_id', 'a.revision', 'g.digest'])
    .where('a.number', '=', number)
    .executeTakeFirst()

interface Place extends Sent {
  readonly slug: string
  /** Word by which the department's people sign in. */
  readonly word: string
}

type Deed = (officer: Ctx, id: string, revision: number) => Promise<unknown>

/** One deed of an officer on his day. */
const act = async (ctx: Ctx, place: Place, { who, on }: { who: string; on: string }, deed: Deed): Promise<void> => {
  const { application_id, revision } = (await matterOf(ctx, place.number))!
  const officer = await asOfficer(ctx, `${place.word}.${who}`, on)
  await deed({ ...officer, instant: instantOf(on) }, application_id, revision)
}

const accept = async (ctx: Ctx, one: DemoApplication, place: Place): Promise<void> => {
  const { noticed, mended, accepted_on } = one
  if (noticed)
    await act(ctx, place, { who: 'tigong', on: noticed.on }, (officer, id, revision) =>
      noticeApplication(officer, id, { revision, parts: [noticed] }),
    )
  if (noticed && mended) await say(ctx, place, { kind: 'mend', on: mended.on, body: { [noticed.code]: mended.text } })
  if (accepted_on)
    await act(ctx, place, { who: 'tigong', on: accepted_on }, (officer, id, revision) =>
      acceptApplication(officer, id, { revision }),
    )
}

const decide = async (ctx: Ctx, { opinion, decided_on }: DemoApplication, place: Place): Promise<void> => {
  if (opinion)
    await act(ctx, place, { who: 'tigong', on: opinion.on }, (officer, id, revision) =>
      proposeDecision(officer, id, { revision, ...opinion }),
    )
  if (decided_on)
    await act(ctx, place, { who: 'shenhe', on: decided_on }, (officer, id, revision) =>
      decideApplication(officer, id, { revision, decision: 'confirm', opinion: '同意经办意见' }),
    )
}

const use = async (
  ctx: Ctx,
  { signed_on, uses = [], revoked, appealed }: DemoApplication,
  place: Place,
): Promise<void> => {
  const { digest: text, application_id } = (await matterOf(ctx, place.number))!
  // Of a hash that nobody has the key of: whoever wants to read asks for another key on the status page.
  const key_hash = digest(`no key ${place.number}`).toString('hex')
  if (signed_on) await say(ctx, place, { kind: 'agreement', on: signed_on, body: { digest: text, key_hash } })
  const what = `/datasets/${place.slug}/latest.csv`
  const read = uses.map(([on, bytes], at) => ({
    ...{ use_id: uuidOf(`${place.number} ${at}`), what, used_on: on, used_at: instantOf(on), bytes },
  }))
  if (read.length > 0) await inTx(ctx, (tx) => importUses(tx, application_id, read))
  if (revoked)
    await act(ctx, place, { who: 'shenhe', on: revoked.on }, (officer, id, revision) =>
      revokeAccess(officer, id, { revision, reason_code: revoked.code, text: revoked.text }),
    )
  if (appealed) await say(ctx, place, { kind: 'appeal', on: appealed.on, body: { text: appealed.text } })
}

/** Applications for conditional data in every state, each by the hands that would have dealt with it; run again it adds what is missing (T4.2). */
export const loadApplications = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  const datasets = (await conditionalDatasets(ctx)).filter(({ organ_id }) => departmentOf(organ_id))
  if (datasets.length === 0) return
  for (const [index, one] of DEMO_APPLICATIONS.entries()) {
    const { slug, organ_id } = datasets[index % datasets.length]!
    const number = numberOf(one.on, `application ${index}`)
    const code_hash = digest(`${number}:${DEMO_CODE}`).toString('hex')
    const place = { number, code_hash, slug, word: departmentOf(organ_id)! }
    // Cut off in the middle, it stays as far as it came: in a state that is as good as any other.
    if (await matterOf(ctx, number)) continue
    await say(ctx, place, { kind: 'application', on: one.on, slug, ...formOf(one) })
    await accept(ctx, one, place)
    await decide(ctx, one, place)
    await use(ctx, one, place)
    tell(index + 1, DEMO_APPLICATIONS.length)
  }
}
