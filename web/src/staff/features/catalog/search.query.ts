import { FACETS, SEARCH_ORDERS, search } from '@sanjiang/contract/catalog'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { call } from '../../api.ts'

export type FacetName = (typeof FACETS.codes)[number]
type Order = (typeof SEARCH_ORDERS.codes)[number]
type Chosen = Partial<Record<FacetName, string[]>>

const orderOf = (text: string | null): Order | undefined => SEARCH_ORDERS.codes.find((one) => one === text)

/** The whole question stands in the address: it can be sent to a colleague, and Back undoes a choice. */
export const useSearch = () => {
  const [params, setParams] = useSearchParams()
  const chosen: Chosen = Object.fromEntries(
    FACETS.codes.map((name) => [name, params.getAll(name)]).filter(([, values]) => (values?.length ?? 0) > 0),
  )
  const change = (work: (next: URLSearchParams) => void) => {
    const next = new URLSearchParams(params)
    work(next)
    setParams(next)
  }
  return {
    q: params.get('q') ?? '',
    order: orderOf(params.get('order')),
    chosen,
    count: Object.values(chosen).flat().length,
    setQuery: (q: string) => change((next) => (q ? next.set('q', q) : next.delete('q'))),
    setOrder: (order: Order) => change((next) => next.set('order', order)),
    toggle: (name: FacetName, code: string) =>
      change((next) => {
        const has = next.getAll(name).includes(code)
        if (has) next.delete(name, code)
        else next.append(name, code)
      }),
    /** A class is one place in the tree: choosing another leaves the first. */
    setClass: (code: string | null) => change((next) => (code ? next.set('class', code) : next.delete('class'))),
    clearOne: (name: FacetName) => change((next) => next.delete(name)),
    clear: () => change((next) => FACETS.codes.forEach((name) => void next.delete(name))),
  }
}
export type Search = ReturnType<typeof useSearch>

export const useSearchQuery = ({ q, order, chosen }: Search) =>
  useInfiniteQuery({
    queryKey: ['catalog', 'search', { q, order, chosen }],
    queryFn: ({ pageParam, signal }) =>
      call(search, { query: { q: q || undefined, order, ...chosen, after: pageParam, limit: 10 } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  })
