import type { PublicPage } from '../page.ts'
import { ApplicationPage } from './application.page.tsx'
import { ApplyFormPage, ApplyPage, ApplySavedPage } from './apply.page.tsx'

export const applyPages = {
  apply: { title: ({ dataset }) => `申请使用《${dataset.title}》`, Body: ApplyPage },
  apply_form: { title: ({ dataset }) => `填写申请：${dataset.title}`, Body: ApplyFormPage },
  apply_saved: { title: '草稿已保存', Body: ApplySavedPage },
  application: { title: ({ number }) => `申请进度 ${number}`, Body: ApplicationPage },
} as const satisfies {
  readonly [P in 'apply' | 'apply_form' | 'apply_saved' | 'application']: PublicPage<P>
}
