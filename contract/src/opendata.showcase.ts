import { coded } from './values.ts'

/** What an application made with open data is. */
export const SHOWCASE_KINDS = coded({
  web: '网站或小程序',
  app: '手机应用',
  analysis: '分析报告',
  research: '研究论文',
  other: '其他',
})

export const LINK_STATES = coded({ unknown: '未检查', working: '可访问', broken: '打不开' })

/** What is public of an application beside its name and description. */
export interface Showcase {
  readonly url: string
  readonly kind: string
  readonly developer: string
  readonly datasets: readonly string[]
  readonly link_state: (typeof LINK_STATES.codes)[number]
  readonly checked_on: string | null
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Reads it from what was kept as data; anything else than expected is empty. */
export const readShowcase = (detail: Readonly<Record<string, unknown>>): Showcase => ({
  url: /^https?:\/\//.test(textIn(detail.url)) ? textIn(detail.url) : '',
  kind: Object.hasOwn(SHOWCASE_KINDS.titles, textIn(detail.kind)) ? textIn(detail.kind) : 'other',
  developer: textIn(detail.developer),
  datasets: Array.isArray(detail.datasets) ? detail.datasets.filter((one) => typeof one === 'string') : [],
  link_state: detail.link_state === 'working' || detail.link_state === 'broken' ? detail.link_state : 'unknown',
  checked_on: textIn(detail.checked_on) || null,
})
