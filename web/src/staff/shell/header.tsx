import { MenuOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { Link } from 'react-router'
import type { Display } from '../display.ts'
import { OFFICE } from '../office.ts'
import { useSession } from '../session.ts'
import { BusinessDate } from './business-date.tsx'
import { DisplaySwitch } from './display-switch.tsx'
import { PersonMenu } from './person-menu.tsx'
import { SearchBox } from './search-box.tsx'
import { Urgent } from './urgent.tsx'

interface HeaderProps {
  readonly display: Display
  readonly onDisplay: (display: Display) => void
  readonly onMenu: () => void
}

const Brand = () => (
  <Link to="/" className="brand">
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="2.8" strokeLinecap="round">
        <path d="M5 10c5-4 7 4 11 0s7-3 11 0" />
        <path d="M5 17c5-4 7 4 11 0s7-3 11 0" />
        <path d="M5 24c5-4 7 4 11 0s7-3 11 0" />
      </g>
    </svg>
    <strong>{OFFICE.product}</strong>
    <span>{OFFICE.subtitle}</span>
  </Link>
)

export const Header = ({ display, onDisplay, onMenu }: HeaderProps) => {
  const { demo } = useSession()
  return (
    <header className="shell-head">
      <button type="button" className="head-button only-narrow" aria-label="打开菜单" onClick={onMenu}>
        <MenuOutlined />
      </button>
      <Brand />
      <SearchBox />
      <div className="head-tools">
        {demo && <BusinessDate />}
        <Urgent />
        <span className="wide-tools">
          <DisplaySwitch display={display} onDisplay={onDisplay} />
          <Link to="/help" className="head-button" aria-label="帮助" title="帮助">
            <QuestionCircleOutlined />
          </Link>
        </span>
        <PersonMenu />
      </div>
    </header>
  )
}
