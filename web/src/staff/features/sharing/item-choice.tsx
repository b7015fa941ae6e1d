import { MASK_RULES, type MaskRule } from '@sanjiang/contract/sharing'
import { Button, Checkbox } from 'antd'
import { Link } from 'react-router'
import { ShareTypeTag } from './sharing.words.tsx'

export interface ChoosableItem {
  readonly item_id: string
  readonly name: string
  readonly name_en: string
  readonly share_type: string
  readonly mask_rule: string
  /** Why a withheld item cannot be asked for, by title and clause. */
  readonly basis: string | null
  /** Another department is the agreed source of it. */
  readonly source?: { readonly resource_id: string; readonly resource_name: string; readonly organ_name: string }
}

const maskTitle = (rule: string): string => MASK_RULES.titles[rule as MaskRule] ?? rule

/** Item by item: green is granted at once, yellow waits for the provider, red cannot be asked for and says why. */
export const ItemChoice = ({
  items,
  value = [],
  onChange,
}: {
  items: readonly ChoosableItem[]
  value?: string[]
  onChange?: (value: string[]) => void
}) => {
  const chosen = new Set(value)
  const free = items.filter(({ share_type }) => share_type !== 'withheld')
  const toggle = (id: string, isOn: boolean) => onChange?.(isOn ? [...value, id] : value.filter((one) => one !== id))
  return (
    <div>
      <div className="spread" style={{ marginBottom: '.5rem' }}>
        <span className="muted">
          已选 {value.length} 项，共 {items.length} 项（{items.length - free.length} 项不予共享）
        </span>
        <span className="row" style={{ gap: '.4rem' }}>
          <Button size="small" onClick={() => onChange?.(free.map(({ item_id }) => item_id))}>
            全选可申请的
          </Button>
          <Button size="small" onClick={() => onChange?.([])}>
            清空
          </Button>
        </span>
      </div>
      <ul className="plain" aria-label="信息项">
        {items.map((item) => (
          <li key={item.item_id} className={`choice ${item.share_type}`}>
            <Checkbox
              checked={chosen.has(item.item_id)}
              disabled={item.share_type === 'withheld'}
              onChange={({ target }) => toggle(item.item_id, target.checked)}
            >
              {item.name}
            </Checkbox>
            <span className="muted mono">{item.name_en}</span>
            <ShareTypeTag type={item.share_type} />
            {item.mask_rule !== 'none' && <span className="muted">返回时脱敏：{maskTitle(item.mask_rule)}</span>}
            {item.source && (
              <span className="why">
                由{item.source.organ_name}牵头提供，应向{' '}
                <Link to={`/sharing/requests/new?resource=${item.source.resource_id}`}>
                  {item.source.resource_name}
                </Link>{' '}
                申请
              </span>
            )}
            {item.share_type === 'withheld' && (
              <span className="why">不予共享，依据：{item.basis ?? '目录登记的依据'}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
