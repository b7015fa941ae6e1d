import type { SiteColumn } from '@sanjiang/contract/site'
import type { DatasetApiView } from '@sanjiang/contract/site.dataset'
import { Code } from '../scroll.tsx'
import { DatasetFrame } from './top.tsx'

interface Call {
  readonly title: string
  readonly url: string
}

/** Calls that work as they stand, made from the fields this dataset has. */
const callsFor = (base: string, columns: readonly SiteColumn[]): Call[] => {
  const [first] = columns
  const rows = `${base}/rows`
  const measure = columns.find(({ role }) => role === 'measure')
  const category = columns.find(({ role }) => role === 'category')
  return [
    { title: '前十行', url: `${rows}?limit=10` },
    ...(first && measure
      ? [{ title: '选列、排序', url: `${rows}?select=${first.name},${measure.name}&sort=-${measure.name}&limit=10` }]
      : []),
    ...(measure ? [{ title: '筛选', url: `${rows}?${measure.name}__ge=100` }] : []),
    ...(measure && category
      ? [{ title: '按类汇总', url: `${base}/aggregate?group=${category.name}&measure=${measure.name}__sum` }]
      : []),
  ]
}

const Rows = ({ view }: { readonly view: DatasetApiView }) => {
  const { top, origin, columns, example } = view
  const base = `${origin}/api/v1/datasets/${encodeURIComponent(top.content.slug)}`
  const key = top.is_free ? '' : " -H 'Authorization: Bearer 您的密钥'"
  return (
    <>
      <p>
        {top.is_free
          ? '不用登录，不用申请密钥，照抄下面的命令就能用。'
          : '有条件开放的数据集要带密钥，密钥在申请通过后取得。'}
      </p>
      {callsFor(base, columns).map(({ title, url }) => (
        <div key={title}>
          <h3>{title}</h3>
          <Code text={`curl${key} '${url}'`} label={`${title}的命令`} />
        </div>
      ))}
      {example && (
        <>
          <h3>行的样子</h3>
          <Code text={example} label="头两行" />
        </>
      )}
    </>
  )
}

/** How to read the rows by program: commands first, words after. */
export const ApiPage = (view: DatasetApiView) => {
  const { top, origin, dataset_id } = view
  const slug = encodeURIComponent(top.content.slug)
  return (
    <DatasetFrame top={top} tab="api">
      <h2>接口</h2>
      {view.columns.length === 0 ? <p>数据送出后，这里有读取每一行的接口。</p> : <Rows view={view} />}
      <h3>还有</h3>
      <ul>
        <li>
          <a href={`/api/v1/datasets/${slug}/openapi.json`}>OpenAPI 说明</a>：每个参数、每种错误
        </li>
        <li>
          CKAN 兼容：<code>{`${origin}/api/3/action/package_show?id=${dataset_id}`}</code>
        </li>
        {top.has_places && (
          <li>
            地理要素（OGC API Features）：<code>{`${origin}/ogc/collections/${slug}/items`}</code>
          </li>
        )}
        <li>限额：同一网络地址每分钟 120 次，答复头里写明还剩几次；一次最多 10,000 行，更多请下载文件。</li>
        <li>
          <a href="/developers">开发者页</a>：Python、R、JavaScript 的写法
        </li>
      </ul>
    </DatasetFrame>
  )
}
