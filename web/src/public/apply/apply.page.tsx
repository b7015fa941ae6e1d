import {
  AGREEMENTS,
  APPLICANT_KINDS,
  DRAFT_DAYS,
  FORM_STEPS,
  SECURITY_MEASURES,
  TERM_MONTHS,
  USE_PURPOSES,
} from '@sanjiang/contract/opendata.application'
import type { SiteView } from '@sanjiang/contract/site'
import type { ApplyDataset } from '@sanjiang/contract/site.apply'
import { Fragment, type ReactNode } from 'react'
import { RowTable } from '../dataset/row-table.tsx'
import { Choice, ErrorSummary, Field, SendForm } from '../form.tsx'
import { CheckList, CheckOne, Pick } from './choices.tsx'

type Apply = Extract<SiteView, { page: 'apply' }>
type ApplyForm = Extract<SiteView, { page: 'apply_form' }>
type ApplySaved = Extract<SiteView, { page: 'apply_saved' }>

const pathOf = ({ slug }: ApplyDataset): string => `/apply/${encodeURIComponent(slug)}`

const Crumbs = ({ dataset, children }: { readonly dataset: ApplyDataset; readonly children: ReactNode }) => (
  <nav className="crumbs" aria-label="所在位置">
    <a href={`/datasets/${encodeURIComponent(dataset.slug)}`}>{dataset.title}</a>
    <span aria-hidden="true">›</span>
    {children}
  </nav>
)

const ASKED: readonly (readonly [title: string, text: string])[] = [
  ['申请人', '姓名或单位名称和统一社会信用代码、联系电话；不要身份证号'],
  ['用途', '拿数据做什么、成果给谁用、用多久'],
  ['安全保障', '数据放在哪里、谁能看到'],
  ['承诺', '阅读承诺书并同意'],
]

const Steps = ({ dataset }: Pick<Apply, 'dataset'>) => (
  <ol>
    <li>填写申请，可以随时保存，{DRAFT_DAYS} 天内凭编号和查询码接着填。</li>
    <li>五个工作日内受理；缺材料的，一次告知全部内容，等您补正的时间不计入办理时间。</li>
    <li>
      {dataset.organ_name}在 <strong>{dataset.days} 个工作日</strong>内答复，两人审批。今天申请，最迟 {dataset.due_on}{' '}
      答复（{dataset.source}）。
    </li>
    <li>同意的，凭编号和查询码确认使用协议，当场得到密钥。</li>
    <li>不同意的，说明理由；不服可以申诉，由省政府电子政务办公室处理。</li>
  </ol>
)

export const ApplyPage = ({ dataset, sample, form }: Apply) => (
  <article>
    <Crumbs dataset={dataset}>
      <span>申请使用</span>
    </Crumbs>
    <h1>申请使用《{dataset.title}》</h1>
    <ErrorSummary form={form} title="没有取回草稿" />
    <h2>谁可以申请</h2>
    <p>{dataset.open_condition ?? '能说明合法用途并保障数据安全的个人、法人和其他组织。'}</p>
    {sample && (
      <>
        <h2>先看几行</h2>
        <RowTable table={sample} caption={`《${dataset.title}》样例`} />
      </>
    )}
    <h2>要填什么</h2>
    <dl className="facts">
      {ASKED.map(([title, text]) => (
        <Fragment key={title}>
          <dt>{title}</dt>
          <dd>{text}</dd>
        </Fragment>
      ))}
    </dl>
    <h2>怎样办理</h2>
    <Steps dataset={dataset} />
    <details>
      <summary>使用协议范本</summary>
      {AGREEMENTS.at(-1)!.lines.map((line) => (
        <p key={line}>{line.replace(/\{\w+\}/g, '……')}</p>
      ))}
    </details>
    <p>
      <a className="button" href={`${pathOf(dataset)}/form`}>
        开始填写
      </a>
    </p>
    <section aria-labelledby="resume">
      <h2 id="resume">接着填</h2>
      <SendForm action={`${pathOf(dataset)}/resume`} form={form} submit="取回草稿">
        <Field form={form} name="number" title="编号" hint="如 GK20171205-7F3K2QXA" autoComplete="off" />
        <Field form={form} name="code" title="查询码" hint="十位，大小写不限" autoComplete="off" />
      </SendForm>
      <p>
        已经提交的，到<a href="/status">查询进度</a>。
      </p>
    </section>
  </article>
)

const keptFor = ({ kept_months }: ApplyDataset): string =>
  kept_months === null ? '办结后按规定的期限清空' : `办结 ${kept_months} 个月后清空`

const Who = ({ form, dataset }: ApplyForm) => (
  <>
    <Pick form={form} name="kind" title="以什么名义申请" choices={APPLICANT_KINDS.titles} />
    <Field form={form} name="name" title="姓名或单位全称" autoComplete="name" />
    <Field
      form={form}
      name="credit_code"
      title="统一社会信用代码"
      hint="营业执照或法人证书上的十八位代码"
      isOptional="单位必填，个人不填"
    />
    <Field form={form} name="contact_name" title="单位联系人" isOptional="单位必填，个人不填" />
    <Field form={form} name="phone" title="联系电话" hint="手机号，或带区号的固定电话" type="tel" autoComplete="tel" />
    <Field form={form} name="email" title="电子邮箱" type="email" autoComplete="email" isOptional />
    <Field form={form} name="qualification" title="怎样符合开放条件" rows={3} />
    <p className="meta">申请人信息只给办理的工作人员看，每次查看都有记录，{keptFor(dataset)}，不公开。</p>
  </>
)

const Purpose = ({ form }: ApplyForm) => (
  <>
    <Choice form={form} name="purpose_code" title="用途" choices={USE_PURPOSES.titles} />
    <Field form={form} name="purpose_text" title="用途说明" hint="拿数据做什么，成果给谁用" rows={5} />
    <Choice
      form={form}
      name="term_months"
      title="使用期限"
      choices={Object.fromEntries(TERM_MONTHS.map((months) => [months, `${months} 个月`]))}
    />
  </>
)

const Security = ({ form }: ApplyForm) => (
  <>
    <CheckList form={form} name="security" title="安全保障措施" choices={SECURITY_MEASURES.titles} />
    <Field form={form} name="security_text" title="具体说明" hint="数据放在哪里，谁能看到" rows={3} />
  </>
)

const wordsOf = (name: string, value: string): string => {
  if (name === 'kind') return APPLICANT_KINDS.titles[value as 'person'] ?? ''
  if (name === 'purpose_code') return USE_PURPOSES.titles[value as 'research'] ?? ''
  if (name === 'term_months') return `${value} 个月`
  if (name !== 'security') return value
  return value
    .split(',')
    .map((code) => SECURITY_MEASURES.titles[code as 'login'] ?? '')
    .join('；')
}

const SHOWN: readonly (readonly [name: string, title: string])[] = [
  ...([
    ['kind', '以什么名义'],
    ['name', '姓名或单位'],
    ['credit_code', '统一社会信用代码'],
  ] as const),
  ...([
    ['contact_name', '联系人'],
    ['phone', '电话'],
    ['email', '电子邮箱'],
  ] as const),
  ...([
    ['qualification', '怎样符合条件'],
    ['purpose_code', '用途'],
    ['purpose_text', '用途说明'],
  ] as const),
  ...([
    ['term_months', '使用期限'],
    ['security', '安全保障措施'],
    ['security_text', '安全保障说明'],
  ] as const),
]

const Review = ({ form, promise }: ApplyForm) => (
  <>
    <dl className="facts">
      {SHOWN.filter(([name]) => form.values[name]).map(([name, title]) => (
        <Fragment key={name}>
          <dt>{title}</dt>
          <dd id={name}>{wordsOf(name, form.values[name]!)}</dd>
        </Fragment>
      ))}
    </dl>
    <section aria-labelledby="promise">
      <h2 id="promise">承诺书（{promise.version} 版）</h2>
      <ol>
        {promise.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
    </section>
    <CheckOne form={form} name="promise_version" value={promise.version} title="我已阅读，承诺做到以上各条" />
  </>
)

const BODIES: Readonly<Record<ApplyForm['step'], (view: ApplyForm) => ReactNode>> = {
  who: Who,
  purpose: Purpose,
  security: Security,
  review: Review,
}

const Kept = ({ claim }: Pick<ApplyForm, 'claim'>) =>
  claim && (
    <p className="notice">
      已保存。编号 <strong>{claim.number}</strong>，查询码 <strong>{claim.code}</strong>
      ：请记下，凭它接着填、查进度、领密钥。
    </p>
  )

const OtherWays = ({ isFirst }: { readonly isFirst: boolean }) => (
  <p className="more-ways">
    {!isFirst && (
      <button type="submit" name="go" value="back" className="plain">
        上一步
      </button>
    )}
    <button type="submit" name="go" value="save" className="plain">
      先保存，以后再填
    </button>
  </p>
)

export const ApplyFormPage = (view: ApplyForm) => {
  const { dataset, step, claim, form } = view
  const at = FORM_STEPS.findIndex(({ name }) => name === step)
  const Body = BODIES[step]
  return (
    <article>
      <Crumbs dataset={dataset}>
        <a href={pathOf(dataset)}>申请使用</a>
      </Crumbs>
      <h1>
        第 {at + 1} 步，共 {FORM_STEPS.length} 步：{FORM_STEPS[at]!.title}
      </h1>
      <Kept claim={claim} />
      <ErrorSummary form={form} />
      <SendForm
        action={`${pathOf(dataset)}/form`}
        form={form}
        submit={step === 'review' ? '提交申请' : '下一步'}
        after={<OtherWays isFirst={at === 0} />}
      >
        <input type="hidden" name="step" value={step} />
        {claim && (
          <>
            <input type="hidden" name="number" value={claim.number} />
            <input type="hidden" name="code" value={claim.code} />
          </>
        )}
        <Body {...view} />
      </SendForm>
    </article>
  )
}

export const ApplySavedPage = ({ dataset, claim, until }: ApplySaved) => (
  <article>
    <h1>草稿已保存</h1>
    <dl className="facts receipt">
      <dt>编号</dt>
      <dd>{claim.number}</dd>
      <dt>查询码</dt>
      <dd>{claim.code}</dd>
    </dl>
    <p className="notice">请现在记下：查询码我们没有办法找回。草稿用它加密，保存到 {until}，期间再保存则重新计算。</p>
    <p>
      <a href={`${pathOf(dataset)}#resume`}>接着填</a>　
      <a href={`/datasets/${encodeURIComponent(dataset.slug)}`}>{dataset.title}</a>
    </p>
  </article>
)
