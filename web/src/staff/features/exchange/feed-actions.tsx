import { exchange } from '@sanjiang/contract'
import { FEED_ACTS, type FeedDetail } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { AskButton } from '../../../ui/ask.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { call } from '../../api.ts'

type Act = (typeof FEED_ACTS.codes)[number]

const HINTS: Record<Act, string> = {
  pause: '前置节点停止读取源库；恢复后从停下的地方接着读，变更流期间的写入不会丢失。',
  resume: '前置节点从停下的地方接着读。',
  hold: '不再有新数据离开本部门，直到解除；已送出的不受影响。',
  release: '解除暂扣，前置节点接着读取。',
  snapshot: '重新读取全部行；各订阅方按新的全量换上，期间原有数据照常可查。',
  detach: '不再读取源库，各订阅随之停住。授权不变，重新挂接后可再订阅。',
}
const ORDER: readonly Act[] = ['resume', 'release', 'pause', 'hold', 'snapshot', 'detach']

export const FeedActions = ({ feed }: { feed: FeedDetail }) => {
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (body: { act: Act; reason: string }) =>
      call(exchange.actOnFeed, { params: { id: feed.feed_id }, body }),
    onSuccess: (after) => {
      client.setQueryData(['exchange', 'feed', feed.feed_id], after)
      void client.invalidateQueries({ queryKey: ['exchange', 'feeds'] })
      void client.invalidateQueries({ queryKey: ['exchange', 'runs', feed.feed_id] })
    },
  })
  return (
    <>
      {feed.can.includes('change') && <LinkButton to={`/exchange/feeds/${feed.feed_id}/edit`}>变更挂接</LinkButton>}
      {ORDER.filter((one) => feed.can.includes(one)).map((one) => (
        <AskButton
          key={one}
          label={FEED_ACTS.titles[one]}
          field="原因"
          danger={one === 'detach' || one === 'hold'}
          primary={one === 'resume' || one === 'release'}
          hint={<p>{HINTS[one]}</p>}
          onSay={(reason) => act.mutateAsync({ act: one, reason: reason.slice(0, 500) })}
        />
      ))}
    </>
  )
}
