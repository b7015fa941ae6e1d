import { opendata } from '@sanjiang/contract'
import {
  APPLICANT_KINDS,
  APPLICATION_STATES,
  type ApplicationDetail,
  CLOSE_REASONS,
  MISSING_PARTS,
  OPEN_REFUSALS,
  SECURITY_MEASURES,
  USE_PURPOSES,
} from '@sanjiang/contract/opendata'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { timeText } from '../../../ui/instant.ts'
import { Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { STATE_TONES, sizeOf } from './application.words.ts'
import { AppealForm, DecideForm, RevokeForm } from './application-deeds.tsx'
import { NoticeForm } from './application-notice.tsx'
import { ProposeForm } from './application-propose.tsx'
import { useMatterAct } from './matter-act.ts'

interface Part {
  readonly application: ApplicationDetail
}

const Accept = ({ application: { application_id, revision } }: Part) => {
  const act = useMatterAct(() =>
    call(opendata.acceptApplication, { params: { id: application_id }, body: { revision } }),
  )
  return (
    <Panel title="受理">
      <p>材料齐全、能够判断是否符合开放条件的，予以受理。</p>
      {act.isError && <ErrorAlert error={act.error} />}
      <Button type="primary" loading={act.isPending} onClick={() => act.mutate(undefined)}>
        受理
      </Button>
    </Panel>
  )
}

const DEEDS: readonly (readonly [string, (props: Part) => React.ReactNode])[] = [
  ['accept', Accept],
  ['notice', NoticeForm],
  ['propose', ProposeForm],
  ['decide', DecideForm],
  ['appeal', AppealForm],
  ['revoke', RevokeForm],
]

const Materials = ({ application }: Part) => {
  const { applicant } = application
  return (
    <Panel title="申请材料">
      <Facts
        of={[
          [
            '申请人',
            applicant
              ? applicant.name
              : `${APPLICANT_KINDS.titles[application.applicant_kind]}（信息不向您显示，或已过保存期）`,
          ],
          ['信用代码', applicant?.credit_code && <span className="mono">{applicant.credit_code}</span>],
          ['联系', applicant && [applicant.contact_name, applicant.phone, applicant.email].filter(Boolean).join('　')],
          ['开放条件', application.open_condition],
          ['怎样符合', application.qualification],
          ['用途', USE_PURPOSES.titles[application.purpose_code]],
          ['用途说明', application.purpose_text],
          ['期限', `${application.term_months} 个月`],
          ['安全措施', application.security.map((code) => SECURITY_MEASURES.titles[code]).join('；')],
          ['安全说明', application.security_text],
          ['承诺书', `已同意 ${application.promise_version} 版`],
          ...application.asked.map(({ code, text }) => [`告知补正：${MISSING_PARTS.titles[code]}`, text] as const),
          ...application.answers.map(({ code, text }) => [`补正：${MISSING_PARTS.titles[code]}`, text] as const),
          ['申诉理由', application.appeal_text],
        ]}
      />
    </Panel>
  )
}

const Proposal = ({ application: { proposal } }: Part) =>
  proposal && (
    <Panel title="经办意见">
      <Facts
        of={[
          ['意见', proposal.outcome === 'approve' ? '同意' : '不同意'],
          ['理由', proposal.reason_code && OPEN_REFUSALS.titles[proposal.reason_code]],
          ['说明', proposal.text],
          [
            '条件',
            proposal.outcome === 'approve' &&
              `${proposal.term_months} 个月，每日 ${proposal.daily_requests} 次、${proposal.daily_megabytes} 兆字节`,
          ],
          ['经办', `${proposal.by_name} ${proposal.on}`],
        ]}
      />
    </Panel>
  )

const Agreement = ({ application: { agreement } }: Part) =>
  agreement && (
    <Panel title={`使用协议（${agreement.signed_at ? '已确认' : '待申请人确认'}）`}>
      <p style={{ whiteSpace: 'pre-line' }}>{agreement.text}</p>
      <Facts
        of={[
          ['确认时刻', agreement.signed_at && timeText(agreement.signed_at)],
          [
            '全文摘要',
            <span key="digest" className="mono">
              {agreement.digest}
            </span>,
          ],
        ]}
      />
    </Panel>
  )

const Usage = ({ application: { usage } }: Part) =>
  usage.length > 0 && (
    <Panel title="用量">
      <Listing
        caption="每日用量"
        rows={usage}
        rowKey={(row) => row.on}
        columns={[
          { title: '日期', kind: 'lead', render: (row) => row.on },
          { title: '次数', kind: 'num', render: (row) => row.requests },
          { title: '数据量', kind: 'num', render: (row) => sizeOf(row.bytes) },
        ]}
      />
    </Panel>
  )

/** Whose turn it is, for whoever has nothing to do here himself. */
const WAITS: Readonly<Partial<Record<ApplicationDetail['state'], string>>> = {
  received: '等本部门经办人受理，或一次性告知补正。',
  incomplete: '等申请人补正，补正前不计入办理时间。',
  accepted: '等本部门经办人提出办理意见。',
  proposed: '等本部门审核员批准；提出意见的人不能批准。',
  agreement: '等申请人确认协议，确认时当场得到密钥。',
  active: '使用中；违反协议的由本部门审核员收回。',
  refused: '已告知理由；申请人可以申诉一次。',
  appealed: '等电子政务办处理申诉。',
}

const Course = ({ application }: Part) => {
  // Closed undecided: there is no answer that could be late.
  const isOpen = application.state !== 'closed'
  return (
    <Panel title="办理">
      {application.can.length === 0 && WAITS[application.state] && <p>{WAITS[application.state]}</p>}
      <Facts
        of={[
          [
            '状态',
            <StateTag key="state" tone={STATE_TONES[application.state]}>
              {APPLICATION_STATES.titles[application.state]}
            </StateTag>,
          ],
          ['受理时限', application.accept_clock && <ClockBar key="accept" clock={application.accept_clock} />],
          ['答复时限', isOpen && <ClockBar key="decide" clock={application.decide_clock} />],
          ['截止', isOpen && `${application.decide_clock.due_on}（${application.decide_clock.clause}）`],
          ['申诉时限', application.appeal_clock && <ClockBar key="appeal" clock={application.appeal_clock} />],
          ['使用到', application.ends_on],
          ['终止原因', application.close_reason && CLOSE_REASONS.titles[application.close_reason]],
        ]}
      />
      <ol className="timeline">
        {application.steps.map(({ seq, on, title, by_name, text }) => (
          <li key={seq}>
            {on} {title}（{by_name}）{text && <div>{text}</div>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const View = ({ application }: Part) => (
  <Page
    title={`申请使用《${application.dataset_title}》`}
    crumbs={[{ title: '有条件开放的申请', to: '/opendata/applications' }, { title: application.number }]}
    sub={
      <>
        {application.organ_name} · <Link to={`/catalog/resources/${application.resource_id}`}>目录资源</Link>
      </>
    }
  >
    <div className="split aside-first">
      <div>
        <Materials application={application} />
        <Proposal application={application} />
        <Agreement application={application} />
        <Usage application={application} />
        {DEEDS.filter(([verb]) => application.can.includes(verb)).map(([verb, Deed]) => (
          <Deed key={verb} application={application} />
        ))}
      </div>
      <Course application={application} />
    </div>
  </Page>
)

export const ApplicationPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['opendata', 'application', id],
    queryFn: () => call(opendata.getApplication, { params: { id } }),
    // Each reading of it is one entry of the access log: not for every glance at the window.
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  })
  return <Loaded query={query}>{(application) => <View application={application} />}</Loaded>
}
