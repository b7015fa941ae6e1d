import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Need } from './session.ts'

/** Order of the groups in the menu; a feature puts each entry into one. */
export const MENU_GROUPS = {
  work: '工作',
  catalog: '目录',
  sharing: '共享',
  gateway: '接口',
  exchange: '交换',
  opendata: '开放',
  ledger: '存证',
  assessment: '考核',
  systems: '系统',
  identity: '管理',
} as const

export interface MenuEntry {
  readonly title: string
  readonly path: string
  readonly group: keyof typeof MENU_GROUPS
  readonly need: Need
}

export interface FeatureRoute {
  /** The API's path without `/api/v1`, parameters as `:name`. */
  readonly path: string
  readonly need: Need
  readonly page: LazyExoticComponent<ComponentType>
}

/** What a feature plugs into the shell: exported from `features/<module>/<module>.routes.tsx`, listed in `features.ts`. */
export interface Feature {
  readonly routes: readonly FeatureRoute[]
  readonly menu: readonly MenuEntry[]
}

/** `pageOf(() => import('./resource.page.tsx').then((module) => module.ResourcePage))`: loaded when first visited. */
export const pageOf = (load: () => Promise<ComponentType>): LazyExoticComponent<ComponentType> =>
  lazy(async () => ({ default: await load() }))
