import { SiteFault } from './site.ts'

interface Standing {
  readonly state: 'open' | 'withdrawn'
  readonly withdrawn_on: string | null
  readonly withdrawn_reason: string | null
}

/** To interfaces absent and withdrawn are two answers; what is open is given back. */
export const openOf = <T extends Standing>(found: T | undefined): T => {
  if (!found) throw new SiteFault(404, 'not_found', { detail: '没有这个数据集' })
  if (found.state === 'open') return found
  throw new SiteFault(410, 'withdrawn', { detail: `数据集已于 ${found.withdrawn_on} 撤回：${found.withdrawn_reason}` })
}
