import type { Feature } from '../../feature.ts'

export const sharingFeature: Feature = { routes: [], menu: [] }
