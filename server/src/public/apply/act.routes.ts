import { randomBytes } from 'node:crypto'
import { MISSING_PARTS, readAnswers } from '@sanjiang/contract/opendata'
import type { ApplicationView } from '@sanjiang/contract/site.apply'
import type { FormFault } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { hashKey } from '../access.ts'
import { attempt } from '../attempts.ts'
import { MISSING } from '../fault.view.ts'
import { fieldsOf, lineOf, proseOf } from '../form.ts'
import { addressHash, claimIn, codeHash, drawnClaim, takeForm } from '../intake.send.ts'
import { siteToday, stateOf } from '../intake.store.ts'
import type { Page, Site, SiteRoutes } from '../site.ts'
import { type Act, sendAct } from './apply.store.ts'
import { applicationView } from './standing.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** 160 random bits. Shown on this one page; its hash is all that anybody keeps. */
export const makeKey = (): string => {
  let bits = BigInt(`0x${randomBytes(20).toString('hex')}`)
  let text = ''
  for (let at = 0; at < 32; at += 1) {
    text += BASE32[Number(bits & 31n)]
    bits >>= 5n
  }
  return text
}

type Verb = Act['kind']
type Said = ApplicationView['said']

/** What a verb reads off the form, and what is wrong with it; a key where it makes one. */
interface Word {
  readonly body: Readonly<Record<string, unknown>>
  readonly faults: readonly FormFault[]
  readonly key?: string
}

const mend = (fields: URLSearchParams, { detail }: ApplicationView): Word => {
  const raw = Object.fromEntries(MISSING_PARTS.codes.map((code) => [code, proseOf(fields, code, 1000)]))
  const body = readAnswers(raw)
  const faults = detail.asked
    .filter(({ code }) => !body[code])
    .map(({ code }) => ({ field: code, message: `请补充“${MISSING_PARTS.titles[code as 'purpose']}”` }))
  return { body, faults }
}

const agree = (fields: URLSearchParams, { detail }: ApplicationView): Word => {
  const digest = lineOf(fields, 'digest', 64)
  const faults: FormFault[] = []
  if (lineOf(fields, 'agree', 3) !== 'yes') faults.push({ field: 'agree', message: '请阅读协议并勾选同意' })
  if (digest !== detail.agreement?.digest) faults.push({ field: 'form', message: '协议文本已有变化，请重新查询后阅读' })
  const key = makeKey()
  return { body: { digest, key_hash: hashKey(key) }, faults, key }
}

const rekey = (fields: URLSearchParams): Word => {
  const key = makeKey()
  const faults = lineOf(fields, 'sure', 3) === 'yes' ? [] : [{ field: 'sure', message: '请勾选：原密钥随即失效' }]
  return { body: { key_hash: hashKey(key) }, faults, key }
}

const appeal = (fields: URLSearchParams): Word => {
  const text = proseOf(fields, 'text', 2000)
  const faults = text.length >= 10 ? [] : [{ field: 'text', message: '请写明理由，不少于 10 个字' }]
  return { body: { text }, faults }
}

const VERBS: Readonly<Record<Verb, (fields: URLSearchParams, view: ApplicationView) => Word>> = {
  mend,
  agreement: agree,
  rekey,
  appeal,
}
const SAID: Readonly<Record<Verb, Said>> = { mend: 'mended', agreement: 'signed', rekey: 'rekeyed', appeal: 'appealed' }
const SAID_BEFORE: Readonly<Partial<Record<Verb, Said>>> = { agreement: 'signed_before', rekey: 'rekeyed_before' }
const REFUSED: Readonly<Record<string, string>> = {
  limited: '今天办理的次数太多，请明天再来，或拨打 12345',
  unknown: '现在的状态不能这样办理，请重新查询',
}

const shown = (view: ApplicationView, status = 200): Page => ({ status, isFresh: true, view })

const claimedView = async (site: Site, request: FastifyRequest): Promise<ApplicationView | undefined> => {
  const claim = claimIn(fieldsOf(request))
  const found = await attempt(site, request, async () =>
    claim.number ? stateOf(site.pool, claim.number, codeHash(claim.number, claim.code)) : undefined,
  )
  return found && applicationView(site, claim, found)
}

const actPage = async (site: Site, request: FastifyRequest, kind: Verb): Promise<Page> => {
  const view = await claimedView(site, request)
  if (!view) return MISSING
  const taken = await takeForm(site, request, `status:${view.number}`)
  const { body, faults, key: secret = null } = VERBS[kind](taken.fields, view)
  const values = Object.fromEntries([...taken.fields].filter(([name]) => name !== 'token'))
  const again = (list: readonly FormFault[]): Page =>
    shown({ ...view, form: { ...view.form, values, faults: list } }, 422)
  if (taken.faults.length + faults.length > 0) return again([...taken.faults, ...faults])
  const words = [kind, secret === null ? body : null]
  const { number } = drawnClaim(taken, { today: await siteToday(site.pool), words })
  const code_hash = codeHash(view.number, view.code)
  const address_hash = await addressHash(site, request)
  const result = await sendAct(site.pool, { number, kind, about: view.number, body, code_hash, address_hash })
  if (REFUSED[result]) return again([{ field: 'form', message: REFUSED[result] }])
  // Sent again: the key of then was shown then, the one made now opens nothing.
  if (result === 'known') return shown({ ...view, said: SAID_BEFORE[kind] ?? SAID[kind] })
  return shown({ ...view, said: SAID[kind], secret })
}

/** What whoever applied may still say: mend, sign, ask for another key, appeal. */
export const actRoutes: SiteRoutes = (app, site) => {
  for (const verb of Object.keys(VERBS) as Verb[])
    app.post(`/status/${verb}`, async (request, reply) => site.send(request, reply, await actPage(site, request, verb)))
}
