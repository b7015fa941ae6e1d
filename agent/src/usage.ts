export const USAGE = `三江前置节点

  sanjiang-agent enrol 一次性口令    用平台给出的口令登记本节点(只用一次)
  sanjiang-agent check               逐项检查,哪里不对就说哪里
  sanjiang-agent run                 运行(由 systemd 启动)
  sanjiang-agent status              正在运行的节点在做什么
  sanjiang-agent version

  --config 文件    配置文件,默认 /etc/sanjiang-agent/agent.conf

退出码:0 正常,1 有问题,2 用法、配置或状态不对,3 本节点是从旧备份恢复的副本,已被平台拒绝`

/** Said to whoever typed the command: no stack belongs to it. */
export class UsageFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageFault'
  }
}
