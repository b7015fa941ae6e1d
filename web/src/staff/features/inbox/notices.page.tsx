import { Segmented } from 'antd'
import { useState } from 'react'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { NoticeList, ReadAllButton } from './notice-list.tsx'
import './inbox.css'

export const NoticesPage = () => {
  const [shown, setShown] = useState<'unread' | 'all'>('unread')
  return (
    <div className="page narrow">
      <PageHead title="通知" sub="答复、亮牌、授权变化与目录发布的消息。" actions={<ReadAllButton />} />
      <p>
        <Segmented
          aria-label="显示范围"
          value={shown}
          onChange={setShown}
          options={[
            { label: '未读', value: 'unread' },
            { label: '全部', value: 'all' },
          ]}
        />
      </p>
      <Panel>
        <NoticeList limit={20} isUnread={shown === 'unread' || undefined} />
      </Panel>
    </div>
  )
}
