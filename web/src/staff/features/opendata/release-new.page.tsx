import { catalog, opendata } from '@sanjiang/contract'
import type { EditionDetail, Release } from '@sanjiang/contract/opendata'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form } from 'antd'
import { useNavigate, useSearchParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OwnResourceSelect } from '../../own-resource-select.tsx'
import { useSession } from '../../session.ts'
import { EditionSend } from './edition-send.tsx'
import { EditionStaged } from './edition-staged.tsx'
import { EditionView } from './edition-view.tsx'
import { closedReason, draftAfter, emptyDraft, type ProposalDraft, useProposalDraft } from './proposal.draft.ts'
import { ProposalColumns } from './proposal-columns.tsx'
import { ProposalWords } from './proposal-words.tsx'
import { isMoving } from './release.words.tsx'

const CRUMB = { title: '数据开放', to: '/opendata/releases' }
const SUB = '选信息项、上传数据、定去标识方式、写给公众的说明，然后由本部门另一位审核员作保密审查。'

const Choose = () => {
  const [, setSearch] = useSearchParams()
  return (
    <Page title="提出开放" crumbs={[CRUMB, { title: '选择资源' }]} sub={SUB}>
      <Panel title="开放哪个资源">
        <OwnResourceSelect onChoose={(resource) => setSearch({ resource })} />
      </Panel>
    </Page>
  )
}

interface Part {
  readonly resource: catalog.ResourceDetail
  readonly draft: ProposalDraft
  readonly onChange: (change: Partial<ProposalDraft>) => void
}

interface LackingProps extends Omit<Part, 'resource'> {
  readonly chosen: catalog.ResourceDetail['content']['items']
  readonly edition: EditionDetail
}

const Items = ({ resource: { content }, draft, onChange }: Part) => (
  <Panel title="一、可以公开的信息项">
    <Checkbox.Group
      style={{ display: 'grid', gap: '.4rem', gridTemplateColumns: 'repeat(auto-fill, minmax(15rem, 1fr))' }}
      value={[...draft.item_ids]}
      onChange={(item_ids) => onChange({ item_ids: item_ids.map(String) })}
      options={content.items.map((item) => {
        const reason = closedReason(item)
        return {
          value: item.item_id,
          label: reason ? `${item.name}（${reason}）` : item.name,
          disabled: reason !== null,
        }
      })}
    />
  </Panel>
)

/** Items that are to be open and of which the rows have nothing: the server would refuse them one by one. */
const Lacking = ({ chosen, edition, draft, onChange }: LackingProps) => {
  const staged = new Set(edition.columns.map(({ name }) => name))
  const lost = chosen.filter(
    ({ item_id, name_en }) => !staged.has(name_en ?? '') && draft.columns[item_id]?.shaping !== 'remove',
  )
  if (lost.length === 0) return null
  const gone = new Set(lost.map(({ item_id }) => item_id))
  return (
    <Alert
      type="warning"
      showIcon
      title={`数据中没有这些列：${lost.map(({ name }) => name).join('、')}`}
      description="要开放它们，须换一份有这些列的数据；否则不选这几项。"
      action={
        <Button size="small" onClick={() => onChange({ item_ids: draft.item_ids.filter((id) => !gone.has(id)) })}>
          不开放这几项
        </Button>
      }
    />
  )
}

interface RowsProps extends Part {
  /** Rows are out already, and stay so where none are sent. */
  readonly keepsRows: boolean
}

const Rows = ({ resource, draft, onChange, keepsRows }: RowsProps) => {
  const { today } = useSession()
  const id = draft.edition_id
  const query = useQuery({
    queryKey: ['opendata', 'edition', id],
    queryFn: () => call(opendata.getEdition, { params: { id: id! } }),
    enabled: id !== undefined,
    refetchInterval: ({ state: { data } }) => (isMoving(data?.state) ? 1500 : false),
  })
  const chosen = resource.content.items.filter(({ item_id }) => draft.item_ids.includes(item_id))
  const usable = query.data?.state === 'staged' ? query.data : undefined
  return (
    <Panel title="二、数据">
      {(!query.data || query.data.state === 'refused' || query.data.state === 'discarded') && (
        <>
          <EditionStaged resource_id={resource.resource_id} onTake={(edition_id) => onChange({ edition_id })} />
          <p className="sub">
            {keepsRows ? '只改说明的，不必上传：已经开放的数据照旧。' : '上传文件；也可以先不上传，只开放说明。'}
          </p>
          <EditionSend
            resource_id={resource.resource_id}
            label={id ? '改正后重新上传' : '上传并读取'}
            waits
            today={today}
            onSent={(edition_id) => onChange({ edition_id })}
          />
        </>
      )}
      {id !== undefined && <Loaded query={query}>{(edition) => <EditionView edition={edition} />}</Loaded>}
      {usable && <Lacking chosen={chosen} edition={usable} draft={draft} onChange={onChange} />}
      {usable && (
        <ProposalColumns
          items={chosen}
          columns={draft.columns}
          onChange={(item_id, column) => onChange({ columns: { ...draft.columns, [item_id]: column } })}
        />
      )}
      {usable && resource.content.open_type === 'conditional' && (
        <p>
          <Checkbox
            checked={draft.shows_sample === true}
            onChange={({ target }) => onChange({ shows_sample: target.checked })}
          >
            申请页上先给公众看前五行（去标识之后的样子）
          </Checkbox>
        </p>
      )}
      {id !== undefined && !isMoving(query.data?.state) && (
        <Button onClick={() => onChange({ edition_id: undefined })}>换一份数据</Button>
      )}
    </Panel>
  )
}

const bodyOf = (
  { resource_id }: catalog.ResourceDetail,
  { item_ids, edition_id, columns, words, shows_sample }: ProposalDraft,
) => ({
  ...{ resource_id, item_ids: [...item_ids], title: words.title!, summary: words.summary!, contact: words.contact! },
  ...(shows_sample ? { shows_sample } : {}),
  ...{ licence: words.licence!, theme_code: words.theme_code, keywords: [...(words.keywords ?? [])] },
  ...(edition_id && {
    rows: {
      edition_id,
      columns: item_ids.flatMap((item_id) => (columns[item_id] ? [{ item_id, ...columns[item_id] }] : [])),
    },
  }),
})

interface ProposeProps {
  readonly resource: catalog.ResourceDetail
  readonly last: Release | undefined
  readonly keepsRows: boolean
}

const Propose = ({ resource, last, keepsRows }: ProposeProps) => {
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<ProposalDraft['words']>()
  const { draft, setDraft, forget } = useProposalDraft(
    resource.resource_id,
    last ? draftAfter(resource, last) : emptyDraft(resource),
  )
  const onChange = (change: Partial<ProposalDraft>) => setDraft((before) => ({ ...before, ...change }))
  const send = useMutation({
    mutationFn: () => call(opendata.proposeRelease, { body: bodyOf(resource, draft) }),
    onSuccess: async ({ release_id }) => {
      forget()
      await client.invalidateQueries({ queryKey: ['opendata'] })
      navigate(`/opendata/releases/${release_id}`)
    },
    onError: (error) => showFaults(form, error),
  })
  const isClosed = resource.content.open_type !== 'unconditional' && resource.content.open_type !== 'conditional'
  const part = { resource, draft, onChange }
  return (
    <Page title="提出开放" crumbs={[CRUMB, { title: resource.content.name }]} sub={SUB}>
      {last && <Alert type="info" showIcon title={`已按第 ${last.release_no} 次发布填好，改动之处请逐项核对。`} />}
      {isClosed && <Alert type="warning" showIcon title="目录中这个资源标为不予开放，须先修订目录。" role="alert" />}
      <Items {...part} />
      <Rows {...part} keepsRows={keepsRows} />
      <Panel title="三、给公众的说明">
        <ProposalWords
          form={form}
          first={draft.words}
          onChange={(words) => onChange({ words })}
          onSend={() => send.mutate()}
        />
      </Panel>
      {send.isError && <ErrorAlert error={send.error} />}
      <Button
        type="primary"
        disabled={isClosed || draft.item_ids.length === 0}
        loading={send.isPending}
        onClick={() => form.submit()}
      >
        提交保密审查
      </Button>
    </Page>
  )
}

/** Opening a dataset: what, with which rows, shaped how, in which words; a second person decides (T4.2). */
export const ReleaseNewPage = () => {
  const [search] = useSearchParams()
  const id = search.get('resource')
  const query = useQuery({
    queryKey: ['opendata', 'proposal', id],
    queryFn: async () => {
      const [resource, { rows }] = await Promise.all([
        call(catalog.getResource, { params: { id: id! }, query: { copy: 'published' } }),
        call(opendata.listReleases, { query: { resource_id: id!, limit: 20 } }),
      ])
      const keepsRows = rows.some(({ state, content }) => state === 'released' && content.rows !== undefined)
      return { resource, last: rows[0], keepsRows }
    },
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
    // A draft begins with what was proposed last, never with what was read before that.
    gcTime: 0,
  })
  if (id === null) return <Choose />
  return <Loaded query={query}>{(of) => <Propose key={id} {...of} />}</Loaded>
}
