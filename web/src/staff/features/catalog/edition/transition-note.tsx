import { getResourceTransition } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { call } from '../../../api.ts'
import { FindingList } from '../finding-list.tsx'
import { countdownOf } from './transition.page.tsx'

/** On an entry published under an older version: what it still lacks, and how long that is still allowed. */
export const TransitionNote = ({ id }: { id: string }) => {
  const { data } = useQuery({
    queryKey: ['catalog', 'transition', id],
    queryFn: () => call(getResourceTransition, { params: { id } }),
  })
  if (!data) return null
  const { transition, findings } = data
  return (
    <Alert
      type={transition.is_over ? 'error' : 'warning'}
      showIcon
      title={
        transition.is_over
          ? `不符合《${transition.title}》`
          : `须按《${transition.title}》修订（${transition.effective_from} 起施行）`
      }
      description={
        <>
          <p>{countdownOf(transition)}</p>
          <FindingList findings={findings} />
        </>
      }
    />
  )
}
