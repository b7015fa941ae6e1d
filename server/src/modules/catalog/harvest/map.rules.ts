import { createHash } from 'node:crypto'
import type { HarvestDefaults, ItemDraft, ResourceDraft } from '@sanjiang/contract/catalog'
import type { Portrait } from './portrait.ts'

/** What a foreign catalogue's words for a frequency mean here: codes, EU and Dublin Core words, plain Chinese. */
const CYCLES: Readonly<Record<string, string>> = {
  cont: 'realtime',
  continuous: 'realtime',
  实时: 'realtime',
  daily: 'daily',
  'r/p1d': 'daily',
  每日: 'daily',
  每天: 'daily',
  weekly: 'weekly',
  'r/p1w': 'weekly',
  每周: 'weekly',
  monthly: 'monthly',
  'r/p1m': 'monthly',
  每月: 'monthly',
  quarterly: 'quarterly',
  'r/p3m': 'quarterly',
  每季度: 'quarterly',
  每季: 'quarterly',
  semiannual: 'half_yearly',
  annual_2: 'half_yearly',
  每半年: 'half_yearly',
  half_yearly: 'half_yearly',
  annual: 'yearly',
  yearly: 'yearly',
  annually: 'yearly',
  'r/p1y': 'yearly',
  每年: 'yearly',
  irreg: 'irregular',
  irregular: 'irregular',
  不定期: 'irregular',
  never: 'none',
  'not planned': 'none',
  不更新: 'none',
}

/** Formats as portals name them: category and type of the standard. */
const FORMATS: Readonly<Record<string, readonly [category: string, type: string]>> = {
  xls: ['spreadsheet', 'xls'],
  xlsx: ['spreadsheet', 'xlsx'],
  et: ['spreadsheet', 'et'],
  csv: ['electronic_file', 'txt'],
  txt: ['electronic_file', 'txt'],
  json: ['electronic_file', 'txt'],
  xml: ['electronic_file', 'xml'],
  pdf: ['electronic_file', 'pdf'],
  ofd: ['electronic_file', 'OFD'],
  doc: ['electronic_file', 'doc'],
  docx: ['electronic_file', 'docx'],
  html: ['electronic_file', 'html'],
  ppt: ['electronic_file', 'ppt'],
  pptx: ['electronic_file', 'pptx'],
  wps: ['electronic_file', 'wps'],
  jpg: ['image', 'jpg'],
  jpeg: ['image', 'jpg'],
  gif: ['image', 'gif'],
  bmp: ['image', 'bmp'],
  api: ['service', 'REST'],
  rest: ['service', 'REST'],
  wms: ['service', 'WMTS'],
  wmts: ['service', 'WMTS'],
  wfs: ['service', 'WFS'],
  soap: ['service', 'WebService'],
  webservice: ['service', 'WebService'],
  mysql: ['database', 'MySQL'],
  oracle: ['database', 'oracle'],
  postgresql: ['database', 'PostgreSQL'],
}

const METHODS: Readonly<Record<string, string>> = { database: 'database', service: 'api' }
const NEEDS_ITEMS = new Set(['spreadsheet', 'database', 'service'])

const formatOf = ({ formats, items }: Portrait) => {
  const named = formats.map((one) => one.trim().toLowerCase().replace(/^\./, ''))
  const known = named.map((one) => FORMATS[one]).find((one) => one !== undefined)
  // The standard wants the items of tables and services; a catalogue that does not list them gives a file we cannot describe.
  if (known && (items.length > 0 || !NEEDS_ITEMS.has(known[0])))
    return { format_category: known[0], format_type: known[1] }
  const said = [...new Set(formats.filter(Boolean))].join('、')
  return {
    format_category: 'self_described',
    format_type: '其他',
    format_note: said === '' ? '来源目录未说明格式' : `来源目录登记的格式：${said}`,
  }
}

const methodOf = (shareType: string | null | undefined, category: string) =>
  shareType === 'withheld' ? {} : { share_method_category: 'platform', share_method_type: METHODS[category] ?? 'file' }

const itemsOf = ({ items }: Portrait, { share_type, open_type }: HarvestDefaults): ItemDraft[] =>
  items.map((item) => ({ share_type, open_type, sensitivity: 'L1', mask_rule: 'none', ...item }))

const cycleOf = ({ update_cycle }: Portrait, defaults: HarvestDefaults): string | null =>
  CYCLES[(update_cycle ?? '').trim().toLowerCase()] ?? defaults.update_cycle ?? null

const LONGEST_SUMMARY = 1000
const cut = (text: string, max: number): string => [...text].slice(0, max).join('')

interface Mapping {
  readonly organ_id: string
  readonly class_code: string | null
  readonly defaults: HarvestDefaults
}

export type MappedDraft = ResourceDraft & { readonly provider_organ_id: string }

/** A foreign record as an entry of ours: what it says, and the source's defaults where it says nothing. */
export const toDraft = (portrait: Portrait, { organ_id, class_code, defaults }: Mapping): MappedDraft => {
  if (portrait.draft) return { ...portrait.draft, class_code, provider_organ_id: organ_id }
  const format = formatOf(portrait)
  return {
    class_code,
    name: portrait.title,
    provider_organ_id: organ_id,
    summary: cut(portrait.summary, LONGEST_SUMMARY),
    ...format,
    share_type: defaults.share_type,
    share_condition: defaults.share_type === 'conditional' ? defaults.share_condition : null,
    ...methodOf(defaults.share_type, format.format_category),
    open_type: defaults.open_type,
    open_condition: defaults.open_type === 'conditional' ? defaults.open_condition : null,
    update_cycle: cycleOf(portrait, defaults),
    keywords: [...new Set(portrait.keywords.map((one) => cut(one, 40)).filter(Boolean))].slice(0, 30),
    audience: 'all',
    items: NEEDS_ITEMS.has(format.format_category) ? itemsOf(portrait, defaults) : [],
  }
}

const stable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(stable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, stable(one)]))
}

/** The same draft always has the same hash, in whatever order its fields were written. */
export const hashOf = (draft: MappedDraft): string =>
  createHash('sha256')
    .update(JSON.stringify(stable(draft)))
    .digest('base64url')
