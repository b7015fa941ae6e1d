import { catalog, exchange } from '@sanjiang/contract'
import type { FeedDetail } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearchParams } from 'react-router'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OwnResourceSelect } from '../../own-resource-select.tsx'
import type { AttachedResource } from './attach.match.ts'
import { AttachWizard } from './attach-wizard.tsx'

const loadResource = async (id: string): Promise<AttachedResource> => {
  const { content, code } = await call(catalog.getResource, { params: { id }, query: { copy: 'published' } })
  return {
    resource_id: id,
    code: code ?? '',
    name: content.name,
    provider_organ_id: content.provider_organ_id,
    items: content.items.map((item) => ({
      ...item,
      data_type: item.data_type ?? 'C',
      share_type: content.share_type === 'withheld' ? 'withheld' : (item.share_type ?? 'conditional'),
      mask_rule: item.mask_rule ?? 'none',
    })),
  }
}

const CRUMB = { title: '库表与文件挂接', to: '/exchange/feeds' }

const Choose = () => {
  const [, setSearch] = useSearchParams()
  return (
    <Page
      title="挂接库表或文件"
      crumbs={[CRUMB, { title: '选择资源' }]}
      sub="选资源、选库表、绑定字段、定方式、试读，最后确认；确认之前什么都不会动。"
    >
      <Panel title="为哪个资源">
        <OwnResourceSelect onChoose={(resource) => setSearch({ resource })} />
      </Panel>
    </Page>
  )
}

const useResource = (id: string | null) =>
  useQuery({
    queryKey: ['catalog', 'resource', id, 'attach'],
    queryFn: () => loadResource(id ?? ''),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Attaches a table or folder to a published resource of one's own organ. */
export const AttachPage = () => {
  const [search] = useSearchParams()
  const id = search.get('resource')
  const query = useResource(id)
  if (!id) return <Choose />
  return <Loaded query={query}>{(resource) => <AttachWizard key={id} resource={resource} />}</Loaded>
}

/** Changes an attachment: the same steps, from what stands now. */
export const ChangePage = () => {
  const { id = '' } = useParams()
  const feed = useQuery({
    queryKey: ['exchange', 'feed', id],
    queryFn: (): Promise<FeedDetail> => call(exchange.getFeed, { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const resource = useResource(feed.data?.resource_id ?? null)
  return (
    <Loaded query={feed}>
      {(loaded) => <Loaded query={resource}>{(one) => <AttachWizard key={id} resource={one} feed={loaded} />}</Loaded>}
    </Loaded>
  )
}
