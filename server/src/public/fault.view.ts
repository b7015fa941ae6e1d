import type { FaultView } from '@sanjiang/contract/site'
import type { Page } from './site.ts'

const FAULTS: Readonly<Record<number, readonly [title: string, detail: string]>> = {
  400: ['请求无法解析', '地址或参数不符合要求。'],
  401: ['需要密钥', '这个数据集有条件开放：先在数据集页申请，确认协议后凭密钥使用。'],
  403: ['不能使用', '使用许可已到期或已收回，详情见申请进度。'],
  404: ['没有找到这一页', '地址可能有误，或内容已移走。可以从首页检索。'],
  405: ['不支持这种请求', '请用页面上的链接或表单访问。'],
  410: ['内容已撤回', '这项内容已不再提供。'],
  413: ['提交的内容太大', '请缩短后再试。'],
  415: ['不支持这种内容类型', '请用页面上的表单提交。'],
  429: ['访问过于频繁', '请稍候再试；需要大量数据时请下载整份文件。'],
  503: ['暂时查不了数据', '门户的数据库没有答复，通常一两分钟内自动恢复。'],
  500: ['页面出错', '平台的问题，已记录；请稍后再试。'],
}

/** What a program is told where a page would speak of itself. */
const PROBLEMS: Readonly<Record<number, string>> = {
  404: '没有找到',
  405: '不支持此方法',
  409: '数据已更新',
  412: '文件已变',
  416: '范围在文件之外',
  422: '参数不符合规则',
}

export const problemTitle = (status: number): string => PROBLEMS[status] ?? faultView(status).title

/** The nearest status that has words of its own. */
export const shownStatus = (status: number): number => (FAULTS[status] ? status : status >= 500 ? 500 : 400)

interface Waiting {
  /** In words of its own. */
  readonly said?: string | undefined
  readonly wait?: number | null
}

export const faultView = (status: number, { said, wait = null }: Waiting = {}): FaultView => {
  const shown = shownStatus(status)
  const [title, detail] = FAULTS[shown]!
  return { page: 'fault', status: shown, title, detail: said ?? detail, wait }
}

export const MISSING: Page = { status: 404, view: faultView(404) }
