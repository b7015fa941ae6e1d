import type { SiteView } from '@sanjiang/contract/site'
import type { SiteThread } from '@sanjiang/contract/site.intake'
import { DatasetFrame } from './dataset/top.tsx'
import { Afterwards, ContactFields, ErrorSummary, Field, SendForm } from './form.tsx'
import { Answer, Prose, stateWords, ThreadPages } from './thread.tsx'

type Questions = Extract<SiteView, { page: 'questions' }>
type QuestionForm = Extract<SiteView, { page: 'question_form' }>

const where = ({ detail: { field, row } }: SiteThread): string =>
  [field && `字段：${field}`, row && `行：${row}`].filter(Boolean).join('；')

const Question = (thread: SiteThread) => (
  <li className="card" id={thread.number}>
    <h3>{thread.title}</h3>
    <p className="meta">
      {thread.kind === 'correction' ? '纠错' : '提问'} {thread.number} · {thread.received_on} 收到 ·{' '}
      {stateWords(thread)}
    </p>
    {thread.kind === 'correction' && <p className="meta">{where(thread)}</p>}
    <Prose text={thread.text} />
    <Answer {...thread} />
  </li>
)

export const QuestionsPage = (view: Questions) => {
  const { top, counts, rows } = view
  const path = `/datasets/${encodeURIComponent(top.content.slug)}/questions`
  return (
    <DatasetFrame top={top} tab="questions">
      <h2>提问与纠错</h2>
      <p>
        办理中 {counts.waiting} 件，已答复 {counts.answered} 件；由{top.content.organ_name}答复。
      </p>
      <ul className="actions">
        <li>
          <a className="button" href={`${path}/new`}>
            我要提问
          </a>
        </li>
        <li>
          <a className="button" href={`${path}/new?kind=correction`}>
            我要纠错
          </a>
        </li>
        <li>
          <a href="/status">查询进度</a>
        </li>
      </ul>
      {rows.length === 0 && <p>还没有公开的提问和纠错。</p>}
      <ul className="cards">
        {rows.map((thread) => (
          <Question key={thread.number} {...thread} />
        ))}
      </ul>
      <ThreadPages part={view} path={(from) => (from > 0 ? `${path}?from=${from}` : path)} />
    </DatasetFrame>
  )
}

const CorrectionFields = ({ form, fields }: Pick<QuestionForm, 'form' | 'fields'>) => (
  <>
    <Field form={form} name="field" title="哪个字段" hint="写字段的名称，如“企业名称”" list={fields} />
    <Field
      form={form}
      name="row"
      title="哪一行"
      hint="写能找到这一行的内容，如编号、名称。不要写他人的身份证号、电话"
    />
    <Field form={form} name="actual" title="现在写的是什么" />
    <Field form={form} name="expected" title="应当是什么" isOptional />
  </>
)

export const QuestionFormPage = ({ kind, dataset, fields, days, form }: QuestionForm) => {
  const isCorrection = kind === 'correction'
  return (
    <>
      <h1>{isCorrection ? '指出数据中的错误' : '就数据提问'}</h1>
      <p>
        数据集：<a href={`/datasets/${dataset.slug}`}>{dataset.title}</a>，由{dataset.organ_name}答复。
      </p>
      <ErrorSummary form={form} />
      <SendForm
        action={`/datasets/${dataset.slug}/${kind}s`}
        form={form}
        submit={isCorrection ? '提交纠错' : '提交问题'}
      >
        <Field form={form} name="title" title="标题" hint="一句话，不超过 60 个字" />
        {isCorrection && <CorrectionFields form={form} fields={fields} />}
        <Field
          form={form}
          name="text"
          title={isCorrection ? '依据和说明' : '您的问题'}
          hint="不要写身份证号、电话、银行卡号"
          rows={6}
        />
        <ContactFields form={form} />
      </SendForm>
      <Afterwards days={days}>
        转给{dataset.organ_name}
        {isCorrection ? '核对，属实的更正数据并公布结果' : '答复'}。
      </Afterwards>
    </>
  )
}
