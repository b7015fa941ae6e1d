import {
  getNorm,
  NORM_FIELDS,
  NORM_KINDS,
  NORM_LINKS,
  type NormClause,
  type NormDetail,
} from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Nothing } from '../../../../ui/listing.tsx'
import { Facts, PageHead, Panel, StateTag } from '../../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import { PageLoading } from '../../../shell/page-states.tsx'
import { NormStateTag } from './norm.words.tsx'
import { NormForm } from './norm-form.tsx'
import { Reliance } from './reliance.tsx'

const CRUMBS = [
  { title: '目录标准', to: '/catalog/standard' },
  { title: '标准与制度库', to: '/catalog/norms' },
]

const Clause = ({ clause }: { clause: NormClause }) => (
  <li className="talk">
    <b>{clause.clause}</b> {clause.removed_on && <StateTag tone="bad">{clause.removed_on} 删去</StateTag>}
    {clause.text && <p>{clause.text}</p>}
    {clause.links.length > 0 && (
      <ul>
        {clause.links.map(({ kind, target, title, detail }) => (
          <li key={`${kind} ${target}`}>
            <span className="muted">{NORM_LINKS.titles[kind]}</span> <b className="mono">{target}</b> {title}
            {detail && <span className="muted">：{detail}</span>}
          </li>
        ))}
      </ul>
    )}
  </li>
)

const short = ({ norm_id, title, document_no }: { norm_id: string; title: string; document_no: string }) => (
  <Link key={norm_id} to={`/catalog/norms/${norm_id}`}>
    《{title}》{document_no}{' '}
  </Link>
)

const NormFacts = ({ detail }: { detail: NormDetail }) => {
  const { norm } = detail
  return (
    <Facts
      of={[
        ['类别', NORM_KINDS.titles[norm.kind]],
        ['领域', NORM_FIELDS.titles[norm.field]],
        ['发布机关', norm.issuer],
        ['发布', norm.issued_on],
        ['施行', norm.effective_on],
        ['废止', norm.abolished_on],
        ['替代', detail.replaces && short(detail.replaces)],
        ['被替代', detail.replaced_by.length > 0 && detail.replaced_by.map(short)],
        [
          '原文',
          norm.url && (
            <a href={norm.url} rel="noreferrer" target="_blank">
              {norm.url}
            </a>
          ),
        ],
        ['要点', norm.summary],
        ['核对', norm.verified ? '已与原文核对' : '未核：尚未与印发原件比对'],
        ['最近变动', `${detail.updated_by_name}，第 ${norm.revision} 次`],
      ]}
    />
  )
}

const View = ({ detail }: { detail: NormDetail }) => {
  const [isEditing, setEditing] = useState(false)
  const { norm, clauses } = detail
  return (
    <div className="page">
      <PageHead
        crumbs={CRUMBS}
        title={norm.title}
        sub={
          <span className="row">
            <NormStateTag state={norm.state} />
            {!norm.verified && <StateTag tone="calm">未核</StateTag>}
            <span>{norm.document_no}</span>
          </span>
        }
        actions={
          detail.can.includes('save') && !isEditing && <Button onClick={() => setEditing(true)}>修改、废止</Button>
        }
      />
      {norm.state === 'abolished' && (
        <Alert
          type="error"
          showIcon
          title={`已于 ${norm.abolished_on} 废止`}
          description="据它不予共享的条目须复核：仍有其他依据的改用其他依据，没有的应当共享。"
        />
      )}
      {isEditing ? (
        <NormForm detail={detail} onDone={() => setEditing(false)} />
      ) : (
        <>
          <Panel>
            <NormFacts detail={detail} />
          </Panel>
          <Panel title={`条款与软件执行的规则（${norm.link_count}）`}>
            {clauses.length === 0 ? (
              <Nothing>没有登记条款；软件尚未据它执行规则。</Nothing>
            ) : (
              <ul className="plain">
                {clauses.map((clause) => (
                  <Clause key={clause.clause} clause={clause} />
                ))}
              </ul>
            )}
          </Panel>
          <Reliance norm={norm.norm_id} count={detail.reliance_count} />
        </>
      )}
    </div>
  )
}

/** One document: what it says, what the software does because of it, and what rests on it. */
export const NormPage = () => {
  const { norm = '' } = useParams()
  const isNew = norm === 'new'
  const query = useQuery({
    queryKey: ['catalog', 'norm', norm],
    queryFn: () => call(getNorm, { params: { norm } }),
    enabled: !isNew,
  })
  if (isNew)
    return (
      <div className="page">
        <PageHead crumbs={CRUMBS} title="登记标准或制度" />
        <NormForm detail={null} onDone={() => undefined} />
      </div>
    )
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <div className="page">
        <PageHead crumbs={CRUMBS} title="标准与制度" />
        <ErrorAlert error={query.error} />
      </div>
    )
  return <View key={norm} detail={query.data} />
}
