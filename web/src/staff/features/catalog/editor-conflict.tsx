import { getResource, type ResourceDetail, type Standard } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { call } from '../../api.ts'
import { type Draft, fromDraft, type Keeper, toDraft } from './draft.ts'

interface Props {
  readonly id: string
  readonly standard: Standard
  readonly keeper: Keeper
  readonly mine: Draft
}

const plain = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '（空）'
  if (Array.isArray(value))
    return value.every((one) => typeof one === 'string') ? value.join('、') || '（空）' : `${value.length} 项`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Which fields the two texts disagree in. */
const differences = ({ mine, standard }: Props, theirs: ResourceDetail) => {
  const left = fromDraft(mine) as Record<string, unknown>
  const right = fromDraft(toDraft(theirs.content)) as Record<string, unknown>
  return standard.fields
    .filter(({ key }) => key in right && !same(left[key], right[key]))
    .map(({ key, title }) => ({ title, mine: plain(left[key]), theirs: plain(right[key]) }))
}

/** Two people wrote at once: show what differs, and let this one choose; nothing is overwritten unseen. */
export const EditorConflict = (props: Props) => {
  const { id, keeper } = props
  const { data: theirs } = useQuery({
    queryKey: ['catalog', 'theirs', id],
    queryFn: () => call(getResource, { params: { id }, query: { copy: 'working' } }),
    gcTime: 0,
  })
  if (!theirs) return null
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title="此条目刚被他人修改，您的改动还没有保存"
      description={
        <>
          <table className="changes">
            <thead>
              <tr>
                <th scope="col">字段</th>
                <th scope="col">我的</th>
                <th scope="col">对方已保存的</th>
              </tr>
            </thead>
            <tbody>
              {differences(props, theirs).map((one) => (
                <tr key={one.title}>
                  <th scope="row">{one.title}</th>
                  <td data-label="我的">{one.mine}</td>
                  <td data-label="对方">{one.theirs}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className="row review-buttons">
            <Button onClick={() => keeper.adopt(theirs)}>放弃我的，用对方的</Button>
            <Button danger onClick={() => void keeper.insist(theirs)}>
              保留我的，覆盖对方的
            </Button>
          </div>
        </>
      }
    />
  )
}
