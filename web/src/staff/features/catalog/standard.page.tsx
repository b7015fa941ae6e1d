import { draftEdition, type Edition } from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { useEdition, useEditionChanged, useEditions } from './edition/edition.query.ts'
import { PhaseTag, pathOfEdition, termOf } from './edition/edition.words.tsx'
import { StandardView } from './edition/standard-view.tsx'
import { useStandardQuery } from './standard.query.ts'

const COLUMNS: readonly Column<Edition>[] = [
  {
    title: '版次',
    kind: 'lead',
    render: (edition) => (
      <Link to={pathOfEdition(edition)}>
        第 {edition.version} 版 · {edition.dialect}
      </Link>
    ),
    text: ({ version }) => version,
  },
  { title: '状态', render: ({ phase }) => <PhaseTag phase={phase} /> },
  {
    title: '构成',
    render: ({ base_version, change_count }) =>
      base_version === null ? '国家标准' : `国家标准第 ${base_version} 版 + 地方 ${change_count} 处`,
  },
  { title: '施行', render: termOf },
  { title: '过渡期至', render: ({ transition_until }) => transition_until ?? '—' },
  { title: '起草', render: ({ author_name }) => author_name ?? '装入' },
  {
    title: '采纳',
    render: ({ adopted_by_name, adopted_on }) => (adopted_by_name ? `${adopted_by_name}，${adopted_on}` : '—'),
  },
]

const DraftButton = ({ standard }: { standard: string }) => {
  const go = useNavigate()
  const changed = useEditionChanged()
  const draft = useMutation({
    mutationFn: () => call(draftEdition, { params: { standard }, body: {} }),
    onSuccess: async (detail) => {
      await changed(detail)
      await go(pathOfEdition(detail.edition))
    },
  })
  return (
    <>
      <Button type="primary" loading={draft.isPending} onClick={() => draft.mutate()}>
        据现行版起草新版
      </Button>
      {draft.isError && <ErrorAlert error={draft.error} />}
    </>
  )
}

const Current = ({ edition }: { edition: Edition }) => {
  const standard = useStandardQuery()
  const detail = useEdition({ standard: edition.id, version: edition.version })
  if (standard.isError) return <ErrorAlert error={standard.error} />
  if (!standard.data) return <PageLoading />
  return <StandardView standard={standard.data} layer={detail.data?.layer} />
}

/** The standard as data (T2.1): its versions, the draft under way, and what the form, the interface and the import interpret now. */
export const StandardPage = () => {
  const editions = useEditions()
  const canDraft = useCan('catalog.standard.edit')
  if (editions.isPending) return <PageLoading />
  if (editions.isError)
    return (
      <div className="page">
        <PageHead title="目录标准" />
        <ErrorAlert error={editions.error} />
      </div>
    )
  const current = editions.data.find(({ is_current }) => is_current)
  return (
    <div className="page">
      <PageHead
        title="目录标准"
        sub={
          current &&
          `《${current.title}》${current.document_no}，现行第 ${current.version} 版（${current.dialect}），${current.effective_from} 起施行`
        }
        actions={
          <>
            <Link to="/catalog/transition">过渡期</Link>
            <Link to="/catalog/norms">标准与制度库</Link>
            {current && canDraft && <DraftButton standard={current.id} />}
          </>
        }
      />
      <Panel title="版次">
        <Listing
          caption="目录标准的版次"
          rows={editions.data}
          columns={COLUMNS}
          rowKey={({ id, version }) => `${id} ${version}`}
        />
      </Panel>
      {current && !current.verified && <p className="muted">部分条文尚未与印发原件核对，核对后以新版本发布。</p>}
      {current && <Current edition={current} />}
    </div>
  )
}
