import type { SubjectTrace } from '@sanjiang/contract/ledger'
import { Link } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import type { Column } from '../../../ui/listing.tsx'
import { kindText, OutcomeTag } from './ledger.words.tsx'

export interface Asked {
  readonly citizen_id: string
  readonly reason: string
}

const PURPOSE_TITLES: Record<string, string> = {
  administrative_basis: '行政依据',
  work_reference: '工作参考',
  data_verification: '数据校核',
  business_collaboration: '业务协同',
}

const TOPIC_TITLES: Record<string, string> = {
  'ledger.subject.queried': '查询“谁查了我”',
  'exchange.subject.traced': '查询“谁查了我”（批量交付）',
  'exchange.row.asked': '查证某行是否交付过',
}

/** One look at a person's data, whatever way it went. */
export const TRACE_COLUMNS: readonly Column<SubjectTrace>[] = [
  {
    title: '时间',
    kind: 'lead',
    render: (row) => <Link to={`/ledger/logs/${row.log_id}/entries/${row.seq}`}>{timeText(row.at)}</Link>,
  },
  { title: '谁', render: (row) => [row.consumer_name, row.client_name, row.officer].filter(Boolean).join(' · ') },
  {
    title: '做什么',
    render: (row) =>
      row.kind === 'access'
        ? (TOPIC_TITLES[row.topic ?? ''] ?? row.topic)
        : [kindText(row.kind), row.resource_code].filter(Boolean).join(' '),
  },
  {
    title: '为何',
    render: (row) =>
      [row.purpose_code && (PURPOSE_TITLES[row.purpose_code] ?? row.purpose_code), row.purpose_ref, row.case_no]
        .filter(Boolean)
        .join(' · '),
  },
  { title: '数据来自', render: (row) => row.provider_name },
  { title: '结果', render: (row) => <OutcomeTag outcome={row.outcome} /> },
]
