import type { Measure } from '@sanjiang/contract/assessment'

interface Definition {
  readonly unit: string
  readonly definition: string
}

/** What each figure is, said beside it; the SQL of the same name is the view `assessment.fact` (domain §9). */
export const DEFINITIONS: Readonly<Record<Measure, Definition>> = {
  entries: { unit: '个', definition: '现行发布的目录条目，按首次发布日期' },
  items: { unit: '项', definition: '现行发布条目的信息项，按条目首次发布日期' },
  attached: { unit: '个', definition: '现行发布且已挂接接口、库表、文件或推送之一的条目，按首次发布日期' },
  demands: { unit: '件', definition: '已提出且未撤回的信息需求，按提出日期；提供部门为拟请提供的部门' },
  demands_used: { unit: '件', definition: '已有实际使用的信息需求，按首次使用日期' },
  requests: { unit: '件', definition: '已提交的共享申请，按提交日期' },
  answered: { unit: '件', definition: '提供方已答复的共享申请，按最近一次答复日期' },
  refused: { unit: '件', definition: '最近一次答复为不同意的共享申请，按答复日期' },
  grants: { unit: '个', definition: '未被收回的数据授权，按生效日期' },
  calls: { unit: '次', definition: '账本中结果为“已返回”的接口调用，按存证的北京时间日期' },
  rows: { unit: '行', definition: '账本中使用方已签收的库表数据行，按存证的北京时间日期' },
}
