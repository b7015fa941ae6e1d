import { PERMISSIONS } from '@sanjiang/contract/permissions'
import { Button, Result, Skeleton } from 'antd'
import { Link } from 'react-router'
import type { Need } from '../session.ts'

export const PageLoading = () => (
  <div className="page" aria-busy="true">
    <Skeleton active paragraph={{ rows: 8 }} />
  </div>
)

const wordsOf = (need: Need): string =>
  typeof need === 'string'
    ? need === 'session'
      ? '登录'
      : PERMISSIONS[need]
    : need.map((one) => PERMISSIONS[one]).join('、')

/** Says which permission is missing, so that the reader knows what to ask for. */
export const Denied = ({ need }: { need: Need }) => (
  <div className="page">
    <Result
      status="warning"
      title={<h1 className="result-title">没有此项权限</h1>}
      subTitle={`打开此页需要：${wordsOf(need)}。如履职需要，请向安全管理员申请相应角色。`}
      extra={
        <Link to="/">
          <Button type="primary">回到工作台</Button>
        </Link>
      }
    />
  </div>
)

export const Missing = () => (
  <div className="page">
    <Result
      status="info"
      title={<h1 className="result-title">没有这个页面</h1>}
      subTitle="地址可能已变更，或内容不在您可见的范围内。"
      extra={<Link to="/">回到工作台</Link>}
    />
  </div>
)
