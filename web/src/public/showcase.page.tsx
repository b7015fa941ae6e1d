import { LINK_STATES, readShowcase, SHOWCASE_KINDS } from '@sanjiang/contract/opendata.showcase'
import type { SiteView } from '@sanjiang/contract/site'
import type { ReuseReport, SiteThread } from '@sanjiang/contract/site.intake'
import { Afterwards, Choice, ContactFields, ErrorSummary, Field, SendForm } from './form.tsx'
import { Prose, ThreadPages } from './thread.tsx'

type ShowcaseList = Extract<SiteView, { page: 'showcase' }>
type ShowcaseApp = Extract<SiteView, { page: 'showcase_app' }>
type ShowcaseForm = Extract<SiteView, { page: 'showcase_form' }>

interface AppProps {
  readonly thread: SiteThread
  readonly titles: Readonly<Record<string, string>>
}

const UsedDatasets = ({ thread, titles }: AppProps) => (
  <p>
    用到的数据：
    {readShowcase(thread.detail).datasets.map((slug, at) => (
      <span key={slug}>
        {at > 0 && '、'}
        {titles[slug] ? <a href={`/datasets/${slug}`}>{titles[slug]}</a> : `${slug}（已不开放）`}
      </span>
    ))}
  </p>
)

const LinkState = ({ thread }: Pick<AppProps, 'thread'>) => {
  const { url, link_state, checked_on } = readShowcase(thread.detail)
  return (
    <p>
      {link_state === 'broken' ? (
        <span className="fault">链接打不开</span>
      ) : (
        <a href={url} rel="external nofollow noopener">
          打开应用
        </a>
      )}
      <span className="meta">
        {' '}
        {LINK_STATES.titles[link_state]}
        {checked_on && link_state !== 'unknown' && `，${checked_on} 检查`}
      </span>
    </p>
  )
}

const factsOf = (thread: SiteThread): string => {
  const { kind, developer } = readShowcase(thread.detail)
  return `${SHOWCASE_KINDS.titles[kind as keyof typeof SHOWCASE_KINDS.titles]} · ${developer} · ${thread.received_on} 登记`
}

const AppCard = ({ thread, titles }: AppProps) => (
  <li className="card">
    <h2>
      <a href={`/showcase/${thread.number}`}>{thread.title}</a>
    </h2>
    <p className="meta">{factsOf(thread)}</p>
    <Prose text={thread.text} />
    <UsedDatasets thread={thread} titles={titles} />
    <LinkState thread={thread} />
  </li>
)

const Report = ({ apps, datasets, working, broken, checked_on, most_used, kinds }: ReuseReport) => (
  <section aria-labelledby="report">
    <h2 id="report">再利用情况</h2>
    <dl className="figures">
      {(
        [
          ['展示的应用', apps],
          ['用到的数据集', datasets],
          ['链接可访问', working],
          ['链接打不开', broken],
        ] as const
      ).map(([title, count]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
    <p className="meta">
      {kinds
        .map(
          ({ kind, apps: count }) => `${SHOWCASE_KINDS.titles[kind as keyof typeof SHOWCASE_KINDS.titles]} ${count} 个`,
        )
        .join('，')}
      。{checked_on ? `链接由系统每天检查，最近一次 ${checked_on}。` : '链接还没有检查过。'}
    </p>
    {most_used.length > 0 && (
      <table>
        <caption>用得最多的数据集</caption>
        <thead>
          <tr>
            <th scope="col">数据集</th>
            <th scope="col" className="number">
              应用数
            </th>
          </tr>
        </thead>
        <tbody>
          {most_used.map(({ slug, title, apps: count }) => (
            <tr key={slug}>
              <th scope="row">
                <a href={`/datasets/${slug}`}>{title}</a>
              </th>
              <td className="number">{count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)

export const ShowcasePage = (view: ShowcaseList) => (
  <>
    <h1>应用展示</h1>
    <p>用本站数据做成的应用，由开发者登记、省政府电子政务办公室审核后展示。内容由开发者负责。</p>
    <p>
      <a className="button" href="/showcase/new">
        登记我的应用
      </a>
    </p>
    {view.rows.length === 0 && <p>还没有登记的应用。</p>}
    <ul className="cards">
      {view.rows.map((thread) => (
        <AppCard key={thread.number} thread={thread} titles={view.titles} />
      ))}
    </ul>
    <ThreadPages part={view} path={(from) => (from > 0 ? `/showcase?from=${from}` : '/showcase')} />
    {view.report.apps > 0 && <Report {...view.report} />}
  </>
)

const SAID: Readonly<Record<ShowcaseApp['said'], string>> = {
  '': '',
  reported: '谢谢，已收到，系统会重新检查这个链接。',
}

export const ShowcaseAppPage = ({ thread, titles, form, said }: ShowcaseApp) => (
  <article>
    <h1>{thread.title}</h1>
    <p className="meta">{factsOf(thread)}</p>
    {said !== '' && (
      <p className="notice" role="status">
        {SAID[said]}
      </p>
    )}
    <ErrorSummary form={form} />
    <Prose text={thread.text} />
    <UsedDatasets thread={thread} titles={titles} />
    <LinkState thread={thread} />
    <SendForm action={`/showcase/${thread.number}/broken`} form={form} submit="报告链接打不开" className="send short" />
    <p>
      <a href="/showcase">全部应用</a>
    </p>
  </article>
)

export const ShowcaseFormPage = ({ days, form }: ShowcaseForm) => (
  <>
    <h1>登记我的应用</h1>
    <ErrorSummary form={form} />
    <SendForm action="/showcase/new" form={form} submit="提交登记">
      <Field form={form} name="title" title="应用名称" />
      <Field form={form} name="url" title="网址" hint="以 http:// 或 https:// 开头" type="url" />
      <Choice form={form} name="kind" title="种类" choices={SHOWCASE_KINDS.titles} />
      <Field form={form} name="developer" title="开发者" hint="会公开，可以写单位或笔名" />
      <Field form={form} name="text" title="它做什么" rows={4} />
      <Field
        form={form}
        name="datasets"
        title="用到的数据集"
        hint="每行一个，写数据集页面的地址或地址的最后一段"
        rows={3}
      />
      <ContactFields form={form} />
    </SendForm>
    <Afterwards days={days}>省政府电子政务办公室看应用能不能打开、是不是用了所说的数据，再展示。</Afterwards>
  </>
)
