import type { ChartPreview } from '@sanjiang/contract/site.preview'
import type { AnswerMonth, StatisticsView, UsageMonth } from '@sanjiang/contract/site.statistics'
import { Chart } from './draw/chart.tsx'
import { Scroll } from './scroll.tsx'

const KIND_WORDS: Readonly<Record<string, string>> = {
  question: '提问',
  correction: '纠错',
  wish: '未开放数据需求',
  showcase: '应用登记',
  application: '有条件开放申请',
}

const share = (part: number, whole: number): string => (whole === 0 ? '暂无' : `${((part / whole) * 100).toFixed(1)}%`)

const NO_CHOICE = {
  ...{ measures: [], categories: [], slices: [], splits: [], split: null },
  ...{ hidden: 0, left_out: 0, how: 'single' as const },
} as const

const monthChart = (
  months: readonly UsageMonth[],
  of: 'views' | 'downloads' | 'calls',
  title: string,
): ChartPreview => ({
  ...NO_CHOICE,
  kind: 'line',
  category: 'month',
  category_title: '月',
  measure: of,
  measure_title: title,
  unit: '次',
  points: months.map((one) => ({ label: one.month, value: one[of] })),
})

const organChart = (organs: StatisticsView['organ_counts']): ChartPreview => ({
  ...NO_CHOICE,
  kind: 'bar',
  category: 'organ',
  category_title: '部门',
  measure: 'datasets',
  measure_title: '开放数据集',
  unit: '个',
  points: organs.slice(0, 20).map(({ name, datasets }) => ({ label: name, value: datasets })),
  left_out: Math.max(0, organs.length - 20),
})

const Figures = (view: StatisticsView) => {
  const { on_time, late } = view.timeliness
  const received = view.answers.reduce((sum, one) => sum + one.received, 0)
  const promised = view.answers.reduce((sum, one) => sum + one.on_time, 0)
  const settled = view.answers.reduce((sum, one) => sum + one.answered + one.overdue, 0)
  const figures: [string, string][] = [
    ['开放的数据集', view.datasets.toLocaleString('zh-CN')],
    ['可直接使用', view.unconditional.toLocaleString('zh-CN')],
    ['数据行', view.rows.toLocaleString('zh-CN')],
    ['可下载的文件', view.files.toLocaleString('zh-CN')],
    ['提供部门', view.organs.toLocaleString('zh-CN')],
    ['按时更新', share(on_time, on_time + late)],
    ['按承诺时限答复', share(promised, settled)],
    ['一年内收到意见', received.toLocaleString('zh-CN')],
  ]
  return (
    <dl className="figures">
      {figures.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const Answers = ({ answers }: { readonly answers: readonly AnswerMonth[] }) => (
  <Scroll label="意见与答复，可左右滚动">
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">月份</th>
          <th scope="col">种类</th>
          <th scope="col" className="number">
            收到
          </th>
          <th scope="col" className="number">
            已答复
          </th>
          <th scope="col" className="number">
            按时
          </th>
          <th scope="col" className="number">
            超期未答
          </th>
        </tr>
      </thead>
      <tbody>
        {answers.toReversed().map(({ month, kind, received, answered, on_time, overdue }) => (
          <tr key={`${month}${kind}`}>
            <th scope="row" className="code">
              {month}
            </th>
            <td className="short">{KIND_WORDS[kind] ?? kind}</td>
            <td className="number">{received}</td>
            <td className="number">{answered}</td>
            <td className="number">{on_time}</td>
            <td className="number">{overdue}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
)

const Method = () => (
  <section aria-labelledby="method">
    <h2 id="method">怎样统计</h2>
    <ul className="reading">
      <li>浏览：打开一个数据集的概览页；下载：取一份文件；调用：向接口要行。只计成功的，不计断点续传的后续部分。</li>
      <li>不统计有多少人来访：区分访问者要靠 Cookie、网络地址或浏览器特征，那是个人信息，我们不收集。</li>
      <li>自称爬虫的访问不计入。计数每几秒写入一次，进程突然停止时最多少计几秒，不会重复计。</li>
      <li>按时更新：有更新周期且已有数据的数据集中，今天没有超过应更新日期的比例。</li>
      <li>按承诺时限答复：已答复的和已超期的意见中，在承诺时限内答复的比例。</li>
    </ul>
  </section>
)

export const StatisticsPage = (view: StatisticsView) => (
  <>
    <h1>开放统计</h1>
    <p className="meta">
      截至 {view.as_of}。下载：<a href="/statistics.csv">CSV</a>、
      <a href="/statistics.csv?bom=1">CSV（用 Excel 打开）</a>、<a href="/statistics.json">JSON</a>
    </p>
    <Figures {...view} />
    <h2>每月使用</h2>
    <div className="trio">
      <Chart chart={monthChart(view.months, 'downloads', '文件下载')} id="downloads" isSmall />
      <Chart chart={monthChart(view.months, 'calls', '接口调用')} id="calls" isSmall />
      <Chart chart={monthChart(view.months, 'views', '概览页浏览')} id="views" isSmall />
    </div>
    <h2>更新是否按时</h2>
    <p>
      {view.timeliness.on_time} 个按时，{view.timeliness.late} 个已晚；另有 {view.timeliness.uncounted}{' '}
      个没有更新周期或还没有数据，不计。
      {view.withdrawn > 0 && `已撤回 ${view.withdrawn} 个。`}
    </p>
    {view.organ_counts.length > 0 && (
      <>
        <h2>各部门开放情况</h2>
        <Chart chart={organChart(view.organ_counts)} id="organs" />
        <p>
          <a href="/organs">全部部门</a>
        </p>
      </>
    )}
    {view.most_used.length > 0 && (
      <>
        <h2>近三十天用得最多</h2>
        <ol>
          {view.most_used.map(({ slug, title, count }) => (
            <li key={slug}>
              <a href={`/datasets/${slug}`}>{title}</a>{' '}
              <span className="count">{count.toLocaleString('zh-CN')} 次</span>
            </li>
          ))}
        </ol>
      </>
    )}
    <h2>意见与答复</h2>
    {view.answers.length > 0 ? <Answers answers={view.answers} /> : <p>还没有收到意见。</p>}
    <Method />
  </>
)
