import type { Rule } from './rule.ts'

/** A version of a rule as it is written down: `until` and the cards' thresholds follow from its neighbours and from domain §4.8. */
export type RuleRow = Pick<Rule, 'title' | 'days' | 'clause' | 'verified' | 'from'>

/** Clauses marked `verified: false` were not compared with the printed text. */
export const RULES = {
  share_reply: [
    {
      title: '有条件共享申请的答复',
      days: 10,
      clause: '国发〔2016〕51号 第十二条',
      verified: false,
      from: '2016-09-05',
    },
    { title: '政务数据共享申请的答复', days: 10, clause: '国务院令第809号', verified: false, from: '2025-08-01' },
  ],
  data_provide: [
    { title: '同意共享后提供数据', days: 20, clause: '国务院令第809号', verified: false, from: '2025-08-01' },
  ],
  correction_verify: [
    {
      title: '疑义数据的校核',
      days: 5,
      clause: '国发〔2016〕51号 第十五条（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
    { title: '疑义数据的校核答复', days: 10, clause: '国务院令第809号', verified: false, from: '2025-08-01' },
  ],
  catalog_update: [
    {
      title: '职能或法规变化后更新目录',
      days: 15,
      clause: '国发〔2016〕51号 第七条',
      verified: false,
      from: '2016-09-05',
    },
  ],
  accept: [{ title: '申请材料的受理', days: 5, clause: '行政许可法 第三十二条', verified: false, from: '2004-07-01' }],
  licence_decide: [
    { title: '行政许可决定', days: 20, clause: '行政许可法 第四十二条', verified: false, from: '2004-07-01' },
  ],
  licence_deliver: [
    { title: '行政许可证件的送达', days: 10, clause: '行政许可法 第四十四条', verified: false, from: '2004-07-01' },
  ],
  credit_publish: [
    { title: '行政许可、行政处罚公示', days: 7, clause: '“双公示”政策', verified: true, from: '2015-01-01' },
  ],
} as const satisfies Record<string, readonly RuleRow[]>
