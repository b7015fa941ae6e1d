import type { DevelopersView } from '@sanjiang/contract/site.about'
import { Address, Code, Scroll } from '../scroll.tsx'
import { checkSnippet, ckanSnippets, snippetsFor } from './snippets.ts'

const CKAN: readonly (readonly [action: string, text: string])[] = [
  ['package_list · package_search · package_show', '列出、检索、读取数据集；q、fq、facet、rows、start、sort'],
  ['resource_show', '读取一个文件的信息'],
  ['datastore_search', '读取行；filters、q、limit、offset、fields、sort'],
  ['organization_list · organization_show', '部门'],
  ['group_list · group_show', '主题'],
  ['tag_list · license_list · status_show', '标签、许可、状态'],
]

const Ckan = ({ origin }: { readonly origin: string }) => (
  <section aria-labelledby="ckan">
    <h2 id="ckan">CKAN 兼容接口</h2>
    <p>
      已有的 CKAN 客户端（ckanapi、ckanr 等）把地址改成 <code>{origin}</code> 就能用；GET 和 POST 都可以，出错时用 CKAN
      的信封。
    </p>
    <Scroll label="CKAN 动作表，可左右滚动">
      <table>
        <thead>
          <tr>
            <th scope="col">动作</th>
            <th scope="col">用途与参数</th>
          </tr>
        </thead>
        <tbody>
          {CKAN.map(([action, text]) => (
            <tr key={action}>
              <th scope="row">
                <code>{action}</code>
              </th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
    {ckanSnippets(origin).map(([language, text]) => (
      <div key={language}>
        <h3>{language}</h3>
        <Code text={text} label={`用 ${language} 检索 CKAN`} />
      </div>
    ))}
  </section>
)

const Start = ({ origin, example }: Pick<DevelopersView, 'origin' | 'example'>) => (
  <section aria-labelledby="start">
    <h2 id="start">一分钟开始</h2>
    {example ? (
      <>
        <p>
          下面读取“<a href={`/datasets/${example.slug}`}>{example.title}</a>
          ”，不用密钥，照抄即可。换成别的数据集，只改地址里的代码。
        </p>
        {snippetsFor(origin, example.slug).map(([language, text]) => (
          <div key={language}>
            <h3>{language}</h3>
            <Code text={text} label={`${language} 的写法`} />
          </div>
        ))}
        {example.has_csv && (
          <>
            <h3>下载整份文件并核对</h3>
            <p>
              latest 地址永远指向最新一版；中断了再运行第一行会接着下载。后两行得到的值应当相同，答复头 Repr-Digest
              里也有（Base64）。
            </p>
            <Code text={checkSnippet(origin, example.slug)} label="下载并核对的命令" />
          </>
        )}
      </>
    ) : (
      <p>目前还没有开放了数据行的数据集；开放后这里有照抄就能用的命令。</p>
    )}
  </section>
)

const Catalogue = ({ origin }: { readonly origin: string }) => (
  <section aria-labelledby="dcat">
    <h2 id="dcat">目录、地理、订阅</h2>
    <ul>
      <li>
        DCAT 3 目录：
        <Address href={`${origin}/dcat/catalog.jsonld`} />、
        <Address href={`${origin}/dcat/catalog.ttl`} />
        ，分页，标识永久不变
      </li>
      <li>
        地理数据：OGC API Features，
        <Address href={`${origin}/ogc`} />
        ，坐标 CGCS2000，<a href="/ogc/api">OpenAPI 说明</a>
      </li>
      <li>
        更新订阅：
        <Address href={`${origin}/feed.atom`} />
        ；站点地图：
        <Address href={`${origin}/sitemap.xml`} />
      </li>
      <li>
        每个数据集另有 <code>/datasets/代码/datapackage.json</code>（Data Package）和{' '}
        <code>/datasets/代码/csvw.json</code>（CSV on the Web）；页面内嵌 schema.org，供搜索引擎识别
      </li>
      <li>
        平台统计：<a href="/statistics.json">JSON</a>、<a href="/statistics.csv">CSV</a>
      </li>
    </ul>
  </section>
)

const Manners = ({ per_minute }: Pick<DevelopersView, 'per_minute'>) => (
  <section aria-labelledby="limits">
    <h2 id="limits">限额、出错与状态</h2>
    <ul className="reading">
      <li>一次最多 10,000 行；要全部数据请下载文件，文件支持断点续传和 ETag。</li>
      <li>
        {per_minute > 0
          ? `每个网络地址每分钟 ${per_minute} 个用量，一次最多连用一半：页面和接口每次计 1，检索和查行计 2，每 MiB 再计 1。答复头 RateLimit 写明还剩多少；用完答复 429，请按 Retry-After 写明的秒数等待。`
          : '目前不限用量；限的时候答复头 RateLimit 写明还剩多少，用完答复 429，请按 Retry-After 写明的秒数等待。'}
      </li>
      <li>出错时答复 application/problem+json（RFC 9457）：code 供程序判断，detail 供人看，field 指出哪个参数。</li>
      <li>
        运行状态：<a href="/readyz">/readyz</a> 答复 200 即可用。
      </li>
      <li>数据库维护时答复 503 和 Retry-After，程序应等待后重试，不必报错。</li>
      <li>
        地址里的汉字要按 UTF-8 百分号编码；用 curl 时写 <code>-G --data-urlencode</code>，它会替您编码。
      </li>
      <li>文字一律 UTF-8，日期 ISO 8601，坐标 CGCS2000 经纬度。</li>
    </ul>
  </section>
)

const Changes = () => (
  <section aria-labelledby="changes">
    <h2 id="changes">接口变更</h2>
    <p className="reading">
      只增不改：地址、字段的含义和错误码不变，可能增加新的字段，程序应忽略不认识的字段。不得不改时用新的版本号（/api/v2），旧的至少保留一年。
    </p>
    <dl className="facts">
      <dt>2026-11</dt>
      <dd>首次发布：行接口 /api/v1、CKAN 兼容接口、DCAT 目录、平台统计。</dd>
    </dl>
  </section>
)

export const DevelopersPage = ({ origin, example, per_minute }: DevelopersView) => (
  <>
    <h1>开发者</h1>
    <p className="lead">不用注册，不用密钥。每个数据集的“接口”页有它自己的命令和 OpenAPI 说明。</p>
    <Start origin={origin} example={example} />
    <Ckan origin={origin} />
    <Catalogue origin={origin} />
    <Manners per_minute={per_minute} />
    <Changes />
  </>
)
