import type { SiteView } from '@sanjiang/contract/site'
import type { ReactNode } from 'react'

type Fault = Extract<SiteView, { page: 'fault' }>

const Elsewhere = () => (
  <ul>
    <li>
      <a href="/search">全部数据集</a>，或者用页面上方的检索框
    </li>
    <li>
      <a href="/organs">提供部门</a>：按部门找
    </li>
    <li>
      <a href="/wishes/new">提出需求</a>：要的数据还没有开放
    </li>
  </ul>
)

const Fewer = () => (
  <ul className="reading">
    <li>要整份数据：数据集的“下载”页有完整文件，比逐页读取快得多，也支持断点续传。</li>
    <li>写程序的：答复头 RateLimit 写明还剩多少，Retry-After 写明等几秒。</li>
    <li>单位共用一个网络出口时，别人的访问也计在内。</li>
  </ul>
)

const Meanwhile = () => (
  <ul className="reading">
    <li>已经取得编号的提问、需求和申请不会丢失；刚才正在提交的，请稍后凭原来的页面再交一次，重复的不会收两遍。</li>
    <li>已经下载的文件照常可用，校验值不变。</li>
    <li>
      这些页面现在也能看：<a href="/accessibility">无障碍声明</a>、<a href="/privacy">隐私说明</a>、
      <a href="/legal">法律说明</a>、<a href="/preferences">字号</a>。
    </li>
    <li>急用请打页面下方的服务电话。</li>
  </ul>
)

const WithKey = () => (
  <ul className="reading">
    <li>
      <a href="/status">查询进度</a>：填申请的编号和查询码，看许可是否还有效；密钥丢失的，在那里更换。
    </li>
    <li>密钥是 32 位小写字母和数字，每个数据集各有一把；复制时不要带空格。</li>
    <li>还没有申请过的，到数据集页点“申请使用”。</li>
  </ul>
)

/** What somebody can do now, by what went wrong. */
const HELP: Readonly<Record<number, () => ReactNode>> = {
  401: WithKey,
  403: WithKey,
  404: Elsewhere,
  410: Elsewhere,
  429: Fewer,
  503: Meanwhile,
}

export const FaultPage = ({ status, title, detail, wait }: Fault) => {
  const Help = HELP[status]
  return (
    <>
      <h1>{title}</h1>
      <p className="lead">{detail}</p>
      {wait !== null && !detail.includes(` ${wait} 秒`) && (
        <p>
          请等 <strong>{wait} 秒</strong>，再刷新这一页。
        </p>
      )}
      {Help && <Help />}
      <p>
        <a href="/">回到首页</a>
      </p>
      <p className="meta">状态码 {status}</p>
    </>
  )
}
