import { CONDITION_OPS, type RowCondition } from '@sanjiang/contract/sharing'
import { Button, Input, Select } from 'antd'
import { optionsOf } from './sharing.words.tsx'

export interface ItemName {
  readonly name: string
  readonly name_en: string
}

interface Props {
  readonly items: readonly ItemName[]
  readonly value?: RowCondition[]
  readonly onChange?: (value: RowCondition[]) => void
}

const PLACEHOLDERS: Record<RowCondition['op'], string> = {
  eq: '一个值',
  in: '多个值，用顿号或逗号隔开',
  prefix: '开头几位，如 6301',
  range: '下限、上限，如 2017-01-01、2017-12-31',
}

const split = (text: string): string[] => text.split(/[,，、]\s*/).filter((part) => part !== '')

/** Rows asked for, as a conjunction; without any, all rows. The words above it say how it reads. */
export const RowConditionsInput = ({ items, value = [], onChange }: Props) => {
  const set = (index: number, change: Partial<RowCondition>) =>
    onChange?.(value.map((one, at) => (at === index ? { ...one, ...change } : one)))
  const add = () => onChange?.([...value, { item: items[0]?.name_en ?? '', op: 'eq', values: [] }])
  return (
    <div className="stack">
      {value.length === 0 && (
        <div className="muted">不限：全部记录。只需要一部分记录时，请加条件——范围越小，越容易获准。</div>
      )}
      {value.map((condition, index) => (
        <fieldset className="row bare" key={index} aria-label={`第 ${index + 1} 个条件`}>
          <span className="muted">{index === 0 ? '当' : '且'}</span>
          <Select
            aria-label="信息项"
            style={{ minWidth: '10rem' }}
            value={condition.item}
            options={items.map(({ name, name_en }) => ({ value: name_en, label: name }))}
            onChange={(item) => set(index, { item })}
          />
          <Select
            aria-label="比较"
            style={{ width: '7rem' }}
            value={condition.op}
            options={optionsOf(CONDITION_OPS.titles)}
            onChange={(op: RowCondition['op']) => set(index, { op })}
          />
          <Input
            aria-label="值"
            style={{ flex: '1 1 12rem', width: 'auto' }}
            placeholder={PLACEHOLDERS[condition.op]}
            defaultValue={condition.values.join('、')}
            onChange={(event) =>
              set(index, { values: condition.op === 'eq' ? [event.target.value] : split(event.target.value) })
            }
          />
          <Button
            aria-label={`删除第 ${index + 1} 个条件`}
            onClick={() => onChange?.(value.filter((_, at) => at !== index))}
          >
            删除
          </Button>
        </fieldset>
      ))}
      <Button onClick={add} disabled={items.length === 0 || value.length >= 20}>
        加一个条件
      </Button>
    </div>
  )
}
