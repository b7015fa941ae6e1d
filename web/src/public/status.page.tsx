import type { SiteView } from '@sanjiang/contract/site'
import { ErrorSummary, Field, LookAgain, SendForm } from './form.tsx'
import { clockWords, Prose } from './thread.tsx'

type Sent = Extract<SiteView, { page: 'sent' }>
type StatusForm = Extract<SiteView, { page: 'status_form' }>
type Status = Extract<SiteView, { page: 'status' }>

export const SentPage = ({ title, number, code, days, back }: Sent) => (
  <article>
    <h1>{title}</h1>
    <dl className="facts receipt">
      <dt>编号</dt>
      <dd>{number}</dd>
      <dt>查询码</dt>
      <dd>{code}</dd>
    </dl>
    <p className="notice">
      请现在记下或打印这一页：查询码只显示这一次，我们也没有办法找回。谁有编号和查询码，谁就能看到进度和答复。
    </p>
    {days !== null && <p>{days} 个工作日内答复，从明天起算。</p>}
    <p>
      <a href={`/status?number=${number}`}>查询进度</a>　<a href={back.href}>{back.title}</a>
    </p>
  </article>
)

export const StatusFormPage = ({ form }: StatusForm) => (
  <>
    <h1>查询进度</h1>
    <p>填提交后得到的编号和查询码，不用登录。</p>
    <ErrorSummary form={form} title="没有查到" />
    <SendForm action="/status" form={form} submit="查询">
      <Field form={form} name="number" title="编号" hint="如 GK20171205-7F3K2QXA" autoComplete="off" />
      <Field form={form} name="code" title="查询码" hint="十位，大小写不限" autoComplete="off" />
    </SendForm>
  </>
)

const SAID: Readonly<Record<Status['said'], string>> = {
  '': '',
  supplemented: '补充说明已收到，办理的工作人员会看到。',
  reopened: '已收到，将重新办理，时限重新起算。',
}

const Timeline = ({ standing }: Status) =>
  standing === null || standing.timeline.length === 0 ? null : (
    <>
      <h2>经过</h2>
      <ol className="timeline">
        {standing.timeline.map(({ on, title, text }) => (
          <li key={`${on} ${title} ${text}`}>
            <span className="meta">{on}</span> {title}
            {text && <Prose text={text} />}
          </li>
        ))}
      </ol>
    </>
  )

const Add = ({ view, verb }: { readonly view: Status; readonly verb: 'supplement' | 'reopen' }) => (
  <section aria-labelledby={verb}>
    <h2 id={verb}>{verb === 'reopen' ? '答复没有解决问题' : '补充说明'}</h2>
    {verb === 'reopen' && <p>可以申请重新办理一次，请写明哪里没有解决。</p>}
    <SendForm action={`/status/${verb}`} form={view.form} submit={verb === 'reopen' ? '申请重新办理' : '提交补充'}>
      <input type="hidden" name="number" value={view.number} />
      <input type="hidden" name="code" value={view.code} />
      <Field form={view.form} name="text" title="说明" rows={4} />
    </SendForm>
  </section>
)

export const StatusPage = (view: Status) => {
  const { number, kind, submitted_on, standing, clock, form, said } = view
  return (
    <article>
      <h1>{standing?.title || `${kind} ${number}`}</h1>
      {said !== '' && (
        <p className="notice" role="status">
          {SAID[said]}
        </p>
      )}
      <ErrorSummary form={form} />
      <dl className="facts">
        <dt>编号</dt>
        <dd>
          {number}（{kind}）
        </dd>
        <dt>提交日期</dt>
        <dd>{submitted_on}</dd>
        <dt>状态</dt>
        <dd>{standing?.state_title ?? '已收到，正在转入办理，几秒后再看'}</dd>
        {standing?.organ_name && (
          <>
            <dt>办理部门</dt>
            <dd>{standing.organ_name}</dd>
          </>
        )}
        {clock && (
          <>
            <dt>时限</dt>
            <dd>{clockWords(clock)}</dd>
          </>
        )}
      </dl>
      <LookAgain form={form} number={number} code={view.code} />
      {standing?.answer && (
        <>
          <h2>答复</h2>
          <div className="answer">
            <p className="meta">{standing.answered_on}</p>
            <Prose text={standing.answer} />
          </div>
        </>
      )}
      <Timeline {...view} />
      {said === '' && standing?.can.includes('reopen') && <Add view={view} verb="reopen" />}
      {said === '' && !standing?.can.includes('reopen') && standing?.can.includes('supplement') && (
        <Add view={view} verb="supplement" />
      )}
    </article>
  )
}
