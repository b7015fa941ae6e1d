import type { FeedDetail } from '@sanjiang/contract/exchange'
import { Alert } from 'antd'
import { countText, intervalText } from './exchange.words.tsx'

const sentencesOf = ({ every_hours, by_clock, by_hand, never }: FeedDetail['reconciled']): string[] => {
  const found: string[] = []
  if (every_hours !== null)
    found.push(
      `${countText(by_clock)} 个库表订阅首次装载后对账，之后最长${intervalText(every_hours * 3600)}一次，到那时才补删。`,
    )
  if (by_hand > 0) found.push(`${countText(by_hand)} 个库表订阅没有定时对账，要有人发起才会补删。`)
  if (never > 0) found.push(`${countText(never)} 个文件或推送订阅不对账，删除到不了它们，除非重新全量。`)
  return found.length > 0 ? found : ['现在还没有订阅。']
}

/** What following by a cursor does not see, where it is decided and where it is looked at (issue 3: the shortfall stated on the page). */
export const CursorShortfall = ({ feed }: { feed: FeedDetail }) =>
  feed.mode === 'cursor' && (
    <Alert
      type="info"
      showIcon
      style={{ marginBottom: '1rem' }}
      title="按增量字段读取看不到删除：源库删掉的行只靠对账发现并补删"
      description={sentencesOf(feed.reconciled).join('')}
    />
  )
