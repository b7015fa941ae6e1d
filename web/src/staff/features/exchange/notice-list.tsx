import { exchange } from '@sanjiang/contract'
import { NOTICE_STATES, type Notice, type SubscriptionDetail } from '@sanjiang/contract/exchange'
import { Alert } from 'antd'
import { Link } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Facts, StateTag, type Tone } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { countText, LIVE_MS } from './exchange.words.tsx'
import { RenewSecret } from './webhook-secret.tsx'

const TONES: Record<Notice['state'], Tone> = {
  waiting: 'wait',
  sent: 'good',
  dead: 'bad',
  superseded: 'calm',
  void: 'calm',
}

const answerText = ({ state, detail, answered_status, tries, next_try_at }: Notice): string => {
  if (state === 'sent') return `已收下（HTTP ${answered_status}）`
  const next = state === 'waiting' && next_try_at && tries > 0 ? `，${timeText(next_try_at)} 再试` : ''
  return `${detail ?? (tries === 0 ? '尚未发送' : '等待应答')}${next}`
}

const COLUMNS: readonly Column<Notice>[] = [
  {
    title: '通知',
    kind: 'lead',
    render: ({ head, generation }) => (
      <>
        数据到第 {head - 1} 块{generation > 1 && <span className="muted"> 第 {generation} 代</span>}
      </>
    ),
    text: ({ head }) => head - 1,
  },
  {
    title: '状态',
    render: ({ state }) => <StateTag tone={TONES[state]}>{NOTICE_STATES.titles[state]}</StateTag>,
    text: ({ state }) => NOTICE_STATES.titles[state],
  },
  { title: '次数', kind: 'num', render: ({ tries }) => countText(tries), text: ({ tries }) => tries },
  { title: '对方的答复', render: answerText, text: answerText },
  {
    title: '产生',
    kind: 'fix',
    render: ({ created_at }) => timeText(created_at),
    text: ({ created_at }) => created_at,
  },
  {
    title: '最近尝试',
    kind: 'fix',
    render: ({ tried_at }) => (tried_at ? timeText(tried_at) : '—'),
    text: ({ tried_at }) => tried_at,
  },
  {
    title: '通知标识',
    render: ({ notice_id }) => <span className="mono small digest">{notice_id}</span>,
    text: ({ notice_id }) => notice_id,
  },
]

/** Who is told, how that went, and who may fetch. */
export const NoticeList = ({ of }: { of: SubscriptionDetail }) => {
  const { subscription_id: id, notices } = of
  const query = usePaged(
    ['exchange', 'notices', id],
    (after) => call(exchange.listNotices, { params: { id }, query: { after } }),
    { everyMs: LIVE_MS },
  )
  if (!notices) return null
  return (
    <div className="stack">
      {!notices.client_id && (
        <Alert
          type="warning"
          showIcon
          title="授权还没有绑定应用系统，谁也取不了数"
          description={<Link to={`/sharing/grants/${of.grant_id}`}>到授权页绑定取数的应用系统</Link>}
        />
      )}
      <Facts
        of={[
          [
            '通知地址',
            <span key="url" className="mono digest">
              {of.webhook_url}
            </span>,
          ],
          ['取数的应用系统', notices.client_name],
          [
            '取数地址',
            <span key="pull" className="mono digest">
              {notices.pull_url}
            </span>,
          ],
          ['密钥签发', notices.secret_issued_at && timeText(notices.secret_issued_at)],
          ['旧密钥并用到', notices.former_secret_until && timeText(notices.former_secret_until)],
          ['已送达', countText(notices.sent)],
          ['正在重试', countText(notices.failed)],
          ['已搁置', countText(notices.dead)],
          ['下次发送', notices.next_try_at && of.state === 'active' && timeText(notices.next_try_at)],
        ]}
      />
      <p className="muted small">
        通知只说有新数据，不含数据。应用系统收到后，用自己的密钥签名到交换平台逐块取数、签收；每一块都按授权现状裁剪脱敏并存证。
        没有应答时重试十次，间隔渐长，约二十小时后搁置；之后的通知一经送达，搁置的就不必再发。
      </p>
      <PagedListing
        caption="推送通知"
        query={query}
        columns={COLUMNS}
        rowKey={({ notice_id }) => notice_id}
        empty="还没有需要告知的新数据"
      />
      {of.can.includes('renew_secret') && <RenewSecret of={of} />}
    </div>
  )
}
