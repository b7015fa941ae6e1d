import type { Module } from '#kernel/module.ts'
import { inquiryTasks } from './inquiry/inquiry.jobs.ts'
import { inquiryRoutes } from './inquiry/inquiry.routes.ts'
import { tasks } from './opendata.jobs.ts'
import { routes } from './opendata.routes.ts'

export { importUses } from './application/access.service.ts'
export {
  acceptApplication,
  decideApplication,
  noticeApplication,
  proposeDecision,
  revokeAccess,
} from './application/application.service.ts'
export { advanceEditions } from './edition/advance.service.ts'
export { getEdition, listEditions, openEdition, putEditionPiece, readEdition } from './edition/edition.service.ts'
export { editionFromStage, type Figures, type Loaded, stageFigures } from './edition/figures.service.ts'
export { bindFigure, refreshFigures } from './figures/figure.service.ts'
export { buildFiles } from './file/file.service.ts'
export {
  answerInquiry,
  assignInquiry,
  moderateInquiry,
  refuseInquiry,
} from './inquiry/inquiry.service.ts'
export { importSubmission } from './intake/import.service.ts'
export { startPuller } from './intake/puller.ts'

export { publishReleases } from './publish.service.ts'
export { approveRelease, proposeRelease, withdrawRelease } from './release.service.ts'
export { followSources } from './source/follow.service.ts'
export { bindSource } from './source/source.service.ts'
export { publishVocabulary } from './vocabulary.service.ts'

export const opendata: Module = {
  name: 'opendata',
  routes: [...routes, ...inquiryRoutes],
  tasks: [...tasks, ...inquiryTasks],
}
