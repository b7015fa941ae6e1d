import type { Task } from '#kernel/jobs.ts'

export const tasks: readonly Task[] = []
