import { type BatchDetail, getBatch, type Standard } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'

export const batchKey = (id: string) => ['catalog', 'batch', id] as const

const isBusy = ({ state }: BatchDetail): boolean => state === 'reading' || state === 'checking'

/** A batch, asked after again while a worker is at it. */
export const useBatch = (id: string) =>
  useQuery({
    queryKey: batchKey(id),
    queryFn: () => call(getBatch, { params: { id } }),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 800 : false),
  })

export interface FieldChoice {
  readonly value: string
  readonly label: string
}

const BASIS = [
  ['kind', '类别'],
  ['title', '名称'],
  ['clause', '条款'],
  ['document_no', '文号'],
] as const

/** What a column of a sheet may fill, in the words of the standard. */
export const fieldChoices = (standard: Standard): FieldChoice[] => {
  const within = (prefix: string, lead: string, fields: Standard['fields']): FieldChoice[] =>
    fields.flatMap(({ key, title, type }) => {
      if (type === 'items' || type === 'census') return []
      const whole = { value: prefix + key, label: lead + title }
      if (type !== 'basis') return [whole]
      const parts = BASIS.map(([part, name]) => ({
        value: `${prefix}${key}.${part}`,
        label: `${lead}${title}：${name}`,
      }))
      return prefix === '' ? [whole, ...parts] : parts
    })
  return [
    ...within('', '', standard.fields),
    { value: 'is_open', label: '是否向社会开放' },
    { value: 'audience', label: '可见范围' },
    { value: 'revision', label: '修订号（导出时）' },
    ...within('census.', '普查：', standard.census_fields),
    ...within('items.', '信息项：', standard.item_fields),
  ]
}
