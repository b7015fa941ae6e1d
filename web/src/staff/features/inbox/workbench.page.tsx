import { PageHead } from '../../../ui/page-head.tsx'
import { useSession } from '../../session.ts'

export const WorkbenchPage = () => {
  const session = useSession()
  return (
    <div className="page">
      <PageHead title="我的工作台" sub={`${session.name} · ${session.organ_name}`} />
    </div>
  )
}
