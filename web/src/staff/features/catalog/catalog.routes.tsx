import type { Feature } from '../../feature.ts'

export const catalogFeature: Feature = { routes: [], menu: [] }
