/** Sheets of a workbook that the platform writes: the one to fill in, and those beside it. */
export const OWN_SHEETS = { entries: '目录条目', examples: '填写示例', guide: '填写说明', codes: '代码表' } as const
