import { judgePortal } from '../server/test/portal-shapes.ts'

const USAGE = '用法: npm run shapes -- http://127.0.0.1:PORT'

/** `npm run shapes`: whether a running portal's catalogue and every dataset of it keep the shapes of DCAT-AP 3.0.1. */
const main = async (): Promise<number> => {
  const [address = ''] = process.argv.slice(2)
  if (!URL.canParse(address)) {
    console.error(USAGE)
    return 2
  }
  const { datasets, tombstones, offences } = await judgePortal(async (path) => {
    for (;;) {
      const answer = await fetch(new URL(path, address))
      const [body, wait] = [await answer.text(), Number(answer.headers.get('retry-after') ?? 0)]
      if (answer.status !== 429) return { status: answer.status, body, link: answer.headers.get('link') ?? '' }
      await new Promise((done) => setTimeout(done, wait * 1000))
    }
  })
  for (const { document, focus, path, message } of offences)
    console.log(`✖ ${document}\n  ${focus} ${path}\n  ${message}`)
  console.log(`数据集 ${datasets.length}，撤回 ${tombstones.length}，违反 ${offences.length}`)
  return offences.length === 0 ? 0 : 1
}

process.exitCode = await main()
