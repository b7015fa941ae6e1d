import { OFFICE } from '../office.ts'
import { useSession } from '../session.ts'

export const Footer = () => {
  const { today, demo } = useSession()
  return (
    <footer className="shell-foot">
      <span>
        主办：{OFFICE.responsible}　运维：{OFFICE.upkeep}
      </span>
      <span>服务电话：{OFFICE.phone}</span>
      <span>统计截至 {today}</span>
      {demo && <span>演示系统，数据均为虚构，未备案</span>}
      <a href="/api/docs">接口文档</a>
    </footer>
  )
}
