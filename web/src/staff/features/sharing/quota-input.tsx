import { QUOTA_PERIODS, type Quota } from '@sanjiang/contract/sharing'
import { Checkbox, InputNumber, Select } from 'antd'
import { optionsOf } from './sharing.words.tsx'

/** How often data may be called for: a number per period, or not limited. */
export const QuotaInput = ({
  id,
  value = { count: 1000, period: 'day' },
  onChange,
}: {
  id?: string
  value?: Quota
  onChange?: (value: Quota) => void
}) => (
  <div className="row">
    <Select
      aria-label="周期"
      style={{ width: '6.5rem' }}
      value={value.period}
      options={optionsOf(QUOTA_PERIODS.titles)}
      onChange={(period: Quota['period']) => onChange?.({ ...value, period })}
    />
    <InputNumber
      id={id}
      aria-label="次数"
      min={1}
      max={1_000_000_000}
      precision={0}
      suffix="次"
      style={{ width: '10rem' }}
      disabled={value.count === null}
      value={value.count ?? undefined}
      onChange={(count) => onChange?.({ ...value, count: count ?? 1 })}
    />
    <Checkbox
      checked={value.count === null}
      onChange={({ target }) => onChange?.({ ...value, count: target.checked ? null : 1000 })}
    >
      不限次数
    </Checkbox>
  </div>
)
