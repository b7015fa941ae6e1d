import { MISSING_PARTS } from '@sanjiang/contract/opendata.application'
import type { SiteView } from '@sanjiang/contract/site'
import type { ReactNode } from 'react'
import { ErrorSummary, Field, LookAgain, SendForm } from '../form.tsx'
import { clockWords, Prose } from '../thread.tsx'
import { CheckOne } from './choices.tsx'

type View = Extract<SiteView, { page: 'application' }>
type Verb = 'mend' | 'agreement' | 'rekey' | 'appeal'

const SAID: Readonly<Record<View['said'], string>> = {
  '': '',
  mended: '补正已收到，办理时限继续计算。',
  signed: '协议已确认，密钥几秒后生效。',
  signed_before: '协议已经确认过，密钥那时已经显示，不再显示第二次。没有记下的，可以更换密钥。',
  rekeyed_before: '密钥已经换过，新密钥那时已经显示，不再显示第二次。没有记下的，可以再换一次。',
  rekeyed: '新密钥几秒后生效，原密钥随即失效。',
  appealed: '申诉已收到，由省政府电子政务办公室处理，二十个工作日内答复。',
}

const Key = ({ value, view }: { readonly value: string; readonly view: View }) => (
  <section className="key" aria-labelledby="key">
    <h2 id="key">密钥（只显示这一次）</h2>
    <p>
      <code>{value}</code>
    </p>
    <p className="notice">请现在复制保存。平台只存它的摘要，没有办法找回；不要转借，不要写进公开的网页和代码。</p>
    <p>程序读取：</p>
    <pre>{`curl -H "Authorization: Bearer ${value}" ${view.origin}/datasets/${view.detail.slug}/latest.csv`}</pre>
  </section>
)

interface ActProps {
  readonly view: View
  readonly verb: Verb
  readonly title: string
  readonly submit: string
  readonly children: ReactNode
}

const Act = ({ view, verb, title, submit, children }: ActProps) => (
  <section aria-labelledby={`act-${verb}`}>
    <h2 id={`act-${verb}`}>{title}</h2>
    <SendForm action={`/status/${verb}`} form={view.form} submit={submit}>
      <input type="hidden" name="number" value={view.number} />
      <input type="hidden" name="code" value={view.code} />
      {children}
    </SendForm>
  </section>
)

const Mend = ({ view }: { readonly view: View }) => (
  <Act view={view} verb="mend" title="需要补正" submit="提交补正">
    <p>请在 {view.detail.until} 前一次补齐，等您的时间不计入办理时间。</p>
    {view.detail.asked.map(({ code, text }) => (
      <Field
        key={code}
        form={view.form}
        name={code}
        title={MISSING_PARTS.titles[code as 'purpose']}
        hint={text}
        rows={3}
      />
    ))}
  </Act>
)

const Agreement = ({ view }: { readonly view: View }) => {
  const { agreement, until } = view.detail
  if (!agreement) return null
  return (
    <Act view={view} verb="agreement" title="确认使用协议" submit="确认协议，取得密钥">
      <p>请在 {until} 前确认。确认即签订，以确认时刻和全文摘要为凭。</p>
      <div className="answer">
        <Prose text={agreement.text} />
      </div>
      <p className="meta">全文 SHA-256：{agreement.digest}</p>
      <input type="hidden" name="digest" value={agreement.digest} />
      <CheckOne form={view.form} name="agree" value="yes" title="我已阅读并同意以上协议" />
    </Act>
  )
}

const Rekey = ({ view }: { readonly view: View }) => (
  <Act view={view} verb="rekey" title="更换密钥" submit="更换密钥">
    <p>密钥丢失，或可能被他人知道时使用。</p>
    <CheckOne form={view.form} name="sure" value="yes" title="换一把新的，原密钥随即失效" />
  </Act>
)

const Appeal = ({ view }: { readonly view: View }) => (
  <Act view={view} verb="appeal" title="申诉" submit="提交申诉">
    <p>
      对不予开放的决定不服，可以在 {view.detail.until} 前申诉一次，由省政府电子政务办公室处理，不由作出决定的部门处理。
    </p>
    <Field form={view.form} name="text" title="理由" rows={5} />
  </Act>
)

const ACTS: readonly (readonly [Verb, (props: { readonly view: View }) => ReactNode])[] = [
  ['mend', Mend],
  ['agreement', Agreement],
  ['appeal', Appeal],
  ['rekey', Rekey],
]

const Files = ({ files, detail }: View) => (
  <section aria-labelledby="files">
    <h2 id="files">下载</h2>
    {files.length === 0 && <p>文件正在生成。也可以用接口读取：/api/v1/datasets/{detail.slug}/rows。</p>}
    {files.length > 0 && (
      <form action={files[0]!.href} method="post" className="send short">
        <div className="field">
          <label htmlFor="key-field">密钥</label>
          <p className="meta" id="key-hint">
            确认协议时显示的 32 位字母和数字；没有记下的，在下面更换一把。
          </p>
          <input
            id="key-field"
            name="key"
            type="password"
            autoComplete="off"
            minLength={32}
            maxLength={32}
            aria-describedby="key-hint"
            required
          />
        </div>
        <div className="more-ways">
          {files.map(({ title, href }) => (
            <button key={href} type="submit" formAction={href}>
              下载 {title}
            </button>
          ))}
        </div>
      </form>
    )}
  </section>
)

const sizeOf = (bytes: number): string =>
  bytes < 100_000 ? `${bytes} 字节` : `${(bytes / 1_000_000).toFixed(1)} 兆字节`

const Usage = ({ detail: { usage } }: View) => (
  <section aria-labelledby="usage">
    <h2 id="usage">用量</h2>
    {usage.length === 0 ? (
      <p>还没有读取过。</p>
    ) : (
      <table>
        <caption>最近三十天，每次读取都有记录</caption>
        <thead>
          <tr>
            <th scope="col">日期</th>
            <th scope="col">次数</th>
            <th scope="col">数据量</th>
          </tr>
        </thead>
        <tbody>
          {usage.map(({ on, requests, bytes }) => (
            <tr key={on}>
              <th scope="row">{on}</th>
              <td>{requests}</td>
              <td>{sizeOf(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)

/** What the applicant waits for, or is waited for with. */
const NEXT: Readonly<Partial<Record<string, string>>> = {
  received: '五个工作日内受理；缺材料的，会一次告知全部内容，请到时来这里查看。',
  incomplete: '等您补正：在下面一次补齐后提交，办理时限继续计算。',
  accepted: '正在审查；一人经办、另一人批准后答复。',
  proposed: '已有经办意见，等另一人批准后答复。',
  agreement: '已同意：在下面确认使用协议，当场得到密钥。',
  active: '凭密钥下载文件，或用接口读取。',
  refused: '理由见下；不服的可以申诉一次。',
  appealed: '省政府电子政务办公室正在处理申诉，二十个工作日内答复。',
  expired: '期限已满，密钥不再有效。',
  revoked: '许可已收回，密钥不再有效，理由见下面的经过。',
  lapsed: '没有按期补正或确认，申请已终止。',
  closed: '申请不再办理，理由见下；不需要您做什么。',
}

const Next = ({ standing: { state, can }, detail: { slug }, may_apply, said }: View) => {
  const isOver = may_apply && ['expired', 'revoked', 'lapsed', 'upheld'].includes(state)
  const text = state === 'refused' && !can.includes('appeal') ? '理由见下。' : NEXT[state]
  if (said !== '' || !(text || isOver)) return null
  return (
    <p>
      {text} {isOver && <a href={`/apply/${encodeURIComponent(slug)}`}>还要用的，请重新申请</a>}
    </p>
  )
}

const Head = ({ number, standing, clock, detail, said }: View) => (
  <dl className="facts">
    <dt>编号</dt>
    <dd>{number}</dd>
    <dt>状态</dt>
    <dd>{said === '' ? standing.state_title : '已收到，几秒后更新'}</dd>
    <dt>办理部门</dt>
    <dd>{standing.organ_name}</dd>
    <dt>收到日期</dt>
    <dd>{standing.received_on}</dd>
    {standing.state !== 'closed' && (
      <>
        <dt>承诺时限</dt>
        <dd>
          {clock.light === 'idle' ? `等您补正，暂停计时（已用 ${clock.used_days} 个工作日）` : clockWords(clock)}
          <span className="meta">（{clock.clause}）</span>
        </dd>
      </>
    )}
    {detail.agreement?.signed_at && (
      <>
        <dt>使用期限</dt>
        <dd>至 {detail.agreement.ends_on}</dd>
      </>
    )}
  </dl>
)

/** Where an application stands, and what its applicant may do now. */
export const ApplicationPage = (view: View) => {
  const { standing, form, said, secret } = view
  const open = said === '' ? standing.can : []
  return (
    <article>
      <h1>{standing.title}</h1>
      {said !== '' && (
        <p className="notice" role="status">
          {SAID[said]}
        </p>
      )}
      {secret && <Key value={secret} view={view} />}
      <ErrorSummary form={form} />
      <Head {...view} />
      <Next {...view} />
      <LookAgain form={form} number={view.number} code={view.code} />
      {standing.answer && (
        <div className="answer">
          <p className="meta">{standing.answered_on}</p>
          <Prose text={standing.answer} />
        </div>
      )}
      {ACTS.filter(([verb]) => verb !== 'rekey' && open.includes(verb)).map(([verb, Part]) => (
        <Part key={verb} view={view} />
      ))}
      {standing.state === 'active' && <Files {...view} />}
      {['active', 'expired', 'revoked'].includes(standing.state) && <Usage {...view} />}
      {open.includes('rekey') && <Rekey view={view} />}
      <h2>经过</h2>
      <ol className="timeline">
        {standing.timeline.map(({ on, title, text }, at) => (
          <li key={at}>
            <span className="meta">{on}</span> {title}
            {text && <Prose text={text} />}
          </li>
        ))}
      </ol>
    </article>
  )
}
