import type { SiteView } from '@sanjiang/contract/site'
import { LICENCE_FACTS } from '@sanjiang/contract/site.about'
import type { PublicPage } from '../page.ts'
import { DevelopersPage } from './developers.page.tsx'
import { LicencePage, LicencesPage } from './licence.page.tsx'
import { OrganPage, OrgansPage } from './organ.page.tsx'
import { PreferencesPage } from './preferences.page.tsx'
import { AccessibilityPage, LegalPage, PrivacyPage } from './standing.page.tsx'

type About =
  | 'accessibility'
  | 'developers'
  | 'legal'
  | 'licence'
  | 'licences'
  | 'organ'
  | 'organs'
  | 'preferences'
  | 'privacy'

/** Pages about the portal itself. */
export const aboutPages: { readonly [P in About & SiteView['page']]: PublicPage<P> } = {
  organs: { title: '提供部门', Body: OrgansPage },
  organ: { title: ({ organ }) => organ.name, Body: OrganPage },
  developers: { title: '开发者', Body: DevelopersPage },
  licences: { title: '许可', Body: LicencesPage },
  licence: { title: ({ id }) => LICENCE_FACTS[id].title, Body: LicencePage },
  preferences: { title: '字号与对比度', Body: PreferencesPage },
  accessibility: { title: '无障碍声明', Body: AccessibilityPage },
  privacy: { title: '隐私说明', Body: PrivacyPage },
  legal: { title: '法律说明', Body: LegalPage },
}
