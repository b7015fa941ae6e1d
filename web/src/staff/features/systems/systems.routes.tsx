import type { Feature } from '../../feature.ts'

export const systemsFeature: Feature = { routes: [], menu: [] }
