import type { LegalBasis } from '../reference/legal-basis.ts'
import { legalBasisOf } from '../reference/legal-basis.ts'
import type { Archetype, ArchetypeItem, Sensitivity } from './archetype.ts'

export type ShareType = 'unconditional' | 'conditional' | 'withheld'
export type OpenType = 'unconditional' | 'conditional' | 'closed'
export type ShareBasis = Pick<LegalBasis, 'kind' | 'title' | 'clause' | 'document_no'>

export interface DemoItem {
  name: string
  name_en: string
  data_type: string
  length: number
  is_key: boolean
  is_required: boolean
  share_type: ShareType
  share_condition: string | null
  withheld_basis: ShareBasis | null
  open_type: OpenType
  sensitivity: Sensitivity
  mask_rule: string
  data_element: string | null
}

export const basisOf = (key: string): ShareBasis => {
  const { kind, title, clause, document_no } = legalBasisOf(key)
  return { kind, title, clause, document_no }
}

const isUnconditional = (archetype: Archetype): boolean =>
  archetype.share === 'open' || archetype.share === 'open_conditional' || archetype.share === 'unopened'

const sensitivityOf = (archetype: Archetype, item: ArchetypeItem): Sensitivity =>
  item.sensitivity ?? (archetype.share === 'withheld' ? 'L3' : isUnconditional(archetype) ? 'L1' : 'L2')

/** Base-class items are shared without conditions whatever they hold (国发〔2016〕51号 第十条, rule C12). */
const isBaseClass = (archetype: Archetype): boolean => archetype.class_code?.startsWith('1') ?? false

/** An item may be stricter than its resource, never looser (domain §1.5). */
const shareOf = (archetype: Archetype, sensitivity: Sensitivity): ShareType => {
  if (archetype.share === 'withheld') return 'withheld'
  if (isBaseClass(archetype)) return 'unconditional'
  if (sensitivity === 'L4') return 'withheld'
  return isUnconditional(archetype) && sensitivity !== 'L3' ? 'unconditional' : 'conditional'
}

const openOf = (open: OpenType, share: ShareType, sensitivity: Sensitivity): OpenType => {
  if (share === 'withheld' || sensitivity === 'L3' || sensitivity === 'L4') return 'closed'
  if (open === 'unconditional' && sensitivity === 'L2') return 'closed'
  return open
}

/** The items of an archetype as a catalogue entry lists them; `open` is the resource's own open type. */
export const itemsOf = (archetype: Archetype, items: readonly ArchetypeItem[], open: OpenType): DemoItem[] =>
  items.map((item, index) => {
    const sensitivity = sensitivityOf(archetype, item)
    const share_type = shareOf(archetype, sensitivity)
    const basis_key = item.basis_key ?? archetype.basis_key ?? 'sharing_measures'
    return {
      name: item.name,
      name_en: item.name_en,
      data_type: item.data_type,
      length: item.length,
      is_key: item.is_key,
      is_required: item.is_key || index < items.length / 2,
      share_type,
      share_condition: share_type === 'conditional' ? archetype.condition : null,
      withheld_basis: share_type === 'withheld' ? basisOf(basis_key) : null,
      open_type: openOf(open, share_type, sensitivity),
      sensitivity,
      mask_rule: item.mask_rule,
      data_element: item.data_element,
    }
  })

/** A resource shares as loosely as its loosest item. */
export const loosestShare = (items: readonly DemoItem[]): ShareType =>
  items.some((item) => item.share_type === 'unconditional')
    ? 'unconditional'
    : items.some((item) => item.share_type === 'conditional')
      ? 'conditional'
      : 'withheld'
