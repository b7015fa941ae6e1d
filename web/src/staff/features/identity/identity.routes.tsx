import type { Feature } from '../../feature.ts'

export const identityFeature: Feature = { routes: [], menu: [] }
