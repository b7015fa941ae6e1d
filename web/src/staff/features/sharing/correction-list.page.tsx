import { sharing } from '@sanjiang/contract'
import { CORRECTION_RESULTS, CORRECTION_STATES, type Correction } from '@sanjiang/contract/sharing'
import { Segmented, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { optionsOf } from './sharing.words.tsx'

const stateText = ({ state, result }: Correction): string =>
  result ? CORRECTION_RESULTS.titles[result] : CORRECTION_STATES.titles[state]

const COLUMNS: readonly Column<Correction>[] = [
  {
    title: '信息项',
    kind: 'lead',
    render: (row) => (
      <Link to={`/sharing/corrections/${row.correction_id}`}>{`${row.resource_name} · ${row.item_name}`}</Link>
    ),
    text: (row) => `${row.resource_name} · ${row.item_name}`,
  },
  {
    title: '记录',
    render: (row) => <span className="mono">{row.record_key_masked}</span>,
    text: (row) => row.record_key_masked,
  },
  { title: '提出', render: (row) => `${row.consumer_name} ${row.raised_on}`, text: (row) => row.consumer_name },
  { title: '提供方', render: (row) => row.provider_name, text: (row) => row.provider_name },
  {
    title: '结果',
    render: (row) => (
      <StateTag tone={row.result ? (row.result === 'true_fixed' ? 'good' : 'info') : 'wait'}>{stateText(row)}</StateTag>
    ),
    text: stateText,
  },
  {
    title: '业务',
    render: (row) =>
      row.business_continued ? (
        '照常办理'
      ) : (
        <StateTag tone="bad">{row.state === 'raised' ? '暂停' : '曾暂停'}</StateTag>
      ),
    text: (row) => (row.business_continued ? '照常办理' : '暂停'),
  },
  { title: '时限', render: (row) => <ClockBar clock={row.clock} />, text: (row) => row.clock.due_on },
]

const SIDES = { consumer: '我方提出', provider: '待我方校核', all: '全部' }

export const CorrectionListPage = () => {
  const [search, setSearch] = useSearchParams()
  const mayAnswer = useCan('sharing.correction.answer')
  const side = (search.get('side') ?? (mayAnswer ? 'provider' : 'consumer')) as keyof typeof SIDES
  const state = (search.get('state') ?? undefined) as Correction['state'] | undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = usePaged(['sharing', 'corrections', side, state], (after) =>
    call(sharing.listCorrections, { query: { side, state, after } }),
  )
  return (
    <Page
      title="数据纠错"
      sub="使用方对所得数据有疑义时提出，提供方校核答复；校核期间业务照常办理（国发〔2016〕51号 第十五条）。在授权页的信息项旁提出。"
    >
      <div className="toolbar">
        <Segmented
          aria-label="我方身份"
          options={Object.entries(SIDES).map(([value, label]) => ({ value, label }))}
          value={side}
          onChange={(value) => set('side', value)}
        />
        <Select
          aria-label="状态"
          allowClear
          placeholder="全部状态"
          style={{ minWidth: '8rem' }}
          options={optionsOf(CORRECTION_STATES.titles)}
          value={state}
          onChange={(value) => set('state', value)}
        />
      </div>
      <PagedListing
        caption="数据纠错"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.correction_id}
        empty="没有符合条件的纠错"
      />
    </Page>
  )
}
