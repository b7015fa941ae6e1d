import { opendata } from '@sanjiang/contract'
import { INQUIRY_KINDS, INQUIRY_OUTCOMES, type InquiryDetail, REFUSAL_REASONS } from '@sanjiang/contract/opendata'
import { readShowcase } from '@sanjiang/contract/opendata.showcase'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { InquiryStateTag, VisibilityTag } from './inquiry.words.tsx'
import { AnswerForm } from './inquiry-answer.tsx'
import { AssignPanel, Candidates } from './inquiry-assign.tsx'
import { ModerateForm } from './inquiry-moderate.tsx'
import { RefusalPanel, RefuseButton } from './inquiry-refuse.tsx'

const DETAIL_TITLES: Readonly<Record<string, string>> = {
  field: '字段',
  row: '哪一行',
  actual: '现在的值',
  expected: '应当是',
  purpose: '用途',
  organ: '来件人认为在',
  url: '网址',
  developer: '开发者',
}

const factsOfDetail = ({ detail, kind }: InquiryDetail) => [
  ...Object.entries(DETAIL_TITLES).map(([name, title]) => [title, String(detail[name] ?? '')] as const),
  ...(kind === 'showcase' ? [['用到的数据集', readShowcase(detail).datasets.join('、')] as const] : []),
]

const Sent = ({ inquiry }: { readonly inquiry: InquiryDetail }) => (
  <Panel title="来件原文">
    <p style={{ whiteSpace: 'pre-line' }}>{inquiry.text}</p>
    <Facts
      of={[
        ...factsOfDetail(inquiry),
        ['数据集', inquiry.dataset_title],
        ['联系方式', [inquiry.contact?.email, inquiry.contact?.phone].filter(Boolean).join('；')],
        ['发现的个人号码', inquiry.identifiers.map(({ title, shown }) => `${title}（${shown}）`).join('、')],
      ]}
    />
    {inquiry.supplements.map(({ on, text }) => (
      <div key={on + text}>
        <p className="sub">{on} 补充</p>
        <p style={{ whiteSpace: 'pre-line' }}>{text}</p>
      </div>
    ))}
  </Panel>
)

const Answers = ({ inquiry: { answers } }: { readonly inquiry: InquiryDetail }) =>
  answers.length === 0 ? null : (
    <Panel title="答复">
      {answers.map((one) => (
        <div key={one.round}>
          <p className="sub">
            {one.answered_on} {one.organ_name} {one.answered_by_name} · {INQUIRY_OUTCOMES.titles[one.outcome]}
            {one.planned_on && ` · 计划 ${one.planned_on} 开放`}
          </p>
          <p style={{ whiteSpace: 'pre-line' }}>{one.text}</p>
        </div>
      ))}
    </Panel>
  )

const Handling = ({ inquiry }: { readonly inquiry: InquiryDetail }) => (
  <Panel title="办理">
    <Facts
      of={[
        ['状态', <InquiryStateTag key="state" inquiry={inquiry} />],
        ['时限', <ClockBar key="clock" clock={inquiry.clock} />],
        ['截止', inquiry.clock.due_on],
        ['依据', inquiry.clock.clause],
        ['办理部门', inquiry.organ_name ?? '未分办'],
        ['轮次', inquiry.round === 2 && '来件人申请重新办理'],
        ['附议', inquiry.kind === 'wish' && String(inquiry.support_count)],
        ['审看', <VisibilityTag key="seen" visibility={inquiry.visibility} />],
        ['审看人', inquiry.moderated_by_name && `${inquiry.moderated_by_name} ${inquiry.moderated_on}`],
        [
          '不予受理',
          inquiry.state === 'refused' &&
            inquiry.refusal_reason &&
            `${REFUSAL_REASONS.titles[inquiry.refusal_reason]}。${inquiry.refusal_text}`,
        ],
      ]}
    />
    <ol className="timeline">
      {inquiry.timeline.map(({ on, title, text }) => (
        <li key={`${on} ${title} ${text}`}>
          {on} {title} {text}
        </li>
      ))}
    </ol>
  </Panel>
)

const View = ({ inquiry }: { readonly inquiry: InquiryDetail }) => {
  const can = (verb: string): boolean => inquiry.can.includes(verb)
  return (
    <Page
      title={inquiry.title}
      crumbs={[{ title: '公众来件', to: '/opendata/inquiries' }, { title: INQUIRY_KINDS.titles[inquiry.kind] }]}
      sub={<span className="mono">{inquiry.number}</span>}
      actions={
        <>
          {can('propose_refusal') && <RefuseButton inquiry={inquiry} verb="propose" />}
          {can('refuse') && <RefuseButton inquiry={inquiry} verb="refuse" />}
        </>
      }
    >
      <div className="split aside-first">
        <div>
          <Sent inquiry={inquiry} />
          {inquiry.is_refusal_proposed && <RefusalPanel inquiry={inquiry} />}
          <Answers inquiry={inquiry} />
          {can('moderate') && inquiry.visibility === 'pending' && <ModerateForm inquiry={inquiry} />}
          {can('answer') && <AnswerForm key={inquiry.round} inquiry={inquiry} />}
          {can('assign') ? (
            <AssignPanel inquiry={inquiry} />
          ) : (
            inquiry.kind === 'wish' && inquiry.state === 'waiting' && <Candidates inquiry={inquiry} />
          )}
          {can('moderate') && inquiry.visibility !== 'pending' && <ModerateForm inquiry={inquiry} />}
        </div>
        <Handling inquiry={inquiry} />
      </div>
    </Page>
  )
}

export const InquiryPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['opendata', 'inquiry', id],
    queryFn: () => call(opendata.getInquiry, { params: { id } }),
  })
  return <Loaded query={query}>{(inquiry) => <View inquiry={inquiry} />}</Loaded>
}
