import type { SiteView } from '@sanjiang/contract/site'

export const FaultPage = ({ status, title, detail }: Extract<SiteView, { page: 'fault' }>) => (
  <>
    <h1>{title}</h1>
    <p>{detail}</p>
    <p className="meta">状态码 {status}</p>
    <p>
      <a href="/">回到首页</a>
    </p>
  </>
)
