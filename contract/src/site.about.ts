import type { SiteDataset } from './site.ts'

/** How a reader wants pages to look: kept in one cookie that says nothing else. */
export interface Look {
  readonly is_large: boolean
  readonly is_contrast: boolean
}

export interface PreferencesView {
  readonly page: 'preferences'
  readonly look: Look
  /** Where the reader came from, on this site. */
  readonly back: string
}

/** Licences in plain words; `near` is the licence of the SPDX list whose meaning comes nearest. */
export const LICENCE_FACTS = {
  open: {
    title: '公共数据开放许可',
    line: '注明来源即可使用，包括商业使用',
    near: 'CC-BY-4.0',
    may: ['复制、传播、加工、商业使用', '与其他数据合在一起使用'],
    must: ['注明提供部门、数据集名称和取得日期', '改动过的要说明改动过'],
    not: ['暗示提供部门认可您的产品或结论', '还原被隐去的个人信息'],
  },
  attribution_sharealike: {
    title: '注明来源，以相同许可再提供',
    line: '注明来源即可使用；加工后再提供的，用相同许可',
    near: 'CC-BY-SA-4.0',
    may: ['复制、传播、加工、商业使用'],
    must: ['注明提供部门、数据集名称和取得日期', '加工后的数据再提供时使用相同许可'],
    not: ['加上使他人不能自由使用的限制', '还原被隐去的个人信息'],
  },
  conditional: {
    title: '有条件开放：按协议使用',
    line: '申请通过并签订协议后，按协议写明的目的、范围和期限使用',
    near: null,
    may: ['按协议写明的目的使用'],
    must: ['保管好密钥', '按协议报告使用情况，到期停止使用'],
    not: ['转给第三人', '用于协议以外的目的'],
  },
} as const
export type LicenceId = keyof typeof LICENCE_FACTS

export interface LicenceView {
  readonly page: 'licence'
  readonly id: LicenceId
  readonly origin: string
  readonly datasets: number
}

export interface LicencesView {
  readonly page: 'licences'
  readonly counts: Readonly<Partial<Record<LicenceId, number>>>
}

export interface OrganSummary {
  readonly name: string
  readonly datasets: number
  readonly rows: number
  readonly newest_on: string
}

export interface OrgansView {
  readonly page: 'organs'
  readonly organs: readonly OrganSummary[]
}

export interface OrganView {
  readonly page: 'organ'
  readonly organ: OrganSummary
  readonly contacts: readonly string[]
  readonly datasets: readonly SiteDataset[]
  readonly late: number
  readonly threads: { readonly waiting: number; readonly answered: number }
}

export interface DevelopersView {
  readonly page: 'developers'
  readonly origin: string
  /** A dataset whose rows anybody may read, for commands that work as they stand. */
  readonly example: { readonly slug: string; readonly title: string; readonly has_csv: boolean } | null
  /** Units of use one address has in a minute; 0: no limit. */
  readonly per_minute: number
}

export interface StandingView {
  readonly page: 'privacy' | 'legal'
}
