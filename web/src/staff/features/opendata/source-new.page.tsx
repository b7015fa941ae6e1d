import { opendata } from '@sanjiang/contract'
import { bindRowSource, type SourceChoice } from '@sanjiang/contract/opendata'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OwnResourceSelect } from '../../own-resource-select.tsx'

const CRUMB = { title: '自动供数', to: '/opendata/sources' }
const HOURS = { default: 24, most: 744 }

interface Choices {
  readonly resource_name: string
  readonly offices: readonly string[]
  readonly choices: readonly SourceChoice[]
}

/** Nothing to follow yet: whose turn it is and what he has to do. */
const Steps = ({ resource, offices }: { readonly resource: string; readonly offices: readonly string[] }) => (
  <>
    <p>这个资源还没有可以跟随的订阅。依次须：</p>
    <ol className="prose">
      <li>
        开放门户主管单位（{offices.join('、') || '尚未设置'}）的数据使用员申请
        <Link to={`/catalog/resources/${resource}`}>这个资源</Link>的库表授权，由本部门答复；
      </li>
      <li>
        主管单位凭授权订阅，目标选开放暂存库 <span className="mono">load</span> 模式中的表，如{' '}
        <span className="mono">load.company</span>；
      </li>
      <li>回到这里，选中那个订阅。</li>
    </ol>
    <p>
      等不及的，可以先<Link to={`/opendata/releases/new?resource=${resource}`}>上传文件提出开放</Link>。
    </p>
  </>
)

const columnsOf = (follow: (id: string) => void, isBusy: boolean): readonly Column<SourceChoice>[] => [
  {
    title: '订阅',
    kind: 'lead',
    render: (one) => <Link to={`/exchange/subscriptions/${one.subscription_id}`}>{one.consumer_name}</Link>,
  },
  { title: '目标', kind: 'fix', render: (one) => <span className="mono">{one.target ?? '—'}</span> },
  {
    title: '最近签收',
    kind: 'fix',
    render: (one) => (one.last_accepted_at ? timeText(one.last_accepted_at) : <span className="muted">还没有</span>),
  },
  {
    title: '可否跟随',
    render: (one) =>
      one.refusal === null ? (
        <Button type="primary" size="small" loading={isBusy} onClick={() => follow(one.subscription_id)}>
          跟随这个订阅
        </Button>
      ) : (
        <span className="muted">不能：{one.refusal}</span>
      ),
  },
]

const Choose = ({ resource, of: { offices, choices } }: { readonly resource: string; readonly of: Choices }) => {
  const navigate = useNavigate()
  const client = useQueryClient()
  const [hours, setHours] = useState(HOURS.default)
  const bind = useMutation({
    mutationFn: (subscription_id: string) =>
      call(bindRowSource, { params: { id: resource }, body: { subscription_id, every_hours: hours } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['opendata'] })
      navigate('/opendata/sources')
    },
  })
  const isAble = choices.some(({ refusal }) => refusal === null)
  return (
    <>
      {!isAble && <Steps resource={resource} offices={offices} />}
      {isAble && (
        <p className="row">
          <label htmlFor="every-hours">两版之间至少隔</label>
          <InputNumber
            id="every-hours"
            min={1}
            max={HOURS.most}
            precision={0}
            value={hours}
            onChange={(value) => setHours(value ?? HOURS.default)}
          />
          小时
        </p>
      )}
      {choices.length > 0 && (
        <Listing
          caption="这个资源的订阅"
          rows={choices}
          columns={columnsOf((id) => bind.mutate(id), bind.isPending)}
          rowKey={({ subscription_id }) => subscription_id}
        />
      )}
      {bind.isError && <ErrorAlert error={bind.error} />}
    </>
  )
}

const Resource = ({ id }: { readonly id: string }) => {
  const query = useQuery({
    queryKey: ['opendata', 'source-choices', id],
    queryFn: () => call(opendata.listSourceChoices, { params: { id } }),
  })
  return (
    <Panel
      title={query.data ? `《${query.data.resource_name}》跟随哪个订阅` : '跟随哪个订阅'}
      extra={<Link to="/opendata/sources/new">换一个资源</Link>}
    >
      <Loaded query={query}>{(of) => <Choose key={id} resource={id} of={of} />}</Loaded>
    </Panel>
  )
}

/** Which subscription brings the rows of a dataset from now on. */
export const SourceNewPage = () => {
  const [search, setSearch] = useSearchParams()
  const resource = search.get('resource')
  return (
    <Page
      title="指定供数的订阅"
      crumbs={[CRUMB, { title: '指定供数的订阅' }]}
      sub="此后订阅签收的数据有变，就成为数据集新的一版。首次的一版仍须提出开放，由两人审查。"
    >
      {resource === null ? (
        <Panel title="给哪个资源供数">
          <OwnResourceSelect onChoose={(id) => setSearch({ resource: id })} />
        </Panel>
      ) : (
        <Resource id={resource} />
      )}
    </Page>
  )
}
