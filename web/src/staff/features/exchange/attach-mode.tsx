import { type BindingFinding, FEED_MODES, type FeedDraft, type Relation } from '@sanjiang/contract/exchange'
import { isGrowing } from '@sanjiang/contract/exchange.binding'
import { Checkbox, Form, InputNumber, Radio, Select } from 'antd'
import { useState } from 'react'
import type { AttachDesk } from './attach.draft.ts'
import type { BindItem } from './attach.match.ts'
import { FindingList } from './attach-binding.tsx'

const HINTS: Record<FeedDraft['mode'], string> = {
  changes: '先送一次全量，之后跟着源库的日志走：新增、修改、删除都随到随送',
  cursor: '先送一次全量，之后只读增量字段变大了的行；删除靠定期对账发现并补删',
  snapshot: '每隔一段时间读全部行，删除的行也随之消失',
}

const UNITS = { 60: '分钟', 3600: '小时', 86400: '天' } as const
type Unit = keyof typeof UNITS
const unitOf = (seconds: number): Unit => (seconds % 86_400 === 0 ? 86400 : seconds % 3600 === 0 ? 3600 : 60)

const IntervalInput = ({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) => {
  const [unit, setUnit] = useState<Unit>(unitOf(seconds))
  const count = Math.max(1, Math.round(seconds / unit))
  return (
    <span className="row">
      <InputNumber
        id="attach-interval"
        min={1}
        max={Math.floor(31_536_000 / unit)}
        precision={0}
        value={count}
        onChange={(value) => value && onChange(value * unit)}
      />
      <Select
        aria-label="间隔的单位"
        style={{ width: '6rem' }}
        options={Object.entries(UNITS).map(([value, label]) => ({ value: Number(value), label }))}
        value={unit}
        onChange={(next: Unit) => {
          setUnit(next)
          onChange(count * next)
        }}
      />
    </span>
  )
}

const CursorField = ({
  desk,
  items,
  relation,
}: {
  desk: AttachDesk
  items: readonly BindItem[]
  relation: Relation
}) => {
  const { draft, change } = desk
  const isNeeded = draft.mode === 'cursor'
  const growing = new Set(relation.columns.filter((one) => isGrowing(one.source_type)).map(({ name }) => name))
  const options = items
    .filter(({ name_en }) => growing.has(draft.bindings[name_en] ?? ''))
    .map(({ name, name_en }) => ({ value: name_en, label: `${name}（${draft.bindings[name_en]}）` }))
  return (
    <Form.Item
      label={isNeeded ? '增量字段' : '变更时间字段（可不选）'}
      htmlFor="attach-cursor"
      required={isNeeded}
      extra={
        isNeeded
          ? '每次写入都会变大的字段，如修改时间、流水号；同一时刻的多行也不会漏。只列已绑定且类型合适的。'
          : '据此核对源数据是否超过目录的更新周期；不选则无法核对。'
      }
    >
      <Select
        id="attach-cursor"
        style={{ maxWidth: '24rem' }}
        placeholder="选择已绑定的信息项"
        options={options}
        allowClear={!isNeeded}
        value={draft.cursor_item}
        onChange={(cursor_item?: string) => change({ cursor_item: cursor_item ?? null })}
      />
    </Form.Item>
  )
}

/** How the source is followed after its first snapshot, how often, and what happens to bad rows. */
export const ModeStep = ({
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
  return (
    <Form layout="vertical" component="div">
      <fieldset className="bare">
        <legend style={{ fontWeight: 600, marginBottom: '.5rem' }}>怎样跟上源库的变化</legend>
        <Radio.Group
          className="choices"
          value={draft.mode}
          onChange={(event) => change({ mode: event.target.value as FeedDraft['mode'] })}
        >
          {FEED_MODES.codes.map((code) => (
            <Radio key={code} value={code} disabled={code === 'changes' && !relation.change_stream.able}>
              {FEED_MODES.titles[code]}
              <small>
                {code === 'changes' && !relation.change_stream.able
                  ? `这张表不能读变更流：${relation.change_stream.reason}`
                  : HINTS[code]}
              </small>
            </Radio>
          ))}
        </Radio.Group>
      </fieldset>
      <FindingList of={findings} />
      <div style={{ marginTop: '1rem' }}>
        {draft.mode !== 'changes' && <CursorField desk={desk} items={items} relation={relation} />}
        {draft.mode !== 'changes' && (
          <Form.Item label="每隔多久读一次" htmlFor="attach-interval">
            <IntervalInput
              seconds={draft.interval_seconds}
              onChange={(interval_seconds) => change({ interval_seconds })}
            />
          </Form.Item>
        )}
        <Form.Item
          label="问题数据阈值（%）"
          htmlFor="attach-threshold"
          extra="不合格的行留在本部门，其余照送；一批里不合格的超过这个比例，整批先暂扣，等本部门处理。"
        >
          <InputNumber
            id="attach-threshold"
            min={0}
            max={100}
            value={draft.reject_threshold}
            onChange={(value) => change({ reject_threshold: value ?? 0 })}
          />
        </Form.Item>
        <Form.Item
          label="键以外取值应唯一的信息项"
          htmlFor="attach-unique"
          extra="重复的行列为问题数据，只送出先读到的一行；在一次读取之内核对，如证号、手机号码。"
        >
          <Select
            id="attach-unique"
            mode="multiple"
            maxCount={8}
            style={{ maxWidth: '24rem' }}
            placeholder="没有"
            options={items
              .filter(({ name_en }) => draft.bindings[name_en] && !draft.key.includes(name_en))
              .map(({ name, name_en }) => ({ value: name_en, label: name }))}
            value={draft.unique_items.filter((name) => draft.bindings[name] && !draft.key.includes(name))}
            onChange={(unique_items: string[]) => change({ unique_items })}
          />
        </Form.Item>
        <p>
          <Checkbox checked={draft.hold_stale} onChange={(event) => change({ hold_stale: event.target.checked })}>
            源数据超过目录的更新周期没有更新时暂扣（不勾选则只提醒本部门）
          </Checkbox>
        </p>
        <Checkbox checked={draft.row_leaves} onChange={(event) => change({ row_leaves: event.target.checked })}>
          逐行存证：以后可以证明某一行在、或不在一次交付中，而不必留存数据（每行多存 48 字节，交付略慢）
        </Checkbox>
      </div>
    </Form>
  )
}
