import { codes } from '@sanjiang/contract'
import type { AskableResource } from './resource.ts'

const dueOn = (today: string): string => {
  const rule = codes.ruleAt('share_reply', today)
  return codes.foldClock([{ type: 'started', on: today }], rule, codes.CALENDAR, today).due_on ?? ''
}

/** Before anything is sent: what will be granted at once, what waits, for whom and until which date. */
export const SubmitForecast = ({
  resource,
  itemIds,
  today,
}: {
  resource: AskableResource
  itemIds: readonly string[]
  today: string
}) => {
  const chosen = resource.items.filter(({ item_id }) => itemIds.includes(item_id))
  const free = chosen.filter(({ share_type }) => share_type === 'unconditional')
  const waiting = chosen.filter(({ share_type }) => share_type === 'conditional')
  if (chosen.length === 0) return <p className="muted">选好信息项后，这里说明哪些即时授权、哪些要等答复。</p>
  return (
    <div className="stack">
      {free.length > 0 && (
        <div className="choice unconditional">
          <b>{free.length} 项即时授权</b>
          <span className="muted">无条件共享，提交后马上可以调用</span>
        </div>
      )}
      {waiting.length > 0 && (
        <div className="choice conditional">
          <b>{waiting.length} 项等待答复</b>
          <span className="muted">
            {resource.provider_name} 最迟 {dueOn(today)} 答复（10 个工作日）；逾期亮红灯，不会自动同意
          </span>
        </div>
      )}
    </div>
  )
}
