import { type PortalRecord, portalRecords } from './records.ts'

const toPackage = (one: PortalRecord, no: number): unknown => ({
  id: one.id,
  name: `xining-${no}`,
  title: one.title,
  notes: one.notes,
  organization: { name: `org-${one.office}`, title: one.office },
  tags: [{ name: one.topic }, { name: '开放数据' }],
  extras: [{ key: 'update_frequency', value: one.cycle }],
  resources: [{ format: one.format, url: `http://opendata.xining.example/d/${one.id}` }],
  metadata_created: `${one.issued}T09:00:00.000000`,
  metadata_modified: '2017-11-20T09:00:00.000000',
})

/** As portals are: some records are wrong, each in its own way, and one office is not ours. */
const SPOILT: Readonly<Record<number, (record: Record<string, unknown>) => unknown>> = {
  17: (record) => ({ ...record, title: null, name: null }),
  41: (record) => ({ ...record, tags: '餐饮,卫生' }),
  66: (record) => ({ ...record, metadata_modified: '去年年底' }),
  90: (record) => ({ ...record, organization: { name: 'gyjt', title: '西宁公共交通集团' } }),
  91: (record) => ({ ...record, organization: { name: 'gyjt', title: '西宁公共交通集团' } }),
  118: (record) => ({ ...record, title: `${record.title}（${'含历年汇总与说明'.repeat(18)}）` }),
}

let packages: readonly string[] | undefined

const listPackages = (): readonly string[] => {
  packages ??= portalRecords('西宁市').map((one, no) => {
    const record = toPackage(one, no) as Record<string, unknown>
    return JSON.stringify(SPOILT[no]?.(record) ?? record)
  })
  return packages
}

const searchPackages = (search: URLSearchParams): string => {
  const all = listPackages()
  const start = Number(search.get('start') ?? 0)
  const page = all.slice(start, start + Number(search.get('rows') ?? 10))
  return `{"success":true,"result":{"count":${all.length},"results":[${page.join(',')}]}}`
}

const literal = (text: string): string => JSON.stringify(text)

const toTurtle = (one: PortalRecord): string => `<http://opendata.haidong.example/d/${one.id}> a dcat:Dataset ;
  dct:identifier ${literal(one.id)} ; dct:title ${literal(one.title)}@zh ; dct:description ${literal(one.notes)}@zh ;
  dct:publisher [ a foaf:Organization ; foaf:name ${literal(one.office)}@zh ] ; dcat:keyword ${literal(one.topic)}@zh ;
  dct:issued "${one.issued}" ; dct:accrualPeriodicity ${literal(one.cycle)} ; dcat:distribution [ dct:format ${literal(one.format)} ] .
`

const catalogue = (): string => `@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
${portalRecords('海东市').map(toTurtle).join('')}`

export interface PortalAnswer {
  readonly type: string
  readonly body: string
}

export const PORTAL_PATHS = { ckan: '/portal/xining', dcat: '/portal/haidong/catalogue.ttl' } as const

/** What the two portals answer; `null` is for somebody else. */
export const answerPortal = ({ pathname, searchParams }: URL): PortalAnswer | null => {
  if (pathname === PORTAL_PATHS.dcat) return { type: 'text/turtle; charset=utf-8', body: catalogue() }
  if (pathname !== `${PORTAL_PATHS.ckan}/api/3/action/package_search`) return null
  return { type: 'application/json; charset=utf-8', body: searchPackages(searchParams) }
}
