import { MASK_RULES, type MaskRule } from '@sanjiang/contract/sharing'
import { Select } from 'antd'

/** Masks that hide at least what `from` hides: itself, anything where nothing is hidden, and `full` (as the server judges). */
const stricterThan = (from: MaskRule): MaskRule[] =>
  MASK_RULES.codes.filter(
    (rule) =>
      rule === from || from === 'none' || rule === 'full' || (rule === 'citizen_id_public' && from === 'citizen_id'),
  )

export const MaskSelect = ({
  from,
  id,
  value,
  onChange,
  label,
}: {
  from: MaskRule
  id?: string
  value?: MaskRule
  onChange?: (rule: MaskRule) => void
  label?: string
}) => (
  <Select
    id={id}
    aria-label={label}
    style={{ minWidth: '9rem' }}
    value={value}
    onChange={onChange}
    options={stricterThan(from).map((rule) => ({ value: rule, label: MASK_RULES.titles[rule] }))}
  />
)
