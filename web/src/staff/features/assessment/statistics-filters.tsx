import { codes } from '@sanjiang/contract'
import { listClasses } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { Panel } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import type { Filter, FilterName } from './statistics.query.ts'

const REGIONS = codes
  .divisionsAt('2017-12-31')
  .filter(({ level }) => level !== 'county')
  .map(({ code, name }) => ({ value: code, label: name }))

/** 类 and 项: deeper is the catalogue's own search. */
const useClasses = () =>
  useQuery({
    queryKey: ['assessment', 'classes'],
    queryFn: async () => {
      const top = await call(listClasses, { query: {} })
      const below = await Promise.all(top.map(({ code }) => call(listClasses, { query: { parent: code } })))
      return top.flatMap((one, index) => [
        { value: one.code, label: one.title },
        ...below[index]!.map(({ code, title }) => ({ value: code, label: `${one.title} · ${title}` })),
      ])
    },
    staleTime: 600_000,
  })

interface Props {
  readonly filter: Filter
  readonly set: (name: FilterName, value: string | undefined) => void
  readonly clear: () => void
}

export const StatisticsFilters = ({ filter, set, clear }: Props) => {
  const classes = useClasses()
  const month = (name: 'from' | 'to', label: string) => (
    <Form.Item label={label} htmlFor={`statistics-${name}`}>
      <Input
        id={`statistics-${name}`}
        type="month"
        value={filter[name] ?? ''}
        onChange={({ target }) => set(name, target.value || undefined)}
      />
    </Form.Item>
  )
  return (
    <Panel>
      <Form layout="vertical" className="filters">
        {month('from', '从')}
        {month('to', '到')}
        <Form.Item label="提供部门" htmlFor="statistics-provider">
          <OrganSelect
            id="statistics-provider"
            allowClear
            placeholder="全部"
            value={filter.provider}
            onChange={(value) => set('provider', value)}
          />
        </Form.Item>
        <Form.Item label="使用部门" htmlFor="statistics-consumer">
          <OrganSelect
            id="statistics-consumer"
            allowClear
            placeholder="全部"
            value={filter.consumer}
            onChange={(value) => set('consumer', value)}
          />
        </Form.Item>
        <Form.Item label="地区" htmlFor="statistics-region">
          <Select
            id="statistics-region"
            allowClear
            placeholder="全部"
            options={REGIONS}
            value={filter.region}
            onChange={(value) => set('region', value)}
          />
        </Form.Item>
        <Form.Item label="分类" htmlFor="statistics-class">
          <Select
            id="statistics-class"
            allowClear
            placeholder="全部"
            showSearch={{ optionFilterProp: 'label' }}
            options={classes.data ?? []}
            loading={classes.isFetching}
            value={filter.class}
            onChange={(value) => set('class', value)}
          />
        </Form.Item>
      </Form>
      {Object.keys(filter).length > 0 && (
        <Button size="small" onClick={clear}>
          去掉全部条件
        </Button>
      )}
    </Panel>
  )
}
