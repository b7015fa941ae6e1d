import { PERMISSIONS, ROLES } from '@sanjiang/contract/permissions'
import { Card } from 'antd'
import { PageHead } from '../../ui/page-head.tsx'
import { OFFICE } from '../office.ts'
import { useSession } from '../session.ts'

const STEPS = [
  ['编目', '编目员按 1272 号指南填写资源与信息项，规则随写随查；提交后经部门审核、平台审核，赋码发布。'],
  ['查找', '在任何页面顶部的搜索框输入资源、信息项、部门名称或代码；用左侧分类与筛选收窄。'],
  ['申请', '在资源页逐项选择，说明用途与履职依据。无条件共享即时授权；有条件共享由提供方在 10 个工作日内答复。'],
  ['调用', '应用系统登记公钥后，凭授权经网关调用；只返回授权的信息项，并按授权脱敏。'],
  ['存证', '每次调用都有回执。可在浏览器中验证，也可导出后离线验证。'],
] as const

/** What the portal is for, what this person may do in it, and whom to ask. */
export const HelpPage = () => {
  const session = useSession()
  return (
    <div className="page">
      <PageHead title="帮助" sub="门户能做什么、您能做什么、找谁问。" />
      <div className="cards">
        {STEPS.map(([title, text], index) => (
          <Card key={title} size="small" title={`${index + 1}　${title}`}>
            {text}
          </Card>
        ))}
      </div>
      <h2>我的角色与权限</h2>
      <p>{session.roles.map((role) => ROLES[role].title).join('、') || '尚无角色'}</p>
      <ul className="columns">
        {session.permissions.map((one) => (
          <li key={one}>{PERMISSIONS[one as keyof typeof PERMISSIONS] ?? one}</li>
        ))}
      </ul>
      <h2>键盘</h2>
      <p>
        <kbd>Tab</kbd> 逐项前进；<kbd>Enter</kbd> 打开；<kbd>Esc</kbd> 关闭弹层；页面顶部可「跳到正文」。表格编辑：
        <kbd>Enter</kbd> 下一行，<kbd>Ctrl</kbd>+<kbd>V</kbd> 粘贴 Excel 多行。
      </p>
      <h2>联系</h2>
      <p>
        {OFFICE.responsible}，服务电话 {OFFICE.phone}。报修时请提供错误提示中的「追踪号」。
      </p>
    </div>
  )
}
