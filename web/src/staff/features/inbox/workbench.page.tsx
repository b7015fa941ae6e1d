import { countTodos } from '@sanjiang/contract/inbox'
import { ROLES } from '@sanjiang/contract/permissions'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { meets, type Need, useSession } from '../../session.ts'
import { DemandDigest } from './demand-digest.tsx'
import { NoticeList, ReadAllButton } from './notice-list.tsx'
import { QualityDigest } from './quality-digest.tsx'
import { RequestDigest } from './request-digest.tsx'
import { TodoList } from './todo-list.tsx'
import './inbox.css'

interface Quick {
  readonly title: string
  readonly hint: string
  readonly path: string
  readonly need: Need
}

const QUICK: readonly Quick[] = [
  { title: '编制目录', hint: '新建一条资源', path: '/catalog/resources/new', need: 'catalog.resource.edit' },
  { title: '查找并申请数据', hint: '先查目录，逐项申请', path: '/catalog/search', need: 'sharing.request.create' },
  { title: '提需求', hint: '目录里没有的，写明要什么', path: '/sharing/demands/new', need: 'sharing.demand.file' },
  {
    title: '责任清单',
    hint: '定责任部门、协调异议',
    path: '/sharing/demands?stage=filed&view=table',
    need: 'sharing.duty.assign',
  },
  { title: '部门审核', hint: '审核本部门目录', path: '/catalog/resources?waiting=1', need: 'catalog.resource.review' },
  {
    title: '平台审核',
    hint: '审核、赋码、发布',
    path: '/catalog/resources?waiting=1',
    need: 'catalog.resource.publish',
  },
  {
    title: '答复申请',
    hint: '逐项同意或说明理由',
    path: '/sharing/requests?side=provider',
    need: 'sharing.request.decide',
  },
  { title: '挂接接口', hint: '让授权的部门能调用', path: '/gateway/services', need: 'gateway.service.edit' },
  { title: '挂接库表', hint: '绑定字段、试读、确认', path: '/exchange/feeds/new', need: 'exchange.feed.edit' },
  {
    title: '数据传输',
    hint: '进度、延迟、对账',
    path: '/exchange/subscriptions',
    need: ['exchange.feed.edit', 'exchange.subscription.edit'],
  },
  { title: '在线试调用', hint: '看签名、看回执', path: '/gateway/trials', need: 'gateway.call.try' },
  { title: '验证存证', hint: '在浏览器中验证账本', path: '/ledger/entries', need: 'ledger.entry.read' },
]

const Figures = () => {
  const { data } = useQuery({ queryKey: ['inbox', 'counts'], queryFn: () => call(countTodos, {}) })
  if (!data) return null
  const { lights } = data
  return (
    <ul className="figures" aria-label="待办汇总">
      <li>
        <b>{data.total}</b>
        <span>待办</span>
      </li>
      <li className={lights.red > 0 ? 'red' : undefined}>
        <b>{lights.red}</b>
        <span>红牌 · 已超期</span>
      </li>
      <li className={lights.yellow > 0 ? 'yellow' : undefined}>
        <b>{lights.yellow}</b>
        <span>黄牌 · 临近到期</span>
      </li>
      <li>
        <b>{data.unread_notices}</b>
        <span>未读通知</span>
      </li>
    </ul>
  )
}

const QuickActions = () => {
  const session = useSession()
  const own = QUICK.filter(({ need }) => meets(session, need))
  if (own.length === 0) return null
  return (
    <Panel title="快捷办理">
      <ul className="quick">
        {own.map(({ title, hint, path }) => (
          <li key={title}>
            <Link to={path}>
              <b>{title}</b>
              <small>{hint}</small>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

export const WorkbenchPage = () => {
  const session = useSession()
  const canFile = meets(session, 'sharing.demand.file')
  const canRequest = meets(session, 'sharing.request.create')
  const canSeeQuality = meets(session, 'catalog.resource.read')
  const canDecide = meets(session, 'sharing.request.decide')
  const roles = session.roles.map((role) => ROLES[role].title).join('、')
  return (
    <div className="page">
      <PageHead title="我的工作台" sub={`${session.name} · ${session.organ_name} · ${roles || '尚无角色'}`} />
      <Figures />
      <div className="bench">
        <div>
          <Panel title="待办（按剩余工作日）">
            <TodoList />
          </Panel>
          {canSeeQuality && <QualityDigest />}
          {canFile && <DemandDigest />}
          {canRequest && <RequestDigest side="consumer" />}
          {canDecide && <RequestDigest side="provider" />}
        </div>
        <div>
          <QuickActions />
          <Panel title="通知" extra={<ReadAllButton />}>
            <NoticeList limit={6} />
          </Panel>
        </div>
      </div>
    </div>
  )
}
