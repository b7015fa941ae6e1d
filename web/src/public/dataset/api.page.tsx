import type { DatasetApiView } from '@sanjiang/contract/site.dataset'
import { Address, Code } from '../scroll.tsx'
import { DatasetFrame } from './top.tsx'

const Rows = ({ top, calls, example }: DatasetApiView) => (
  <>
    <p>
      {top.is_free
        ? '不用登录，不用申请密钥，照抄下面的命令就能用。'
        : '有条件开放：申请通过后取得密钥，换到命令里“您的密钥”的位置。'}
    </p>
    {calls.map(({ title, curl }) => (
      <div key={title}>
        <h3>{title}</h3>
        <Code text={curl} label={`${title}的命令`} />
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

/** How to read the rows by program: commands first, words after. */
export const ApiPage = (view: DatasetApiView) => {
  const { top, origin, dataset_id } = view
  const slug = encodeURIComponent(top.content.slug)
  return (
    <DatasetFrame top={top} tab="api">
      <h2>接口</h2>
      {view.calls.length === 0 ? <p>数据送出后，这里有读取每一行的接口。</p> : <Rows {...view} />}
      <h3>还有</h3>
      <ul>
        {view.calls.length > 0 && (
          <li>
            <a href={`/api/v1/datasets/${slug}/openapi.json`}>OpenAPI 说明</a>：每个参数、每种错误
          </li>
        )}
        <li>
          CKAN 兼容：
          <Address href={`${origin}/api/3/action/package_show?id=${dataset_id}`} />
        </li>
        {top.has_places && (
          <li>
            地理要素（OGC API Features）：
            <Address href={`${origin}/ogc/collections/${slug}/items`} />
          </li>
        )}
        <li>一次最多 10,000 行，更多请下载文件；每分钟用量写在答复头 RateLimit 里。</li>
        <li>
          <a href="/developers">开发者页</a>：Python、R、JavaScript 的写法
        </li>
      </ul>
    </DatasetFrame>
  )
}
