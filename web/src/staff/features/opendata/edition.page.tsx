import { opendata } from '@sanjiang/contract'
import { discardEdition, type EditionDetail } from '@sanjiang/contract/opendata'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { Link, useParams } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { EditionView } from './edition-view.tsx'
import { isMoving } from './release.words.tsx'

/** What its officer can do about it: by where the rows came from. */
const Mend = ({ edition }: { readonly edition: EditionDetail }) => {
  const { state, source, resource_id, release_id } = edition
  const anew = <Link to={`/opendata/releases/new?resource=${resource_id}`}>提出新的发布</Link>
  if (state === 'staged') return <p>数据已到，尚未开放：{anew}，选中这一版。</p>
  if (state !== 'held' && state !== 'refused') return null
  return (
    <ul className="prose">
      {source === 'file' && (
        <li>
          在文件里改正后重新上传：
          {release_id ? (
            <>
              到<Link to={`/opendata/releases/${release_id}`}>这次发布</Link>里（审查中的先取回）
            </>
          ) : (
            anew
          )}
          ；
        </li>
      )}
      {source === 'table' && <li>在源库里改正：下一次签收的数据会成为新的一版；</li>}
      {source === 'figures' && <li>统计有变时会成为新的一版；</li>}
      <li>或者{anew}，去除或遮盖有问题的列，由另一人审查。</li>
    </ul>
  )
}

const Discard = ({ edition: { edition_id } }: { readonly edition: EditionDetail }) => {
  const client = useQueryClient()
  const discard = useMutation({
    mutationFn: () => call(discardEdition, { params: { id: edition_id } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['inbox'] })
      return client.invalidateQueries({ queryKey: ['opendata'] })
    },
  })
  return (
    <>
      {discard.isError && <ErrorAlert error={discard.error} />}
      <Popconfirm
        title="作废这一版"
        description="暂存的数据随即删除，不能恢复。"
        okText="作废"
        cancelText="取消"
        onConfirm={() => discard.mutate()}
      >
        <Button danger loading={discard.isPending}>
          作废这一版
        </Button>
      </Popconfirm>
    </>
  )
}

const View = ({ edition }: { readonly edition: EditionDetail }) => {
  const canPropose = useCan('opendata.release.propose')
  return (
    <Page
      title={`${edition.title}：第 ${edition.edition_no} 版`}
      crumbs={[
        { title: '数据开放', to: '/opendata/releases' },
        ...(edition.release_id ? [{ title: '所属发布', to: `/opendata/releases/${edition.release_id}` }] : []),
        { title: `第 ${edition.edition_no} 版` },
      ]}
      sub={edition.organ_name}
      actions={
        <>
          {edition.can.includes('discard') && <Discard edition={edition} />}
          {edition.state === 'staged' && canPropose && (
            <LinkButton type="primary" to={`/opendata/releases/new?resource=${edition.resource_id}`}>
              提出开放
            </LinkButton>
          )}
        </>
      }
    >
      {canPropose && ['held', 'refused', 'staged'].includes(edition.state) && (
        <Panel title="怎么办">
          <Mend edition={edition} />
        </Panel>
      )}
      <EditionView edition={edition} />
    </Page>
  )
}

/** One delivery of rows by itself: where a to-do about held rows leads. */
export const EditionPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['opendata', 'edition', id],
    queryFn: () => call(opendata.getEdition, { params: { id } }),
    refetchInterval: ({ state: { data } }) => (isMoving(data?.state) ? 2000 : false),
  })
  return <Loaded query={query}>{(edition) => <View edition={edition} />}</Loaded>
}
