import type { Feature } from './feature.ts'
import { assessmentFeature } from './features/assessment/assessment.routes.tsx'
import { catalogFeature } from './features/catalog/catalog.routes.tsx'
import { exchangeFeature } from './features/exchange/exchange.routes.tsx'
import { gatewayFeature } from './features/gateway/gateway.routes.tsx'
import { identityFeature } from './features/identity/identity.routes.tsx'
import { inboxFeature } from './features/inbox/inbox.routes.tsx'
import { ledgerFeature } from './features/ledger/ledger.routes.tsx'
import { opendataFeature } from './features/opendata/opendata.routes.tsx'
import { sharingFeature } from './features/sharing/sharing.routes.tsx'
import { systemsFeature } from './features/systems/systems.routes.tsx'

export const FEATURES: readonly Feature[] = [
  inboxFeature,
  catalogFeature,
  sharingFeature,
  gatewayFeature,
  exchangeFeature,
  opendataFeature,
  ledgerFeature,
  assessmentFeature,
  systemsFeature,
  identityFeature,
]
