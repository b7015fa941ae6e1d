import { type CallFault, exchange } from '@sanjiang/contract'
import {
  type BindingFinding,
  FEED_MODES,
  type FeedDetail,
  type FeedDraft,
  type Relation,
} from '@sanjiang/contract/exchange'
import { judgeDraft } from '@sanjiang/contract/exchange.binding'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Steps } from 'antd'
import { useNavigate, useSearchParams } from 'react-router'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { type AttachDraft, draftOfFeed, EMPTY_DRAFT, toFeedDraft, useAttachDraft } from './attach.draft.ts'
import type { AttachedResource } from './attach.match.ts'
import { BindingStep } from './attach-binding.tsx'
import { ModeStep } from './attach-mode.tsx'
import { SourceStep, useRelations } from './attach-source.tsx'
import { TrialStep, useTrial } from './attach-trial.tsx'
import { intervalText } from './exchange.words.tsx'

const STEPS = ['库表', '字段', '方式', '试读', '确认'] as const
const [SOURCE, BINDING, MODE, TRIAL, CONFIRM] = [0, 1, 2, 3, 4]
const MODE_RULES = ['mode', 'cursor']

/** A refusal's fields name items as `bindings.ITEM`; they are shown where the trial's findings are. */
const findingsOf = (error: unknown): BindingFinding[] =>
  ((error as CallFault | null)?.problem?.fields ?? []).map(({ field, rule, message }) => ({
    item: field.startsWith('bindings.') ? field.slice('bindings.'.length) : null,
    column: null,
    level: 'error',
    rule,
    message,
  }))

/** The step stands in the address: Back goes one step back, and what was filled in is still there. */
const useStep = () => {
  const [search, setSearch] = useSearchParams()
  const step = Math.min(CONFIRM, Math.max(SOURCE, Number(search.get('step') ?? 1) - 1 || 0))
  const go = (to: number) => {
    const next = new URLSearchParams(search)
    next.set('step', String(to + 1))
    setSearch(next)
  }
  return { step, go }
}

const Confirm = ({ draft, resource, feed }: { draft: FeedDraft; resource: AttachedResource; feed?: FeedDetail }) => {
  const nameOf = (item: string) => resource.items.find(({ name_en }) => name_en === item)?.name ?? item
  const left = resource.items.filter(({ name_en }) => !draft.bindings.some(({ item }) => item === name_en))
  return (
    <>
      <Facts
        of={[
          ['资源', `${resource.name}（${resource.code}）`],
          ['源', `${draft.connection} / ${draft.relation}`],
          ['提供', draft.bindings.map(({ item }) => nameOf(item)).join('、')],
          ['不提供', left.map(({ name }) => name).join('、')],
          ['键', draft.key.map(nameOf).join('、')],
          [
            '方式',
            `${FEED_MODES.titles[draft.mode]}${draft.cursor_item ? `：${nameOf(draft.cursor_item)}` : ''}${
              draft.mode === 'changes' ? '' : `，${intervalText(draft.interval_seconds)}`
            }`,
          ],
          ['问题数据阈值', `${draft.reject_threshold}%`],
          ['逐行存证', draft.row_leaves ? '是' : '否'],
        ]}
      />
      <p className="muted">
        {feed
          ? `保存后成为第 ${feed.version + 1} 版，并重新全量；各订阅方按新的全量换上，期间原有数据照常可查。`
          : '挂接之后，有授权的部门即可订阅。没有授权需要的信息项不会离开本部门；第一份订阅到来之前，不读取数据。'}
      </p>
    </>
  )
}

const localFindings = (draft: FeedDraft | undefined, resource: AttachedResource, relation: Relation | undefined) =>
  draft && relation ? judgeDraft(draft, { items: resource.items, relation }) : []

const stepOfFinding = ({ rule }: BindingFinding): number => (MODE_RULES.includes(rule) ? MODE : BINDING)

/** What keeps the reader on this step, in words; undefined when nothing does. */
const hindrance = (
  step: number,
  draft: FeedDraft | undefined,
  errors: readonly BindingFinding[],
): string | undefined => {
  if (step === BINDING && !draft) return '请至少绑定一个信息项'
  if (step === BINDING && draft?.key.length === 0) return '请选择键'
  const own = errors.filter((one) => stepOfFinding(one) <= step)
  if (step >= BINDING && own.length > 0) return `还有 ${own.length} 处不能挂接`
  return undefined
}

const isSame = (one: BindingFinding, other: BindingFinding): boolean =>
  one.item === other.item && one.message === other.message

/** The draft as it stands, everything known to be wrong with it, and the one write at the end. */
const useWizard = (resource: AttachedResource, feed: FeedDetail | undefined) => {
  const { step, go } = useStep()
  const navigate = useNavigate()
  const client = useQueryClient()
  const desk = useAttachDraft(feed?.feed_id ?? resource.resource_id, feed ? draftOfFeed(feed) : EMPTY_DRAFT)
  const relations = useRelations(desk.draft.agent_id, desk.draft.connection)
  const relation = relations.data?.find(({ name }) => name === desk.draft.relation)
  const draft = toFeedDraft(resource.resource_id, desk.draft, resource.items)
  const found = localFindings(draft, resource, relation)
  const errors = found.filter(({ level }) => level === 'error')
  const trial = useTrial(draft, step === TRIAL && relation !== undefined && errors.length === 0)
  const act = useMutation({
    mutationFn: (body: FeedDraft) =>
      feed ? call(exchange.changeFeed, { params: { id: feed.feed_id }, body }) : call(exchange.attachFeed, { body }),
    onSuccess: ({ feed_id }) => {
      desk.forget()
      void client.invalidateQueries({ queryKey: ['exchange'] })
      navigate(`/exchange/feeds/${feed_id}`)
    },
    onError: (error) => findingsOf(error).length > 0 && go(BINDING),
  })
  const findings = [...found, ...(trial.data?.findings ?? []), ...findingsOf(act.error)].filter(
    (one, at, all) => all.findIndex((other) => isSame(one, other)) === at,
  )
  const change = (part: Partial<AttachDraft>) => {
    act.reset()
    desk.change(part)
  }
  const stop = step === SOURCE ? (relation ? undefined : '请选择库表') : hindrance(step, draft, errors)
  return {
    step,
    go,
    desk: { draft: desk.draft, change },
    relations,
    relation,
    draft,
    findings,
    errors,
    trial,
    act,
    stop,
  }
}

type Wizard = ReturnType<typeof useWizard>
interface Props {
  readonly resource: AttachedResource
  readonly feed?: FeedDetail
}

const Body = ({ wizard, resource, feed }: Props & { wizard: Wizard }) => {
  const { step, desk, relations, relation, draft, findings, trial } = wizard
  const { items, provider_organ_id } = resource
  if (step === SOURCE) return <SourceStep desk={desk} items={items} organ_id={provider_organ_id} />
  if (!desk.draft.relation) return <p>先选择库表。</p>
  const own = findings.filter((one) => stepOfFinding(one) === step)
  return (
    <Loaded query={relations} isEmpty={() => !relation} empty={<p>前置节点没有列出这张表，请回到第一步重选。</p>}>
      {() =>
        relation && (
          <>
            {step === BINDING && <BindingStep desk={desk} items={items} relation={relation} findings={own} />}
            {step === MODE && <ModeStep desk={desk} items={items} relation={relation} findings={own} />}
            {step === TRIAL && <TrialStep query={trial} items={items} threshold={desk.draft.reject_threshold} />}
            {step === CONFIRM && draft && <Confirm draft={draft} resource={resource} feed={feed} />}
          </>
        )
      }
    </Loaded>
  )
}

const Foot = ({ wizard, feed }: { wizard: Wizard; feed: FeedDetail | undefined }) => {
  const { step, go, stop, draft, errors, act } = wizard
  return (
    <div className="row act-bar">
      {step > SOURCE && <Button onClick={() => go(step - 1)}>上一步</Button>}
      {step === CONFIRM ? (
        <Button
          type="primary"
          loading={act.isPending}
          disabled={!draft || errors.length > 0}
          onClick={() => draft && act.mutate(draft)}
        >
          {feed ? '保存并重新全量' : '挂接'}
        </Button>
      ) : (
        <Button type="primary" disabled={stop !== undefined} onClick={() => go(step + 1)}>
          下一步
        </Button>
      )}
      {stop && (
        <span className="muted" role="status">
          {stop}
        </span>
      )}
    </div>
  )
}

export const AttachWizard = ({ resource, feed }: Props) => {
  const wizard = useWizard(resource, feed)
  const { step, go, act } = wizard
  return (
    <Page
      title={feed ? `变更“${resource.name}”的挂接` : `为“${resource.name}”挂接库表`}
      crumbs={[{ title: '库表与文件挂接', to: '/exchange/feeds' }, { title: resource.code }]}
      sub={feed ? `现为第 ${feed.version} 版` : '填到一半离开也不要紧，本窗口里会留着'}
    >
      <Panel>
        <div className="steps-drawn">
          <Steps
            current={step}
            onChange={(to) => to < step && go(to)}
            items={STEPS.map((title) => ({ title }))}
            size="small"
          />
        </div>
        <p className="steps-said">
          第 {step + 1} 步，共 {STEPS.length} 步：{STEPS[step]}
        </p>
        <div style={{ marginTop: '1.25rem' }}>
          <Body wizard={wizard} resource={resource} feed={feed} />
        </div>
        {act.isError && <ErrorAlert error={act.error} />}
        <Foot wizard={wizard} feed={feed} />
      </Panel>
    </Page>
  )
}
