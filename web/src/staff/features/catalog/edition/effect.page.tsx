import { COPIES, listEffectEntries, OUTCOMES, type Outcome } from '@sanjiang/contract/catalog'
import { Link, useParams, useSearchParams } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../../ui/listing.tsx'
import { PageHead, StateTag } from '../../../../ui/page-head.tsx'
import { call } from '../../../api.ts'
import { OUTCOME_TONES } from './edition.words.tsx'

type Entry = Awaited<ReturnType<typeof read>>['rows'][number]

interface Query {
  readonly rule?: string
  readonly field?: string
  readonly organ_id?: string
  readonly outcome?: Outcome
  readonly after?: string
  readonly limit: number
}

const read = (id: string, query: Query) => call(listEffectEntries, { params: { id }, query })

const COLUMNS: readonly Column<Entry>[] = [
  {
    title: '条目',
    kind: 'lead',
    render: ({ resource_id, name, copy, code }) => (
      <>
        <Link to={`/catalog/resources/${resource_id}?copy=${copy}`}>{name || '（未命名）'}</Link>{' '}
        <span className="mono muted">{code}</span>
      </>
    ),
    text: ({ name }) => name,
  },
  { title: '提供方', render: ({ provider_name }) => provider_name, text: ({ provider_name }) => provider_name },
  { title: '版本', render: ({ copy }) => COPIES.titles[copy], text: ({ copy }) => COPIES.titles[copy] },
  {
    title: '影响',
    render: ({ outcome }) => <StateTag tone={OUTCOME_TONES[outcome]}>{OUTCOMES.titles[outcome]}</StateTag>,
    text: ({ outcome }) => OUTCOMES.titles[outcome],
  },
  {
    title: '问题',
    render: ({ added, gone }) => (
      <>
        {added.slice(0, 4).map((one) => (
          <p key={`${one.rule} ${one.field} ${one.message}`} className={`rule-text ${one.level}`}>
            {one.message} <Link to={`/catalog/norms?target=${one.rule}`}>{one.rule}</Link>
          </p>
        ))}
        {added.length > 4 && <p className="muted">另有 {added.length - 4} 处</p>}
        {gone.length > 0 && <p className="muted">不再有 {gone.length} 处问题</p>}
      </>
    ),
    text: ({ added }) => added.map(({ message }) => message).join('；'),
  },
]

/** The entries behind one figure of a run. */
export const EffectPage = () => {
  const { id = '' } = useParams()
  const [search] = useSearchParams()
  const given = Object.fromEntries(search) as Partial<Query>
  const { rule, field, organ_id, outcome } = given
  const query = usePaged(['catalog', 'effect', 'entries', id, search.toString()], (after) =>
    read(id, { rule, field, organ_id, outcome, after, limit: 50 }),
  )
  const what = [rule, field, outcome && OUTCOMES.titles[outcome]].filter(Boolean).join(' · ')
  return (
    <div className="page">
      <PageHead
        crumbs={[{ title: '目录标准', to: '/catalog/standard' }, { title: '试算' }]}
        title={`试算涉及的条目${what ? `：${what}` : ''}`}
        sub="只列您可见的条目；部门编制中的副本由部门自己查看。"
      />
      <PagedListing
        caption="试算涉及的条目"
        query={query}
        columns={COLUMNS}
        rowKey={({ resource_id, copy }) => `${resource_id} ${copy}`}
        empty="没有您可见的条目。"
      />
    </div>
  )
}
