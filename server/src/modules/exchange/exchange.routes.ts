import type { Route } from '#kernel/serve.ts'

export const routes: readonly Route[] = []
