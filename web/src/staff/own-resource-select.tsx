import { search } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Alert, Select } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../ui/states.tsx'
import { call } from './api.ts'
import { useSession } from './session.ts'

/** A published resource of one's own organ, found by typing part of its name; says so where there is none. */
export const OwnResourceSelect = ({ onChoose }: { readonly onChoose: (resource_id: string) => void }) => {
  const { organ_id } = useSession()
  const [text, setText] = useState('')
  const query = useQuery({
    queryKey: ['catalog', 'search', 'own', organ_id, text],
    queryFn: () => call(search, { query: { provider: [organ_id], q: text || undefined, limit: 50 } }),
    placeholderData: (before) => before,
  })
  return (
    <>
      <Select
        aria-label="资源"
        style={{ width: '100%', maxWidth: '40rem' }}
        placeholder="输入名称查找本部门已发布的资源"
        showSearch={{ filterOption: false, onSearch: setText }}
        loading={query.isFetching}
        options={query.data?.rows.map(({ resource_id, code, name }) => ({
          value: resource_id,
          label: `${name}（${code}）`,
        }))}
        onChange={onChoose}
      />
      {query.isError && <ErrorAlert error={query.error} />}
      {query.data?.rows.length === 0 && !text && (
        <Alert type="info" showIcon title="本部门还没有已发布的资源" style={{ marginTop: '.75rem' }} />
      )}
    </>
  )
}
