const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** What people say around what they look for. Never searched, always told. */
export const ASKING = words(`
哪里 哪儿 哪个 哪些 哪家 哪种 哪一个 在哪 在哪里 从哪里 到哪里 何处 怎么 怎样 如何 怎么样 什么 为什么 什么样 多少 几个 是否 是不是
有没有 能不能 可不可以 可否 能否 会不会 有无 没有 请问 我想 我要 我们 想要 想知道 想了解 想查 想查询 想找 想看 需要 需要了解 希望
知道 了解 查到 查找 查询到 查一下 查下 查看 查一查 找到 找一下 寻找 搜索 获取 得到 看到 看看 可以 能够 应该 可能
一下 一个 一个人 某个 某人 某企业 某 关于 有关 对于 以及 或者 还是 并且 而且 如果 这个 那个 这条 这些 那些 这 那 名下 里面 其中
请 吗 呢 吧 啊 呀 的话 时候 之后 以后 以前 现在 目前 不 了没有 过没有 用什么 要用 还在 用 全部 所有 各地 各个 帮我 麻烦 给我 一些 谁 谁是 被
相关 情况如何 怎么查 怎么办 在哪里查 哪里查 去哪 去哪里 哪里有 哪里能 能查 能 要 想 查 找 看 问 与 和 及 或 对 从 到 由 把 在 是 有 的 了 着 过 得 地 都 也 就 还 又 很
`)

/** One character is dropped only where it makes no word with its neighbours that the catalogue knows. */
export const isShort = (word: string): boolean => Array.from(word).length === 1

/** Words that nearly every entry could bear: they may help, and are missed by nobody. */
export const GENERAL = words(`
数据 信息 资料 记录 情况 名单 名录 目录 列表 清单 明细 台账 档案 报表 资源 接口 库表 系统 平台 查询 核验 核实 核查 比对 基本 详细 真假 实时 历史
统计数据 基础数据 全省 全国 本省 青海 青海省 省级 部门 单位 政府 各县 各市 各州 各市州 县区 人员 对象 个人 一人
申请人 当事人 本人 群众 办事人 办事群众 数量 总数 人数 个数
`)
