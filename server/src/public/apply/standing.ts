import { type PromiseRun, readPromise } from '@sanjiang/contract/opendata'
import type { ApplicationStandingDetail, ApplicationView, Claim } from '@sanjiang/contract/site.apply'
import { listFiles } from '../file.store.ts'
import { emptyForm } from '../form.ts'
import { openForm } from '../intake.send.ts'
import { type StoredState, siteToday } from '../intake.store.ts'
import type { Site } from '../site.ts'
import { findConditional } from './apply.store.ts'

/** An application as its number and code show it; `undefined` for other matters, and until the inside has said a word. */
export const applicationView = async (
  site: Site,
  claim: Claim,
  { kind, standing }: StoredState,
): Promise<ApplicationView | undefined> => {
  const detail = standing?.detail as (ApplicationStandingDetail & { readonly promise: PromiseRun }) | undefined
  if (kind !== 'application' || !standing || !detail) return undefined
  const today = await siteToday(site.pool)
  const files = standing.state === 'active' ? await listFiles(site.pool, detail.slug) : []
  return {
    page: 'application',
    ...claim,
    standing,
    detail,
    clock: readPromise(detail.promise, today),
    files: files.map(({ title, href }) => ({ title, href })),
    may_apply: (await findConditional(site.pool, detail.slug)) !== undefined,
    origin: site.origin,
    form: emptyForm(await openForm(site, `status:${claim.number}`)),
    said: '',
    secret: null,
  }
}
