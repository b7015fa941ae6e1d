import { type BindingFinding, DATA_TYPES, type Relation } from '@sanjiang/contract/exchange'
import { fitOf } from '@sanjiang/contract/exchange.binding'
import { Button, Checkbox, Select } from 'antd'
import { useMemo } from 'react'
import { StateTag } from '../../../ui/page-head.tsx'
import { type AttachDesk, proposalFor } from './attach.draft.ts'
import { type BindItem, type Match, matchColumns } from './attach.match.ts'

interface RowProps {
  readonly item: BindItem
  readonly desk: AttachDesk
  readonly relation: Relation
  readonly match: Match | undefined
  readonly findings: readonly BindingFinding[]
}

const typeText = ({ data_type, length }: BindItem): string => {
  const title = DATA_TYPES.titles[data_type as keyof typeof DATA_TYPES.titles] ?? data_type
  return length ? `${title} ${length}` : title
}

const FITS = { well: '类型相合', lossy: '类型不同，可转换', unfit: '类型不合' } as const
const FIT_TONES = { well: 'good', lossy: 'wait', unfit: 'bad' } as const

interface FindingProps {
  readonly of: readonly BindingFinding[]
  /** Given where findings do not stand under their own item. */
  readonly nameOf?: (item: string) => string
}

export const FindingList = ({ of, nameOf }: FindingProps) =>
  of.length > 0 && (
    <ul className="plain">
      {of.map(({ item, level, rule, message, column }) => (
        <li key={`${item} ${rule} ${message} ${column}`} className={`finding ${level}`}>
          {level === 'error' ? '不能挂接：' : '请留意：'}
          {nameOf && item && <b>{nameOf(item)} </b>}
          {message}
        </li>
      ))}
    </ul>
  )

const Fit = ({ item, relation, column }: { item: BindItem; relation: Relation; column: string | undefined }) => {
  const bound = relation.columns.find(({ name }) => name === column)
  if (!column) return <StateTag tone="calm">{item.is_required ? '不提供（必填项）' : '不提供'}</StateTag>
  if (!bound) return <StateTag tone="bad">没有这个字段</StateTag>
  const fit = fitOf(item.data_type, bound.source_type)
  return <StateTag tone={FIT_TONES[fit]}>{FITS[fit]}</StateTag>
}

const toggled = (key: readonly string[], item: string): string[] =>
  key.includes(item) ? key.filter((one) => one !== item) : [...key, item]

const Row = ({ item, desk, relation, match, findings }: RowProps) => {
  const { draft, change } = desk
  const column = draft.bindings[item.name_en]
  const bind = (name: string | undefined) => {
    const { [item.name_en]: _, ...rest } = draft.bindings
    const bindings = name ? { ...rest, [item.name_en]: name } : rest
    change({ bindings, key: name ? draft.key : draft.key.filter((one) => one !== item.name_en) })
  }
  return (
    <fieldset className={`bare bind-row${column ? '' : ' out'}`} aria-label={item.name}>
      <span>
        <b>{item.name}</b> <span className="muted mono small">{item.name_en}</span>
        <span className="muted small"> {typeText(item)}</span>
      </span>
      <Select
        aria-label={`${item.name}：字段`}
        allowClear
        placeholder="不提供"
        showSearch={{ optionFilterProp: 'label' }}
        options={relation.columns.map((one) => ({
          value: one.name,
          label: `${one.name} ${one.comment} ${one.source_type}`,
        }))}
        value={column}
        onChange={bind}
      />
      <Checkbox
        checked={draft.key.includes(item.name_en)}
        disabled={!column}
        onChange={() => change({ key: toggled(draft.key, item.name_en) })}
        aria-label={`${item.name}是键`}
      >
        键
      </Checkbox>
      <span>
        <Fit item={item} relation={relation} column={column} />{' '}
        {column && <span className="how">{match?.column === column ? match.how : '手工指定'}</span>}
      </span>
      <FindingList of={findings} />
    </fieldset>
  )
}

const Withheld = ({ item }: { item: BindItem }) => (
  <div className="bind-row out">
    <span>
      <b>{item.name}</b> <span className="muted mono small">{item.name_en}</span>
    </span>
    <span className="muted">不予共享，不能绑定，也不会离开本部门</span>
  </div>
)

/** Every item of the resource with the column it is read from; each finding stands where it belongs. */
export const BindingStep = ({
  desk,
  items,
  relation,
  findings,
}: {
  desk: AttachDesk
  items: readonly BindItem[]
  relation: Relation
  findings: readonly BindingFinding[]
}) => {
  const { draft, change } = desk
  const matches = useMemo(() => matchColumns(items, relation.columns), [items, relation])
  const bound = items.filter(({ name_en }) => draft.bindings[name_en]).length
  const named = new Set(items.map(({ name_en }) => name_en))
  return (
    <>
      <div className="spread">
        <span role="status">
          {items.length} 个信息项，已绑定 {bound} 个；键：
          {draft.key.map((one) => items.find(({ name_en }) => name_en === one)?.name ?? one).join('、') || '尚未选择'}
        </span>
        <Button onClick={() => change(proposalFor(relation, items))}>按名称重新匹配</Button>
      </div>
      <p className="muted small">键是合起来能认定一行的信息项，变更与对账都靠它。没有绑定的信息项不提供。</p>
      <FindingList of={findings.filter(({ item }) => item === null || !named.has(item))} />
      <div className="bind-row head" aria-hidden="true">
        <span>信息项</span>
        <span>字段</span>
        <span>键</span>
        <span>类型与来历</span>
      </div>
      {items.map((item) =>
        item.share_type === 'withheld' ? (
          <Withheld key={item.name_en} item={item} />
        ) : (
          <Row
            key={item.name_en}
            item={item}
            desk={desk}
            relation={relation}
            match={matches.get(item.name_en)}
            findings={findings.filter((one) => one.item === item.name_en)}
          />
        ),
      )}
    </>
  )
}
