import { catalog } from '@sanjiang/contract'
import type { Basis, ItemSource, ResourceDetail } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import type { ChoosableItem } from './item-choice.tsx'

/** A published resource as somebody who asks for it needs to see it. */
export interface AskableResource {
  readonly resource_id: string
  readonly code: string
  readonly name: string
  readonly provider_name: string
  readonly items: readonly ChoosableItem[]
}

const basisText = (basis: Basis | null): string | null =>
  basis && [basis.title, basis.document_no && `（${basis.document_no}）`, basis.clause].filter(Boolean).join(' ')

/** Where an item should be asked for instead: of the department that is agreed to lead it. */
const sourceOf = (sources: readonly ItemSource[], itemId: string) =>
  sources.find(({ item_id, is_referring }) => item_id === itemId && is_referring)

const toAskable = ({ content, ...head }: ResourceDetail, sources: readonly ItemSource[]): AskableResource => ({
  resource_id: head.resource_id,
  code: head.code ?? '',
  name: content.name,
  provider_name: head.provider_name,
  items: content.items.map((item) => ({
    item_id: item.item_id,
    name: item.name,
    name_en: item.name_en,
    share_type: content.share_type === 'withheld' ? 'withheld' : (item.share_type ?? 'conditional'),
    mask_rule: item.mask_rule ?? 'none',
    basis: basisText(item.withheld_basis ?? content.share_basis),
    source: sourceOf(sources, item.item_id),
  })),
})

export const useAskableResource = (id: string) =>
  useQuery({
    queryKey: ['catalog', 'resource', id, 'askable'],
    queryFn: async () =>
      toAskable(
        await call(catalog.getResource, { params: { id }, query: { copy: 'published' } }),
        await call(catalog.listItemSources, { params: { id } }),
      ),
  })
