import type { Finding, Standard } from '@sanjiang/contract/catalog'
import { memo } from 'react'
import { BasisPicker } from './basis-picker.tsx'
import type { DraftItem } from './draft.ts'
import type { ColumnKey } from './paste-rows.ts'

export interface RowAct {
  change(key: string, patch: Partial<DraftItem>): void
  remove(key: string): void
}

interface RowProps {
  readonly row: DraftItem
  readonly index: number
  readonly standard: Standard
  /** This row's findings only, under the names of its columns. */
  readonly findings: readonly Finding[]
  readonly act: RowAct
}

interface CellProps extends RowProps {
  readonly column: ColumnKey
  readonly title: string
}

/** Everything a cell has in common: its place for the keyboard, its name for a screen reader, its fault as words. */
const given = ({ row, index, column, title, findings }: CellProps) => {
  const own = findings.filter(({ field }) => field === column)
  const isFaulty = own.some(({ level }) => level === 'error')
  return {
    'data-row': index,
    'data-column': column,
    'aria-label': `第 ${index + 1} 项 ${row.name ?? ''} ${title}`,
    'aria-invalid': isFaulty || undefined,
    title: own.map(({ message, clause }) => `${message}（${clause}）`).join('\n') || undefined,
  }
}

const TextCell = (props: CellProps & { numeric?: boolean; placeholder?: string }) => {
  const { row, column, act, numeric, placeholder } = props
  const set = (text: string) => act.change(row.key, { [column]: text === '' ? null : numeric ? Number(text) : text })
  return (
    <input
      {...given(props)}
      className={numeric ? 'cell num' : 'cell'}
      inputMode={numeric ? 'numeric' : undefined}
      type={numeric ? 'number' : 'text'}
      value={String(row[column] ?? '')}
      placeholder={placeholder}
      onChange={({ target }) => set(target.value)}
    />
  )
}

const CodeCell = (props: CellProps & { enumeration: string }) => {
  const { row, column, act, standard, enumeration } = props
  return (
    <select
      {...given(props)}
      className={`cell ${column === 'share_type' ? (row.share_type ?? '') : ''}`}
      value={String(row[column] ?? '')}
      onChange={({ target }) => act.change(row.key, { [column]: target.value || null })}
    >
      <option value="">—</option>
      {standard.enumerations[enumeration]?.map(({ code, title }) => (
        <option key={code} value={code}>
          {title}
        </option>
      ))}
    </select>
  )
}

const FlagCell = (props: CellProps & { column: 'is_key' | 'is_required' }) => (
  <input
    {...given(props)}
    type="checkbox"
    checked={props.row[props.column] ?? false}
    onChange={({ target }) => props.act.change(props.row.key, { [props.column]: target.checked })}
  />
)

/** A condition for conditional items, a basis for withheld ones, nothing for the rest. */
const WhyCell = (props: CellProps) => {
  const { row, act } = props
  if (row.share_type === 'conditional') return <TextCell {...props} placeholder="同资源" />
  if (row.share_type !== 'withheld') return null
  return (
    <BasisPicker
      size="small"
      of={row.name ?? `第 ${props.index + 1} 项`}
      value={row.withheld_basis ?? null}
      onChange={(withheld_basis) => act.change(row.key, { withheld_basis })}
    />
  )
}

export const ItemRow = memo((props: RowProps) => {
  const { row, index, findings, act } = props
  const cell = (column: ColumnKey, title: string) => ({ ...props, column, title })
  const isFaulty = findings.some(({ level }) => level === 'error')
  return (
    <tr className={isFaulty ? 'faulty' : undefined}>
      <th scope="row" className="num">
        {index + 1}
      </th>
      <td className="sticky">{<TextCell {...cell('name', '名称')} />}</td>
      <td>{<TextCell {...cell('name_en', '英文名')} />}</td>
      <td>{<CodeCell {...cell('data_type', '数据类型')} enumeration="data_type" />}</td>
      <td className="tiny">{<TextCell {...cell('length', '长度')} numeric />}</td>
      <td className="tick">{<FlagCell {...cell('is_key', '主键')} column="is_key" />}</td>
      <td className="tick">{<FlagCell {...cell('is_required', '必选')} column="is_required" />}</td>
      <td>{<CodeCell {...cell('share_type', '共享类型')} enumeration="share_type" />}</td>
      <td>{<WhyCell {...cell('share_condition', '共享条件')} />}</td>
      <td>{<CodeCell {...cell('open_type', '开放类型')} enumeration="open_type" />}</td>
      <td>{<CodeCell {...cell('sensitivity', '敏感级别')} enumeration="sensitivity" />}</td>
      <td>{<CodeCell {...cell('mask_rule', '脱敏规则')} enumeration="mask_rule" />}</td>
      <td>{<TextCell {...cell('data_element', '数据元')} />}</td>
      <td className="tick">
        <button
          type="button"
          className="drop"
          onClick={() => act.remove(row.key)}
          aria-label={`删除第 ${index + 1} 项 ${row.name ?? ''}`}
        >
          ×
        </button>
      </td>
    </tr>
  )
})
