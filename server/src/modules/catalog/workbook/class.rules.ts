import { asNumberCode, type Read } from './value.rules.ts'
import type { ReadOptions } from './workbook.ts'

const CODE = /^([123](?:\d{2}(?:\d{3}[0-9A-Z]*)?)?)(?=$|[\s\-—_:：、(（])/
const PATH = /\s*[/／>＞→]\s*/
const MAX_CODE = 24

/** A class by its code, its code and title, its path of titles, or a title that only one class has. */
export const readClass = (value: unknown, { classes = [] }: ReadOptions): Read<string> => {
  const read = asNumberCode(value)
  if (read.value === null) return read
  const text = read.value.normalize('NFKC').trim()
  const code = CODE.exec(text)?.[1]
  if (code !== undefined && code.length <= MAX_CODE) return { value: code }
  const path = text.split(PATH).filter((part) => part !== '')
  const last = path.at(-1)
  const above = path.slice(0, -1)
  const fitting = classes.filter(
    (node) =>
      node.is_leaf &&
      node.title === last &&
      above.every((title) =>
        classes.some((one) => one.title === title && one.code !== node.code && node.code.startsWith(one.code)),
      ),
  )
  if (fitting.length === 1) return { value: fitting[0]!.code }
  const why =
    fitting.length > 1 ? `有 ${fitting.length} 个同名分类，请写分类代码` : '不是分类代码，也没有这个名称的分类'
  return {
    value: [...text].slice(0, MAX_CODE).join(''),
    remark: { rule: 'W04', level: 'error', message: `“${text.slice(0, 40)}”${why}` },
  }
}
