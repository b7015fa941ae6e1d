import type { RowSource } from '@sanjiang/contract/opendata'
import { timeText } from '../../../ui/instant.ts'

type Following = Pick<RowSource, 'edition_id' | 'last_accepted_at' | 'followed_at' | 'next_at' | 'every_hours'>

/** What will happen next, and when. */
export const nextText = ({ edition_id, last_accepted_at, followed_at, next_at, every_hours }: Following): string => {
  if (edition_id === null) return last_accepted_at ? '一分钟内取第一版' : '等待首次签收数据'
  const hasNew = last_accepted_at !== null && followed_at !== null && last_accepted_at > followed_at
  if (!hasNew) return `没有新数据；两版至少隔 ${every_hours} 小时`
  return next_at ? `有新数据，${timeText(next_at)} 后成为新的一版` : '有新数据'
}
