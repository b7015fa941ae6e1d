import { LICENCES } from '@sanjiang/contract/opendata'

export interface Licence {
  readonly id: string
  readonly title: string
  readonly url: string
  readonly is_okd_compliant: boolean
}

/** Under a licence of the first two anybody may use, change and pass on: what the Open Definition asks. */
const IS_OPEN: Readonly<Record<string, boolean>> = { open: true, attribution_sharealike: true }

const licenceUrl = (origin: string, id: string): string => `${origin}/dcat/licences#${encodeURIComponent(id)}`

export const licenceOf = (origin: string, id: string): Licence => ({
  id,
  title: (LICENCES.titles as Readonly<Record<string, string>>)[id] ?? id,
  url: licenceUrl(origin, id),
  is_okd_compliant: IS_OPEN[id] ?? false,
})

export const licenceList = (origin: string) =>
  LICENCES.codes.map((id) => {
    const licence = licenceOf(origin, id)
    return {
      ...licence,
      status: 'active',
      maintainer: '',
      family: '',
      domain_content: false,
      domain_data: true,
      domain_software: false,
      is_osi_compliant: false,
      od_conformance: licence.is_okd_compliant ? 'approved' : 'rejected',
      osd_conformance: 'not reviewed',
    }
  })
