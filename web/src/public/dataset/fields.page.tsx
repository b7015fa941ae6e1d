import type { SiteColumn } from '@sanjiang/contract/site'
import type { DatasetFieldsView } from '@sanjiang/contract/site.dataset'
import { CELL_STATUSES, STATUS_CODES, statusColumnOf } from '@sanjiang/contract/site.status'
import { Fragment } from 'react'
import { Scroll } from '../scroll.tsx'
import { TYPE_WORDS } from '../words.ts'
import { DatasetFrame } from './top.tsx'

const ROLE_WORDS: Readonly<Record<string, string>> = {
  key: '唯一标识一行',
  lon: '经度（CGCS2000）',
  lat: '纬度（CGCS2000）',
  shape: '地理范围（GeoJSON，CGCS2000）',
  category: '分类',
  measure: '可以计算的数',
}

interface Field {
  readonly title: string
  readonly name: string
  readonly data_type: string | null
  readonly length: number | null
  readonly unit: string | null
  readonly use: string
}

const fieldOf = (
  { name: title, name_en: name, data_type, length }: DatasetFieldsView['top']['content']['items'][number],
  column: SiteColumn | undefined,
): Field => ({ title, name, data_type, length, unit: column?.unit ?? null, use: ROLE_WORDS[column?.role ?? ''] ?? '' })

const FieldRow = ({ title, name, data_type, length, unit, use }: Field) => (
  <tr>
    <th scope="row" className="short">
      {title}
    </th>
    <td className="code">
      <code>{name}</code>
    </td>
    <td className="short">{TYPE_WORDS[data_type ?? ''] ?? '未说明'}</td>
    <td className="number">{length ?? '不限'}</td>
    <td className="short">{unit ?? '无'}</td>
    <td className="short">{use}</td>
  </tr>
)

/** No item of the catalogue, and in the data all the same. */
const StatusRow = ({ of, column }: { readonly of: string; readonly column: SiteColumn | undefined }) =>
  column && <FieldRow {...column} use={`说明“${of}”为何有值或为空`} />

const StatusCodes = () => (
  <>
    <h3>状态列</h3>
    <p>小于一定数的人数、件数不公布，以免认出个人；这样的格子是空的。状态列说明每一格为何有值或为空，代码采用 SDMX：</p>
    <dl className="facts">
      {STATUS_CODES.map((code) => (
        <div key={code}>
          <dt>
            <code>{code}</code> {CELL_STATUSES[code].title}
          </dt>
          <dd>{CELL_STATUSES[code].about}</dd>
        </div>
      ))}
    </dl>
    <p>合计、平均等只计入有值的格子；求出的合计可能小于实际。</p>
  </>
)

export const FieldsPage = ({ top, columns }: DatasetFieldsView) => {
  const byName = new Map(columns.map((column) => [column.name, column]))
  return (
    <DatasetFrame top={top} tab="fields">
      <h2>字段</h2>
      <p className="meta">共 {top.content.items.length} 个。“英文名”是文件和接口里用的列名。</p>
      <Scroll label="字段表，可左右滚动">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">名称</th>
              <th scope="col">英文名</th>
              <th scope="col">类型</th>
              <th scope="col" className="number">
                长度
              </th>
              <th scope="col">单位</th>
              <th scope="col">用途</th>
            </tr>
          </thead>
          <tbody>
            {top.content.items.map((item) => (
              <Fragment key={item.name_en}>
                <FieldRow {...fieldOf(item, byName.get(item.name_en))} />
                <StatusRow of={item.name} column={statusColumnOf(columns, item.name_en)} />
              </Fragment>
            ))}
          </tbody>
        </table>
      </Scroll>
      {columns.some(({ status_of }) => status_of !== undefined) && <StatusCodes />}
    </DatasetFrame>
  )
}
