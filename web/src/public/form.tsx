import type { Claim } from '@sanjiang/contract/site.apply'
import type { FormState } from '@sanjiang/contract/site.intake'
import type { ReactNode } from 'react'

/** What is wrong, first on the page, each leading to its field. */
export const ErrorSummary = ({ form: { faults }, title }: { readonly form: FormState; readonly title?: string }) =>
  faults.length === 0 ? null : (
    <section className="faults" role="alert" aria-labelledby="faults">
      <h2 id="faults">{title ?? `还没有提交，有 ${faults.length} 处需要修改`}</h2>
      <ul>
        {faults.map(({ field, message }) => (
          <li key={field + message}>{field === 'form' ? message : <a href={`#${field}`}>{message}</a>}</li>
        ))}
      </ul>
    </section>
  )

interface FieldProps {
  readonly form: FormState
  readonly name: string
  readonly title: string
  readonly hint?: string
  /** Said instead of “可不填” where it depends. */
  readonly isOptional?: boolean | string
  /** Lines of a text; one line where left out. */
  readonly rows?: number
  readonly type?: 'text' | 'email' | 'tel' | 'url'
  readonly autoComplete?: string
  /** Fills the field where nothing was typed. */
  readonly list?: readonly string[]
}

const describedBy = (name: string, hint: string | undefined, fault: string | undefined): string | undefined =>
  [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ') || undefined

export const Field = ({ form, name, title, hint, isOptional, rows, list, type = 'text', autoComplete }: FieldProps) => {
  const fault = form.faults.find(({ field }) => field === name)?.message
  const shared = {
    id: name,
    name,
    defaultValue: form.values[name] ?? '',
    'aria-describedby': describedBy(name, hint, fault),
    'aria-invalid': fault ? true : undefined,
    'aria-required': isOptional ? undefined : true,
  }
  return (
    <div className={fault ? 'field wrong' : 'field'}>
      <label htmlFor={name}>
        {title}
        {isOptional && <span className="meta">（{isOptional === true ? '可不填' : isOptional}）</span>}
      </label>
      {hint && (
        <p className="meta" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="fault" id={`${name}-fault`}>
          {fault}
        </p>
      )}
      {rows ? (
        <textarea rows={rows} {...shared} />
      ) : (
        <input type={type} autoComplete={autoComplete} list={list && `${name}-list`} {...shared} />
      )}
      {list && (
        <datalist id={`${name}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </div>
  )
}

interface ChoiceProps extends Pick<FieldProps, 'form' | 'name' | 'title'> {
  readonly choices: Readonly<Record<string, string>>
}

export const Choice = ({ form, name, title, choices }: ChoiceProps) => {
  const fault = form.faults.find(({ field }) => field === name)?.message
  return (
    <div className={fault ? 'field wrong' : 'field'}>
      <label htmlFor={name}>{title}</label>
      {fault && (
        <p className="fault" id={`${name}-fault`}>
          {fault}
        </p>
      )}
      <select
        id={name}
        name={name}
        defaultValue={form.values[name] ?? ''}
        aria-describedby={describedBy(name, undefined, fault)}
      >
        <option value="">请选择</option>
        {Object.entries(choices).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}

/** How to reach the sender: never needed, and what becomes of it is said. */
export const ContactFields = ({ form }: { readonly form: FormState }) => (
  <fieldset>
    <legend>联系方式（可不填）</legend>
    <p className="meta">
      不填也会办理，凭编号和查询码查看答复。填了只给办理这件事的工作人员用来联系您，不公开，也不留在本网站的服务器上。
    </p>
    <Field form={form} name="email" title="电子邮箱" type="email" autoComplete="email" isOptional />
    <Field form={form} name="phone" title="电话" type="tel" autoComplete="tel" isOptional />
  </fieldset>
)

interface SendFormProps {
  readonly action: string
  readonly form: FormState
  readonly submit: string
  readonly className?: string
  /** Other ways on, behind the button that Enter presses. */
  readonly after?: ReactNode
  readonly children?: ReactNode
}

/** A form that is sent without a script; the hidden field catches programs that fill in everything. */
export const SendForm = ({ action, form, submit, className = 'send', after, children }: SendFormProps) => (
  <form action={action} method="post" className={className}>
    <input type="hidden" name="token" value={form.token} />
    <div className="trap">
      <label htmlFor="website">请留空</label>
      <input id="website" name="website" tabIndex={-1} autoComplete="off" defaultValue="" />
    </div>
    {children}
    <button type="submit">{submit}</button>
    {after}
  </form>
)

/** Looks once more under the number and code that were given, which stand in no address and no cookie. */
export const LookAgain = ({ form, number, code }: Claim & { readonly form: FormState }) => (
  <form action="/status" method="post" className="send short">
    <input type="hidden" name="token" value={form.token} />
    <input type="hidden" name="number" value={number} />
    <input type="hidden" name="code" value={code} />
    <button type="submit" className="plain">
      刷新进度
    </button>
  </form>
)

/** What happens with what is sent, in plain words. */
export const Afterwards = ({ days, children }: { readonly days: number; readonly children: ReactNode }) => (
  <section className="promise" aria-labelledby="promise">
    <h2 id="promise">提交以后</h2>
    <ol>
      <li>当场给您编号和查询码，凭它随时查看进度，不用登录。</li>
      <li>{children}</li>
      <li>{days} 个工作日内答复，从提交的次日起算；逾期的会在页面上标明。</li>
      <li>公开前由工作人员审看，去掉身份证号、电话等个人号码。不适合公开的只答复您本人。</li>
    </ol>
  </section>
)
