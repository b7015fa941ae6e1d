import { DownOutlined } from '@ant-design/icons'
import { ROLES } from '@sanjiang/contract/permissions'
import { Button, Popover } from 'antd'
import { useLeave, useSession } from '../session.ts'

/** Role and department stand in the header all the time: people with several posts must see as whom they act. */
export const PersonMenu = () => {
  const session = useSession()
  const leave = useLeave()
  const roles = session.roles.map((role) => ROLES[role].title)
  const card = (
    <div className="person-card">
      <strong>{session.name}</strong> <span className="muted">{session.username}</span>
      <p>{session.organ_name}</p>
      <p className="muted">{roles.join('、') || '尚无角色'}</p>
      <Button block onClick={leave}>
        退出登录
      </Button>
    </div>
  )
  return (
    <Popover trigger="click" placement="bottomRight" content={card}>
      <button type="button" className="head-person">
        <span className="avatar" aria-hidden="true">
          {session.name.slice(0, 1)}
        </span>
        <span className="who">
          <b>{session.name}</b>
          <small>
            {session.organ_name} · {roles[0] ?? '尚无角色'}
            {roles.length > 1 && ` 等${roles.length}个角色`}
          </small>
        </span>
        <DownOutlined aria-label="账号菜单" />
      </button>
    </Popover>
  )
}
