import { diffResource, listVersions, type Version } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { FieldChanges } from './field-changes.tsx'

const labelOf = (one: Version): string => `第 ${one.version} 版 · ${one.published_on}`

const Diff = ({ id, versions }: { id: string; versions: readonly Version[] }) => {
  const newest = Math.max(...versions.map(({ version }) => version))
  const [from, setFrom] = useState(newest - 1)
  const [to, setTo] = useState(newest)
  const query = useQuery({
    queryKey: ['catalog', 'diff', id, from, to],
    queryFn: () => call(diffResource, { params: { id }, query: { from, to } }),
  })
  const options = versions.map((one) => ({ value: one.version, label: labelOf(one) }))
  return (
    <>
      <div className="row">
        <label htmlFor="diff-from">自</label>
        <Select id="diff-from" value={from} onChange={setFrom} options={options} />
        <label htmlFor="diff-to">到</label>
        <Select id="diff-to" value={to} onChange={setTo} options={options} />
      </div>
      <Loaded query={query}>{(changes) => <FieldChanges changes={changes} />}</Loaded>
    </>
  )
}

const Who = ({ one }: { one: Version }) => (
  <li>
    <b>{labelOf(one)}</b>，{one.item_count} 项
    <span className="muted">
      {' '}
      编制 {one.compiled_by_name}
      {one.reviewed_by_name && ` · 部门审核 ${one.reviewed_by_name}`} · 发布 {one.published_by_name} · 标准{' '}
      {one.standard_id} 第 {one.standard_version} 版
    </span>
  </li>
)

export const ResourceVersions = ({ id }: { id: string }) => {
  const query = useQuery({
    queryKey: ['catalog', 'versions', id],
    queryFn: () => call(listVersions, { params: { id } }),
  })
  return (
    <Panel title="版本与差异">
      <Loaded query={query}>
        {(versions) => (
          <>
            <ul className="tight">
              {versions.map((one) => (
                <Who key={one.version} one={one} />
              ))}
            </ul>
            {versions.length > 1 && <Diff id={id} versions={versions} />}
          </>
        )}
      </Loaded>
    </Panel>
  )
}
