import { FontSizeOutlined } from '@ant-design/icons'
import { Popover, Switch } from 'antd'
import type { Display } from '../display.ts'

interface DisplayProps {
  readonly display: Display
  readonly onDisplay: (display: Display) => void
}

const Choices = ({ display, onDisplay }: DisplayProps) => (
  <div className="display-choices">
    <label htmlFor="display-size">
      大字号
      <Switch
        id="display-size"
        checked={display.size === 'large'}
        onChange={(on) => onDisplay({ ...display, size: on ? 'large' : 'normal' })}
      />
    </label>
    <label htmlFor="display-contrast">
      高对比
      <Switch
        id="display-contrast"
        checked={display.contrast === 'high'}
        onChange={(on) => onDisplay({ ...display, contrast: on ? 'high' : 'normal' })}
      />
    </label>
  </div>
)

export const DisplaySwitch = (props: DisplayProps) => (
  <Popover trigger="click" placement="bottomRight" title="显示" content={<Choices {...props} />}>
    <button type="button" className="head-button" aria-label="字号与对比度" title="字号与对比度">
      <FontSizeOutlined />
    </button>
  </Popover>
)
