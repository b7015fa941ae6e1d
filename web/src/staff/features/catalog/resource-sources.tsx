import { type ItemSource, listItemSources, referItem } from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link } from 'react-router'
import { Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

/** Takes the lead's item as the source of this one, or takes that back. */
export const ReferButton = ({ id, source }: { id: string; source: ItemSource }) => {
  const client = useQueryClient()
  const refer = useMutation({
    mutationFn: () =>
      call(referItem, {
        params: { id },
        body: { item_id: source.item_id, source_item_id: source.is_referring ? null : source.source_item_id },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['catalog'] }),
  })
  return (
    <>
      <Button
        size="small"
        loading={refer.isPending}
        onClick={() => refer.mutate()}
        aria-label={`${source.is_referring ? '解除引用' : '引用'} ${source.item_name}`}
      >
        {source.is_referring ? '解除引用' : '引用'}
      </Button>
      {refer.isError && <ErrorAlert error={refer.error} />}
    </>
  )
}

const Line = ({ id, source, canEdit }: { id: string; source: ItemSource; canEdit: boolean }) => (
  <li>
    <b>{source.item_name}</b>{' '}
    {source.is_lead ? (
      <StateTag tone="good">本条目牵头</StateTag>
    ) : (
      <>
        由{source.organ_name}牵头，见{' '}
        <Link to={`/catalog/resources/${source.resource_id}`}>{source.resource_name}</Link>
        {source.resource_code === null && '（已下架）'} {source.is_referring && <StateTag tone="info">已引用</StateTag>}{' '}
        {canEdit && <ReferButton id={id} source={source} />}
      </>
    )}{' '}
    <Link className="small" to={`/catalog/leads/${source.lead_id}`}>
      商定经过
    </Link>
  </li>
)

/** Who is the source of the items here: what another department leads is to be asked for there. */
export const ResourceSources = ({ id, canEdit }: { id: string; canEdit: boolean }) => {
  const { data } = useQuery({
    queryKey: ['catalog', 'sources', id],
    queryFn: () => call(listItemSources, { params: { id } }),
  })
  if (!data || data.length === 0) return null
  return (
    <div id="sources">
      <Panel title="一数一源">
        <ul className="tight">
          {data.map((source) => (
            <Line key={source.item_id} id={id} source={source} canEdit={canEdit} />
          ))}
        </ul>
      </Panel>
    </div>
  )
}
