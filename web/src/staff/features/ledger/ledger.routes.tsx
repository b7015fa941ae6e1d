import type { Feature } from '../../feature.ts'

export const ledgerFeature: Feature = { routes: [], menu: [] }
