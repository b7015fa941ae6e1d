import { aboutRoutes } from './about/about.routes.ts'
import { organRoutes } from './about/organ.routes.ts'
import { preferenceRoutes } from './about/preferences.routes.ts'
import { standingRoutes } from './about/standing.routes.ts'
import { actRoutes } from './apply/act.routes.ts'
import { applyRoutes } from './apply/apply.routes.ts'
import { ckanAddressRoutes } from './ckan/address.routes.ts'
import { ckanRoutes } from './ckan/ckan.routes.ts'
import { datasetRoutes } from './dataset/dataset.routes.ts'
import { dcatRoutes } from './dcat/dcat.routes.ts'
import { exportRoutes } from './export/export.routes.ts'
import { describeRoutes } from './feed/describe.routes.ts'
import { feedRoutes } from './feed/feed.routes.ts'
import { sitemapRoutes } from './feed/sitemap.routes.ts'
import { fileRoutes } from './file.routes.ts'
import { homeRoutes } from './home.routes.ts'
import { ogcRoutes } from './ogc/ogc.routes.ts'
import { questionRoutes } from './question.routes.ts'
import { rowRoutes } from './rows/row.routes.ts'
import { searchRoutes } from './search.routes.ts'
import { showcaseRoutes } from './showcase.routes.ts'
import type { SiteRoutes } from './site.ts'
import { statisticsRoutes } from './statistics/statistics.routes.ts'
import { statusRoutes } from './status.routes.ts'
import { versionRoutes } from './version.routes.ts'
import { wishRoutes } from './wish.routes.ts'

/** Addresses that answer with pages; what fails there is told on a page. */
export const PAGES: readonly SiteRoutes[] = [
  homeRoutes,
  searchRoutes,
  datasetRoutes,
  ckanAddressRoutes,
  questionRoutes,
  wishRoutes,
  showcaseRoutes,
  statusRoutes,
  applyRoutes,
  actRoutes,
  statisticsRoutes,
  organRoutes,
  aboutRoutes,
  preferenceRoutes,
  standingRoutes,
]

/** Addresses that answer with data; what fails there is told as problem+json, unless the group says it its own way. */
export const INTERFACES: readonly SiteRoutes[] = [
  versionRoutes,
  fileRoutes,
  exportRoutes,
  ckanRoutes,
  rowRoutes,
  dcatRoutes,
  ogcRoutes,
  feedRoutes,
  sitemapRoutes,
  describeRoutes,
]
