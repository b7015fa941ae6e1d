import type { Feature } from '../../feature.ts'

export const gatewayFeature: Feature = { routes: [], menu: [] }
