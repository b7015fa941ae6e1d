import { listOrgans } from '@sanjiang/contract/identity'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { call } from './api.ts'

interface Props {
  readonly id?: string
  readonly value?: string
  readonly onChange?: (value: string | undefined) => void
  readonly allowClear?: boolean
  readonly placeholder?: string
  readonly label?: string
}

/** An organ chosen by typing part of its name. */
export const OrganSelect = ({ id, value, onChange, allowClear, placeholder = '输入名称查找', label }: Props) => {
  const [text, setText] = useState('')
  const organs = useQuery({
    queryKey: ['identity', 'organs', 'choice', text],
    queryFn: () => call(listOrgans, { query: { q: text || undefined, limit: 50 } }),
    placeholderData: (before) => before,
  })
  return (
    <Select
      id={id}
      aria-label={label}
      className="organ-select"
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear={allowClear}
      placeholder={placeholder}
      value={value}
      onChange={onChange}
      loading={organs.isFetching}
      options={organs.data?.rows.map(({ organ_id, name }) => ({ value: organ_id, label: name }))}
    />
  )
}
