import { FontSizeOutlined } from '@ant-design/icons'
import { Popover, Switch } from 'antd'
import { useId } from 'react'
import type { Display } from '../display.ts'

interface DisplayProps {
  readonly display: Display
  readonly onDisplay: (display: Display) => void
}

/** In the header behind a button; on a phone in the drawer. */
export const DisplayChoices = ({ display, onDisplay }: DisplayProps) => {
  const id = useId()
  return (
    <div className="display-choices">
      <label htmlFor={`${id}-size`}>
        大字号
        <Switch
          id={`${id}-size`}
          checked={display.size === 'large'}
          onChange={(on) => onDisplay({ ...display, size: on ? 'large' : 'normal' })}
        />
      </label>
      <label htmlFor={`${id}-contrast`}>
        高对比
        <Switch
          id={`${id}-contrast`}
          checked={display.contrast === 'high'}
          onChange={(on) => onDisplay({ ...display, contrast: on ? 'high' : 'normal' })}
        />
      </label>
    </div>
  )
}

export const DisplaySwitch = (props: DisplayProps) => (
  <Popover trigger="click" placement="bottomRight" title="显示" content={<DisplayChoices {...props} />}>
    <button type="button" className="head-button" aria-label="字号与对比度" title="字号与对比度">
      <FontSizeOutlined />
    </button>
  </Popover>
)
