import type { catalog } from '@sanjiang/contract'
import { COLUMN_ROLES, type ColumnShaping, SHAPINGS, type Shaping } from '@sanjiang/contract/opendata'
import { Input, Select } from 'antd'

type Item = catalog.ResourceDetail['content']['items'][number]
type Column = Omit<ColumnShaping, 'item_id'>

interface Props {
  readonly items: readonly Item[]
  readonly columns: Readonly<Record<string, Column>>
  readonly onChange: (item_id: string, column: Column) => void
}

const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

const shapingFor = ({ mask_rule }: Item): Shaping => (mask_rule && mask_rule !== 'none' ? 'mask' : 'keep')

const toldOf = (item: Item, shaping: Shaping): string => {
  if (shaping === 'remove') return '这一列不送出'
  if (shaping === 'mask') return '逐值遮盖后送出'
  if (shaping === 'year') return '只送出年份'
  if (shaping === 'region') return '地址只留到县级'
  return item.mask_rule && item.mask_rule !== 'none' ? '目录规定须脱敏，不能原样送出' : '原样送出'
}

/** What becomes of each column on its way out, and what it is good for on the public pages. */
export const ProposalColumns = ({ items, columns, onChange }: Props) => (
  <div className="listing-box">
    <table className="listing">
      <caption>逐列去标识与用途</caption>
      <thead>
        <tr>
          {['信息项', '去标识', '送出后', '图表用途', '单位'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const column = columns[item.item_id] ?? {}
          const shaping = column.shaping ?? shapingFor(item)
          const set = (change: Column) => onChange(item.item_id, { ...column, ...change })
          return (
            <tr key={item.item_id}>
              <td className="lead">{item.name}</td>
              <td data-label="去标识">
                <Select
                  aria-label={`${item.name}的去标识方式`}
                  style={{ minWidth: '7rem' }}
                  options={optionsOf(SHAPINGS.titles)}
                  value={shaping}
                  onChange={(value) => set({ shaping: value })}
                />
              </td>
              <td data-label="送出后">{toldOf(item, shaping)}</td>
              <td data-label="图表用途">
                <Select
                  aria-label={`${item.name}的图表用途`}
                  style={{ minWidth: '6rem' }}
                  allowClear
                  placeholder="无"
                  options={optionsOf(COLUMN_ROLES.titles)}
                  value={column.role}
                  onChange={(value) => set({ role: value })}
                />
              </td>
              <td data-label="单位">
                <Input
                  aria-label={`${item.name}的单位`}
                  maxLength={20}
                  style={{ maxWidth: '6rem' }}
                  value={column.unit ?? ''}
                  onChange={({ target }) => set({ unit: target.value || undefined })}
                />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
    <p className="muted">
      设了“分类”和以人、户、件等计的“数值”后，小于 5 的单元格不公布，能据以反推的合计一并隐去。经度和纬度须成对。
    </p>
  </div>
)
