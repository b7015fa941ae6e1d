import type { DatasetFieldsView } from '@sanjiang/contract/site.dataset'
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
            {top.content.items.map(({ name, name_en, data_type, length }) => {
              const column = byName.get(name_en)
              return (
                <tr key={name_en}>
                  <th scope="row" className="short">
                    {name}
                  </th>
                  <td className="code">
                    <code>{name_en}</code>
                  </td>
                  <td className="short">{TYPE_WORDS[data_type ?? ''] ?? '未说明'}</td>
                  <td className="number">{length ?? '不限'}</td>
                  <td className="short">{column?.unit ?? '无'}</td>
                  <td className="short">{ROLE_WORDS[column?.role ?? ''] ?? ''}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </Scroll>
    </DatasetFrame>
  )
}
