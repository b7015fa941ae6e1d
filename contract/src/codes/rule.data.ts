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
  duty_answer: [
    {
      title: '责任清单的认领或异议',
      days: 5,
      clause: '供需对接（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  duty_compile: [
    {
      title: '认领后编制并发布目录',
      days: 20,
      clause: '供需对接（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  demand_answer: [
    { title: '需求的匹配或交办', days: 10, clause: '供需对接（天数为项目约定）', verified: false, from: '2016-09-05' },
  ],
  effect_state: [
    {
      title: '首次使用后填报成效',
      days: 20,
      clause: '供需对接（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  grant_connect: [
    { title: '授权后接通', days: 20, clause: '供需对接（天数为项目约定）', verified: false, from: '2016-09-05' },
  ],
  grant_use: [
    { title: '接通后开始使用', days: 20, clause: '供需对接（天数为项目约定）', verified: false, from: '2016-09-05' },
  ],
  grant_idle: [
    { title: '停用多久算闲置', days: 40, clause: '供需对接（天数为项目约定）', verified: false, from: '2016-09-05' },
  ],
  negotiate: [
    {
      title: '使用方与提供方的协商',
      days: 10,
      clause: '国发〔2016〕51号 第十二条（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  coordinate_office: [
    {
      title: '共享主管部门的协调',
      days: 10,
      clause: '国发〔2016〕51号 第十二条（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  coordinate_group: [
    {
      title: '领导小组的裁决',
      days: 20,
      clause: '国发〔2016〕51号 第十二条（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  lead_answer: [
    {
      title: '对一数一源牵头提议的表态',
      days: 5,
      clause: '一数一源（地方细化；天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  inquiry_question: [
    {
      title: '开放数据提问的答复',
      days: 5,
      clause: '政府网站留言办理（简单咨询 5 日；天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  inquiry_correction: [
    {
      title: '开放数据纠错的校核答复',
      days: 10,
      clause: '开放数据纠错（比照校核答复 10 日；天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  inquiry_wish: [
    {
      title: '未开放数据需求的答复',
      days: 15,
      clause: '政府网站留言办理（其他 15 日；天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  inquiry_showcase: [
    {
      title: '应用登记的审核',
      days: 5,
      clause: '应用展示（天数为项目约定）',
      verified: false,
      from: '2016-09-05',
    },
  ],
  open_accept: [
    {
      title: '开放申请的受理或一次性告知',
      days: 5,
      clause: '参照行政许可法 第三十二条（天数为项目约定）',
      verified: false,
      from: '2004-07-01',
    },
  ],
  open_decide: [
    {
      title: '有条件开放申请的答复',
      days: 20,
      clause: '参照行政许可法 第四十二条（天数为项目约定）',
      verified: false,
      from: '2004-07-01',
    },
  ],
  open_appeal: [
    {
      title: '不予开放申诉的处理',
      days: 20,
      clause: '公共数据开放（天数为项目约定）',
      verified: false,
      from: '2017-09-25',
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
