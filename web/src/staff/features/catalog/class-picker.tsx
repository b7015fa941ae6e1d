import { CLASS_LEVELS, listClasses } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { call } from '../../api.ts'

interface Props {
  readonly id: string
  readonly value: string | null
  /** How the present value reads, before its list is loaded. */
  readonly title: string
  readonly organId: string
  readonly onChange: (code: string | null) => void
}

/** Finds a place in the classification by words or code; only leaves carry resources. */
export const ClassPicker = ({ id, value, title, organId, onChange }: Props) => {
  const [words, setWords] = useState('')
  const q = useDeferredValue(words.trim())
  const { data, isFetching } = useQuery({
    queryKey: ['catalog', 'classes', 'picker', organId, q],
    queryFn: () => call(listClasses, { query: { organ_id: organId || undefined, q: q || undefined } }),
    placeholderData: (before) => before,
  })
  const options = (data ?? []).map((one) => ({
    value: one.code,
    label: `${one.path_title}（${one.code}）`,
    disabled: !one.is_leaf,
    level: CLASS_LEVELS.titles[one.level],
  }))
  const known = options.some((one) => one.value === value)
  const own =
    value && !known ? [{ value, label: title ? `${title}（${value}）` : value, disabled: false, level: '' }] : []
  return (
    <Select
      id={id}
      value={value ?? undefined}
      onChange={(code: string | undefined) => onChange(code ?? null)}
      options={[...own, ...options]}
      showSearch={{ filterOption: false, onSearch: setWords }}
      loading={isFetching}
      allowClear
      placeholder="输入分类名称或代码，如“人口”“302”"
      notFoundContent="没有匹配的分类"
      className="wide-select"
    />
  )
}
