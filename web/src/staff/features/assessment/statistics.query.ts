import { DIMENSIONS, type Dimension, MEASURES, type Measure } from '@sanjiang/contract/assessment'
import { useSearchParams } from 'react-router'

const FILTERS = ['from', 'to', 'provider', 'consumer', 'region', 'class'] as const
export type FilterName = (typeof FILTERS)[number]
export type Filter = Partial<Record<FilterName, string>>

/** The whole question stands in the address: what is drawn, along what, narrowed by what. */
export const useStatisticsQuery = () => {
  const [params, setParams] = useSearchParams()
  const filter: Filter = Object.fromEntries(
    FILTERS.flatMap((name) => (params.get(name) ? [[name, params.get(name)]] : [])),
  )
  const set = (name: string, value: string | undefined) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        value ? next.set(name, value) : next.delete(name)
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  return {
    by: DIMENSIONS.codes.find((one) => one === params.get('by')) ?? ('provider' as Dimension),
    measure: MEASURES.codes.find((one) => one === params.get('measure')) ?? ('entries' as Measure),
    code: params.get('code') ?? undefined,
    filter,
    set,
    clear: () =>
      setParams(
        (before) => new URLSearchParams([...before].filter(([name]) => !(FILTERS as readonly string[]).includes(name))),
        { replace: true, preventScrollReset: true },
      ),
  }
}

interface Cell {
  readonly measure: string
  readonly by?: Dimension
  readonly code?: string
}

/** Where the records of one figure are listed. */
export const recordsPath = ({ measure, by, code }: Cell, filter: Filter): string => {
  const params = new URLSearchParams({ measure, ...filter })
  if (by && code !== undefined) {
    params.set('by', by)
    params.set('code', code)
  }
  return `/assessment/statistics/records?${params}`
}

export const figureText = (value: number): string => value.toLocaleString('zh-CN')
