import { diffEditions, type StandardChange } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { type Column, Listing } from '../../../../ui/listing.tsx'
import { StateTag } from '../../../../ui/page-head.tsx'
import { Loaded } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import { type EditionParams, useEditions } from './edition.query.ts'

const PARTS = { field: '字段', item_field: '信息项字段', code: '代码', class: '分类', rule: '规则' } as const
const KINDS = { added: ['新增', 'good'], removed: ['停用', 'bad'], changed: ['修改', 'wait'] } as const

const COLUMNS: readonly Column<StandardChange>[] = [
  { title: '处', kind: 'lead', render: ({ title }) => title, text: ({ title }) => title },
  { title: '部分', render: ({ part }) => PARTS[part], text: ({ part }) => PARTS[part] },
  {
    title: '变化',
    render: ({ kind }) => <StateTag tone={KINDS[kind][1]}>{KINDS[kind][0]}</StateTag>,
    text: ({ kind }) => KINDS[kind][0],
  },
  {
    title: '原为',
    render: ({ before }) => (before === null ? '—' : <del>{before}</del>),
    text: ({ before }) => before,
  },
  { title: '改为', render: ({ after }) => (after === null ? '—' : <ins>{after}</ins>), text: ({ after }) => after },
]

/** Two versions side by side: fields, codes, classes, rules. */
export const EditionDiff = ({ standard, version, from }: EditionParams & { from: number }) => {
  const [other, setOther] = useState(from)
  const editions = useEditions()
  const query = useQuery({
    queryKey: ['catalog', 'standard', 'diff', standard, other, version],
    queryFn: () => call(diffEditions, { params: { standard }, query: { from: other, to: version } }),
  })
  return (
    <div className="stack diff">
      <label htmlFor="diff-from">
        与{' '}
        <Select
          id="diff-from"
          value={other}
          onChange={setOther}
          options={(editions.data ?? [])
            .filter((one) => one.id === standard && one.version !== version)
            .map((one) => ({ value: one.version, label: `第 ${one.version} 版（${one.dialect}）` }))}
        />{' '}
        相比
      </label>
      <Loaded query={query} isEmpty={(rows) => rows.length === 0} empty={<p className="nothing">两个版次没有差异。</p>}>
        {(rows) => (
          <Listing
            caption={`共 ${rows.length} 处差异`}
            rows={rows}
            columns={COLUMNS}
            rowKey={({ part, key }) => `${part} ${key}`}
          />
        )}
      </Loaded>
    </div>
  )
}
