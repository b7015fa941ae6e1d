import { identity } from '@sanjiang/contract'
import { ORGAN_KINDS, type OrganDetail, SUCCESSION_KINDS } from '@sanjiang/contract/identity'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { RenameButton, SucceedButton } from './organ-actions.tsx'

const History = ({ organ }: { organ: OrganDetail }) => (
  <Panel title="沿革">
    <ol className="plain">
      {organ.names.map(({ name, valid_from, valid_to }) => (
        <li key={valid_from} className="talk">
          <b>{name}</b>
          <span className="muted">
            {valid_from} 至 {valid_to ?? '今'}
          </span>
        </li>
      ))}
      {organ.successions.map(({ successor_id, successor_name, on_date, how }) => (
        <li key={`${successor_id} ${on_date}`} className="talk coordinate">
          <b>{SUCCESSION_KINDS.titles[how]}</b>
          <span className="muted">{on_date}</span>
          <p>
            承继机构：<Link to={`/identity/organs/${successor_id}`}>{successor_name}</Link>
          </p>
        </li>
      ))}
      {organ.dissolved_on && organ.successions.length === 0 && (
        <li className="talk dispute">
          <b>撤销</b>
          <span className="muted">{organ.dissolved_on}</span>
        </li>
      )}
    </ol>
  </Panel>
)

const View = ({ organ }: { organ: OrganDetail }) => (
  <Page
    title={organ.name}
    crumbs={[{ title: '机构', to: '/identity/organs' }, { title: organ.short_name }]}
    sub={
      organ.dissolved_on ? (
        <StateTag tone="calm">已撤销 {organ.dissolved_on}</StateTag>
      ) : (
        <StateTag tone="good">存续</StateTag>
      )
    }
    actions={
      <>
        {organ.can.includes('rename') && <RenameButton organ={organ} />}
        {organ.can.includes('succeed') && <SucceedButton organ={organ} />}
      </>
    }
  >
    <div className="split">
      <History organ={organ} />
      <Panel title="登记">
        <Facts
          of={[
            [
              '代码',
              <span key="id" className="mono">
                {organ.organ_id}
              </span>,
            ],
            ['简称', organ.short_name],
            ['类别', ORGAN_KINDS.titles[organ.kind]],
            [
              '区划',
              <span key="division" className="mono">
                {organ.division_code}
              </span>,
            ],
            [
              '上级',
              organ.parent_id && (
                <Link key="parent" to={`/identity/organs/${organ.parent_id}`}>
                  {organ.parent_id}
                </Link>
              ),
            ],
            [
              '统一社会信用代码',
              organ.credit_code && (
                <span key="credit" className="mono">
                  {organ.credit_code}
                </span>
              ),
            ],
            ['设立', organ.founded_on],
          ]}
        />
      </Panel>
    </div>
  </Page>
)

export const OrganPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['identity', 'organ', id],
    queryFn: () => call(identity.getOrgan, { params: { id } }),
  })
  return <Loaded query={query}>{(organ) => <View organ={organ} />}</Loaded>
}
