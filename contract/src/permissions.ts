/**
 * Permissions are `module.noun.verb`. Roles are data: each names its permissions and its reach. A person holds roles in
 * organs; `organ` reach covers that organ and everything below it, `province` reach covers all (architecture §5, T16.1).
 */
export const PERMISSIONS = {
  'identity.organ.read': '查看机构',
  'identity.organ.edit': '维护机构沿革',
  'identity.person.read': '查看人员',
  'identity.person.edit': '维护人员账号',
  'identity.person.unlock': '解锁与重置口令',
  'identity.role.assign': '授予与收回角色',
  'identity.client.read': '查看应用系统',
  'identity.client.edit': '登记应用系统与公钥',
  'identity.client.suspend': '停用应用系统',
  'identity.clock.set': '设定演示业务日期',
  'systems.system.read': '查看信息系统',
  'systems.system.edit': '登记信息系统',
  'catalog.resource.read': '检索与查看已发布目录',
  'catalog.resource.edit': '编制目录',
  'catalog.batch.edit': '批量导入与批量修改目录',
  'catalog.resource.review': '部门审核目录',
  'catalog.resource.publish': '平台审核、赋码、发布与下架',
  'catalog.lead.propose': '提议一数一源的牵头部门',
  'catalog.lead.answer': '对牵头提议表态',
  'catalog.lead.decide': '裁定与撤销牵头',
  'catalog.standard.read': '查看目录标准',
  'catalog.standard.edit': '起草目录标准新版与试算',
  'catalog.standard.adopt': '采纳目录标准新版',
  'catalog.harvest.read': '查看目录汇聚',
  'catalog.harvest.edit': '管理目录汇聚',
  'catalog.norm.edit': '维护标准与制度库',
  'sharing.request.read': '查看共享申请',
  'sharing.request.create': '提出共享申请',
  'sharing.request.decide': '答复共享申请',
  'sharing.request.coordinate': '协调共享争议',
  'sharing.demand.file': '提出需求、选定候选、填报成效',
  'sharing.duty.assign': '交办与协调责任清单',
  'sharing.duty.answer': '认领责任或提出异议',
  'sharing.grant.read': '查看授权',
  'sharing.grant.revoke': '收回授权',
  'sharing.correction.raise': '提出纠错',
  'sharing.correction.answer': '校核纠错',
  'gateway.service.read': '查看接口服务',
  'gateway.service.edit': '挂接接口服务',
  'gateway.call.try': '在线试调用',
  'exchange.agent.read': '查看前置节点',
  'exchange.agent.edit': '登记与停用前置节点',
  'exchange.feed.read': '查看库表与文件挂接',
  'exchange.feed.edit': '挂接库表与文件',
  'exchange.subscription.read': '查看数据传输',
  'exchange.subscription.edit': '订阅与管理数据传输',
  'exchange.subscription.reconcile': '发起对账',
  'exchange.row.ask': '查证某行是否交付过',
  'opendata.release.read': '查看开放发布',
  'opendata.release.propose': '提出开放发布',
  'opendata.release.review': '保密审查与撤回开放',
  'opendata.application.read': '查看有条件开放的申请',
  'opendata.application.handle': '经办有条件开放的申请',
  'opendata.application.approve': '批准申请、收回使用许可、承诺办理天数',
  'opendata.application.appeal': '处理不予开放的申诉',
  'assessment.statistics.read': '查看目录、共享与使用统计',
  'ledger.entry.read': '查看与导出存证账本',
  'ledger.subject.query': '查询“谁查了我”',
  'ledger.access.read': '查看访问日志',
} as const

export type Permission = keyof typeof PERMISSIONS

interface RoleSpec {
  readonly title: string
  readonly reach: 'organ' | 'province'
  readonly permissions: readonly Permission[]
  /** Roles that one person must not hold together with this one. */
  readonly excludes?: readonly string[]
  /** A second factor is mandatory (domain §5.6). */
  readonly second_factor?: true
}

const READS = [
  'identity.organ.read',
  'systems.system.read',
  'catalog.resource.read',
  'catalog.standard.read',
  'catalog.harvest.read',
  'sharing.request.read',
  'sharing.grant.read',
  'gateway.service.read',
  'exchange.agent.read',
  'exchange.feed.read',
  'exchange.subscription.read',
  'opendata.release.read',
  'assessment.statistics.read',
] as const satisfies readonly Permission[]

export const ROLES = {
  cataloger: {
    title: '部门编目员',
    reach: 'organ',
    permissions: [
      ...READS,
      'catalog.resource.edit',
      'catalog.batch.edit',
      'sharing.duty.answer',
      'catalog.lead.propose',
      'systems.system.edit',
    ],
  },
  dept_reviewer: {
    title: '部门审核员',
    reach: 'organ',
    permissions: [
      ...READS,
      'catalog.resource.review',
      'opendata.release.review',
      'opendata.application.read',
      'opendata.application.approve',
      'catalog.lead.propose',
      'catalog.lead.answer',
    ],
  },
  provider: {
    title: '数据提供员',
    reach: 'organ',
    permissions: [
      ...READS,
      'sharing.request.decide',
      'sharing.grant.revoke',
      'sharing.duty.answer',
      'sharing.correction.answer',
      'gateway.service.edit',
      'exchange.agent.edit',
      'exchange.feed.edit',
      'exchange.subscription.reconcile',
      'exchange.row.ask',
      'opendata.release.propose',
      'opendata.application.read',
      'opendata.application.handle',
    ],
  },
  consumer: {
    title: '数据使用员',
    reach: 'organ',
    permissions: [
      ...READS,
      'sharing.request.create',
      'sharing.demand.file',
      'sharing.correction.raise',
      'identity.client.read',
      'identity.client.edit',
      'gateway.call.try',
      'exchange.agent.edit',
      'exchange.subscription.edit',
      'exchange.subscription.reconcile',
      'exchange.row.ask',
    ],
  },
  catalog_admin: {
    title: '平台目录管理员',
    reach: 'province',
    permissions: [
      ...READS,
      'catalog.batch.edit',
      'catalog.resource.publish',
      'catalog.lead.propose',
      'catalog.lead.decide',
      'catalog.standard.edit',
      'catalog.standard.adopt',
      'catalog.harvest.edit',
      'catalog.norm.edit',
      'sharing.request.coordinate',
      'sharing.duty.assign',
      'identity.client.read',
      'opendata.application.read',
      'opendata.application.appeal',
    ],
  },
  auditor: {
    title: '审计员',
    reach: 'province',
    permissions: [...READS, 'identity.client.read', 'exchange.row.ask', 'ledger.entry.read', 'ledger.subject.query'],
  },
  organ_admin: {
    title: '部门账号管理员',
    reach: 'organ',
    permissions: ['identity.organ.read', 'identity.person.read', 'identity.person.edit'],
    // Who opens accounts must not also say what they may do, nor read what was done.
    excludes: ['security_admin', 'audit_admin'],
    second_factor: true,
  },
  leader: { title: '分管领导', reach: 'organ', permissions: READS },
  system_admin: {
    title: '系统管理员',
    reach: 'province',
    permissions: [
      'identity.organ.read',
      'identity.organ.edit',
      'identity.person.read',
      'identity.person.edit',
      'identity.clock.set',
    ],
    excludes: ['security_admin', 'audit_admin'],
    second_factor: true,
  },
  security_admin: {
    title: '安全管理员',
    reach: 'province',
    permissions: [
      'identity.organ.read',
      'identity.person.read',
      'identity.person.unlock',
      'identity.role.assign',
      'identity.client.read',
      'identity.client.suspend',
    ],
    excludes: ['system_admin', 'audit_admin', 'organ_admin'],
    second_factor: true,
  },
  audit_admin: {
    title: '审计管理员',
    reach: 'province',
    permissions: ['identity.organ.read', 'identity.person.read', 'ledger.access.read'],
    excludes: ['system_admin', 'security_admin', 'organ_admin'],
    second_factor: true,
  },
} as const satisfies Record<string, RoleSpec>

export type Role = keyof typeof ROLES
export const roleSpec = (role: Role): RoleSpec => ROLES[role]
