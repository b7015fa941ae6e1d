import { getStandard, type Standard } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'

/** The standard in force: fields, lists, rules. It changes with a decree, not with a click. */
export const useStandardQuery = () =>
  useQuery({
    queryKey: ['catalog', 'standard'],
    queryFn: () => call(getStandard, {}),
    staleTime: Number.POSITIVE_INFINITY,
  })

export type TitleOf = (enumeration: string, code: string | null | undefined) => string

export const titlesOf =
  (standard: Pick<Standard, 'enumerations'> | undefined): TitleOf =>
  (enumeration, code) =>
    code ? (standard?.enumerations[enumeration]?.find((one) => one.code === code)?.title ?? code) : '—'

export const useTitles = (): TitleOf => titlesOf(useStandardQuery().data)
