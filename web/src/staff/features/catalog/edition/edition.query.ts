import { type EditionDetail, getEdition, getStandardVersion, listEditions } from '@sanjiang/contract/catalog'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../../../api.ts'

export interface EditionParams {
  readonly standard: string
  readonly version: number
}

export const useEditions = () => useQuery({ queryKey: ['catalog', 'editions'], queryFn: () => call(listEditions, {}) })

export const useEdition = (params: EditionParams) =>
  useQuery({
    queryKey: ['catalog', 'edition', params.standard, params.version],
    queryFn: () => call(getEdition, { params }),
  })

export const useStandardVersion = (params: EditionParams, revision = 0) =>
  useQuery({
    queryKey: ['catalog', 'standard', params.standard, params.version, revision],
    queryFn: () => call(getStandardVersion, { params }),
  })

/** After a change: what was answered is shown at once, everything else about standards is read again. */
export const useEditionChanged = () => {
  const client = useQueryClient()
  return async (detail: EditionDetail): Promise<void> => {
    const { id, version } = detail.edition
    client.setQueryData(['catalog', 'edition', id, version], detail)
    await Promise.all(
      [
        ['catalog', 'editions'],
        ['catalog', 'standard'],
        ['catalog', 'standards'],
        ['catalog', 'effect'],
        ['catalog', 'transition'],
      ].map((queryKey) => client.invalidateQueries({ queryKey })),
    )
  }
}
