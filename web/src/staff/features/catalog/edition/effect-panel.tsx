import { type Effect, getEffect, OUTCOMES, type Outcome, startEffect } from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Progress } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Column, Listing, Nothing } from '../../../../ui/listing.tsx'
import { ErrorAlert, Loaded } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import type { EditionParams } from './edition.query.ts'

type Count = Effect['rules'][number]
type By = 'rule' | 'field' | 'organ_id'
const SHOWN = ['fails', 'mended', 'warned'] as const
const POLL_MS = 1500

const useEffectRun = (params: EditionParams) =>
  useQuery({
    queryKey: ['catalog', 'effect', params.standard, params.version],
    queryFn: () => call(getEffect, { params }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? POLL_MS : false),
  })

const entriesPath = (effect: Effect, query: Record<string, string>): string =>
  `/catalog/effects/${effect.effect_id}?${new URLSearchParams(query)}`

const columnsOf = (effect: Effect, by: By): Column<Count>[] => [
  {
    title: { rule: '规则', field: '字段', organ_id: '机构' }[by],
    kind: 'lead',
    render: ({ key, title }) => (by === 'rule' && title !== key ? `${key} ${title}` : title),
    text: ({ title }) => title,
  },
  ...SHOWN.map(
    (outcome): Column<Count> => ({
      title:
        by === 'organ_id'
          ? OUTCOMES.titles[outcome]
          : { fails: '新增错误', mended: '错误消失', warned: '新增提醒' }[outcome],
      kind: 'num',
      render: (row) =>
        row[outcome] === 0 ? '0' : <Link to={entriesPath(effect, { [by]: row.key, outcome })}>{row[outcome]}</Link>,
      text: (row) => row[outcome],
    }),
  ),
]

const Figures = ({ effect }: { effect: Effect }) => {
  const of = (outcome: Outcome) => effect.outcomes.find((one) => one.outcome === outcome)
  return (
    <ul className="figures">
      {(['fails', 'mended', 'warned', 'still_fails'] as const).map((outcome) => {
        const { published = 0, working = 0 } = of(outcome) ?? {}
        return (
          <li key={outcome}>
            <b>
              {published + working === 0 ? 0 : <Link to={entriesPath(effect, { outcome })}>{published + working}</Link>}
            </b>
            <span>
              {OUTCOMES.titles[outcome]}：已发布 {published}，编制中 {working}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

const FIRST = 12

/** A long list begins with the most affected; the rest comes when asked for. */
const Counts = ({ effect, by, title, rows }: { effect: Effect; by: By; title: string; rows: readonly Count[] }) => {
  const [isWhole, setWhole] = useState(false)
  const told = rows.filter((row) => SHOWN.some((outcome) => row[outcome] > 0))
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {told.length === 0 ? (
        <Nothing>没有变化</Nothing>
      ) : (
        <Listing
          caption={title}
          rows={isWhole ? told : told.slice(0, FIRST)}
          columns={columnsOf(effect, by)}
          rowKey={({ key }) => key}
          foot={
            told.length > FIRST &&
            !isWhole && (
              <Button size="small" onClick={() => setWhole(true)}>
                列出全部 {told.length} 个
              </Button>
            )
          }
        />
      )}
    </section>
  )
}

const Results = ({ effect }: { effect: Effect }) => {
  if (effect.outcomes.length === 0) return <p className="all-clear">✓ 对现有条目没有影响。</p>
  return (
    <>
      <Figures effect={effect} />
      <Counts effect={effect} by="rule" title="按规则" rows={effect.rules} />
      <Counts effect={effect} by="field" title="按字段" rows={effect.fields} />
      <Counts effect={effect} by="organ_id" title="按机构" rows={effect.organs} />
    </>
  )
}

const Run = ({ effect }: { effect: Effect }) => (
  <>
    <p className="muted">
      {effect.started_on} 由{effect.started_by_name}发起，与第 {effect.against_version} 版相比，已算 {effect.done} /{' '}
      {effect.total} 条。每个数字都可打开；部门编制中的副本只计数，由部门自己查看。
    </p>
    {effect.state === 'running' && (
      <Progress
        percent={effect.total === 0 ? 100 : Math.floor((effect.done / effect.total) * 100)}
        status="active"
        aria-label="试算进度"
      />
    )}
    {effect.state === 'outdated' && (
      <Alert type="warning" showIcon title="试算后草稿又有改动，结果已过时；采纳前须重新试算。" />
    )}
    <Results effect={effect} />
  </>
)

/** What adopting would do to every entry, before anybody adopts (T2.1). */
export const EffectPanel = ({ params, canTry }: { params: EditionParams; canTry: boolean }) => {
  const query = useEffectRun(params)
  const client = useQueryClient()
  const start = useMutation({
    mutationFn: () => call(startEffect, { params }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['catalog', 'effect'] }),
  })
  return (
    <div className="stack">
      {canTry && (
        <Button
          type="primary"
          loading={start.isPending || query.data?.state === 'running'}
          onClick={() => start.mutate()}
        >
          {query.data ? '重新试算' : '对全部条目试算'}
        </Button>
      )}
      {start.isError && <ErrorAlert error={start.error} />}
      <Loaded query={query}>
        {(effect) =>
          effect ? <Run effect={effect} /> : <Nothing>还没有试算。采纳前须看过它对全部条目的影响。</Nothing>
        }
      </Loaded>
    </div>
  )
}
