import type { FieldChange } from '@sanjiang/contract/catalog'

const KINDS = { added: '新增', removed: '删除', changed: '修改' } as const

const Change = ({ change }: { change: FieldChange }) => (
  <tr>
    <th scope="row">
      {change.item_name && <span className="muted">{change.item_name} · </span>}
      {change.title}
    </th>
    <td data-label="变化">
      <span className={`change ${change.kind}`}>{KINDS[change.kind]}</span>
    </td>
    <td data-label="原为">{change.before === null ? '—' : <del>{change.before}</del>}</td>
    <td data-label="改为">{change.after === null ? '—' : <ins>{change.after}</ins>}</td>
  </tr>
)

/** Two versions field by field; items are matched by what they are, not by where they stand. */
export const FieldChanges = ({ changes }: { changes: readonly FieldChange[] }) => {
  if (changes.length === 0) return <p className="nothing">两个版本没有差异。</p>
  return (
    <table className="changes">
      <caption className="hidden">逐字段差异</caption>
      <thead>
        <tr>
          <th scope="col">字段</th>
          <th scope="col">变化</th>
          <th scope="col">原为</th>
          <th scope="col">改为</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <Change key={`${change.field} ${change.item_id} ${change.kind}`} change={change} />
        ))}
      </tbody>
    </table>
  )
}
