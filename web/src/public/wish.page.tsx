import type { SiteView } from '@sanjiang/contract/site'
import type { DatasetName, SiteThread } from '@sanjiang/contract/site.intake'
import { Afterwards, ContactFields, ErrorSummary, Field, SendForm } from './form.tsx'
import { Answer, Prose, stateWords, ThreadPages } from './thread.tsx'

type Wishes = Extract<SiteView, { page: 'wishes' }>
type Wish = Extract<SiteView, { page: 'wish' }>
type WishForm = Extract<SiteView, { page: 'wish_form' }>

const WishCard = (thread: SiteThread) => (
  <li className="card">
    <h3>
      <a href={`/wishes/${thread.number}`}>{thread.title}</a>
    </h3>
    <p className="meta">
      {thread.support_count} 次附议 · {thread.received_on} 提出 · {thread.organ_name ?? '正在确定办理部门'} ·{' '}
      {stateWords(thread)}
    </p>
  </li>
)

const OpenAlready = ({ open }: { readonly open: readonly DatasetName[] }) =>
  open.length === 0 ? null : (
    <section aria-labelledby="open">
      <h2 id="open">已经开放的数据里有相近的</h2>
      <ul>
        {open.map(({ slug, title, organ_name }) => (
          <li key={slug}>
            <a href={`/datasets/${slug}`}>{title}</a>（{organ_name}）
          </li>
        ))}
      </ul>
    </section>
  )

const listPath = (q: string, from: number): string => {
  const params = new URLSearchParams()
  if (q) params.set('q', q)
  if (from > 0) params.set('from', String(from))
  return params.size > 0 ? `/wishes?${params}` : '/wishes'
}

const NewWish = ({ q }: { readonly q: string }) => (
  <p>
    <a className="button" href={q ? `/wishes/new?${new URLSearchParams({ q })}` : '/wishes/new'}>
      {q ? `提出“${q}”的需求` : '提出新的需求'}
    </a>
  </p>
)

export const WishesPage = (view: Wishes) => {
  const { q, rows, total, open } = view
  return (
    <>
      <h1>未开放数据的需求</h1>
      <p>想用的数据还没有开放？先查一查有没有人提过：附议同一件，比重复提出更有用。</p>
      <form action="/wishes" method="get" className="search" aria-label="查找需求">
        <label htmlFor="wish-q">想要什么数据</label>
        <input id="wish-q" name="q" type="search" defaultValue={q} maxLength={100} />
        <button type="submit">查找</button>
      </form>
      <OpenAlready open={open} />
      <section aria-labelledby="list">
        <h2 id="list">{q ? `与“${q}”相近的需求` : '已经提出的需求'}</h2>
        {total === 0 && <p>{q ? '还没有人提过相近的需求。' : '还没有公开的需求。'}</p>}
        <ul className="cards">
          {rows.map((thread) => (
            <WishCard key={thread.number} {...thread} />
          ))}
        </ul>
        <ThreadPages part={view} path={(from) => listPath(q, from)} />
      </section>
      <NewWish q={q} />
    </>
  )
}

const SAID: Readonly<Record<Wish['said'], string>> = {
  '': '',
  supported: '已记下您的附议，几秒后计入。',
  supported_today: '您所在的网络地址今天已经附议过这一件，没有重复计数。',
}

const Plan = ({ detail: { planned_on, opened_slug } }: SiteThread) => (
  <>
    {typeof planned_on === 'string' && <p>计划开放日期：{planned_on}</p>}
    {typeof opened_slug === 'string' && (
      <p>
        <a href={`/datasets/${opened_slug}`}>查看已开放的数据集</a>
      </p>
    )}
  </>
)

export const WishPage = ({ thread, form, said }: Wish) => (
  <article>
    <h1>{thread.title}</h1>
    <p className="meta">
      {thread.number} · {thread.received_on} 提出 · {thread.organ_name ?? '正在确定办理部门'} · {stateWords(thread)}
    </p>
    {said !== '' && (
      <p className="notice" role="status">
        {SAID[said]}
      </p>
    )}
    <ErrorSummary form={form} />
    <Prose text={thread.text} />
    {thread.answer !== null && <h2>答复</h2>}
    <Answer {...thread} />
    <Plan {...thread} />
    <h2>附议</h2>
    <p>
      {thread.support_count}{' '}
      次附议。同一网络地址每天只计一次，所以这不是人数，只表示大致有多少人也想要；它不决定开不开放。
    </p>
    <SendForm action={`/wishes/${thread.number}/support`} form={form} submit="我也想要" className="send short" />
    <p>
      <a href="/wishes">全部需求</a>
    </p>
  </article>
)

export const WishFormPage = ({ days, form, similar, open }: WishForm) => (
  <>
    <h1>提出未开放数据的需求</h1>
    <ErrorSummary form={form} />
    <OpenAlready open={open} />
    {similar.length > 0 && (
      <section aria-labelledby="similar">
        <h2 id="similar">有人提过相近的，附议即可</h2>
        <ul className="cards">
          {similar.map((thread) => (
            <WishCard key={thread.number} {...thread} />
          ))}
        </ul>
      </section>
    )}
    <SendForm action="/wishes/new" form={form} submit="提交需求">
      <Field form={form} name="title" title="想要什么数据" hint="一句话，如“各县公交站点位置”" />
      <Field form={form} name="text" title="具体说明" hint="要哪些内容、哪个地区、多久更新一次" rows={5} />
      <Field form={form} name="purpose" title="用来做什么" hint="写清用途，便于部门判断能开放到什么程度" rows={3} />
      <Field form={form} name="organ" title="可能在哪个部门" isOptional />
      <ContactFields form={form} />
    </SendForm>
    <Afterwards days={days}>省政府电子政务办公室转给掌握数据的部门。</Afterwards>
  </>
)
