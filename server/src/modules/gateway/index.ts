import type { Module } from '#kernel/module.ts'
import { countTask } from './call.service.ts'
import { serviceRoutes } from './service.routes.ts'

export { countNewCalls } from './call.service.ts'
export { type GatewayOptions, openGateway } from './plane/open.ts'
export type { PlaneServer } from './plane/server.ts'
export { openProbe, probeServices, reportServices } from './probe/probe.service.ts'
export { startProber } from './probe/prober.ts'
export { attachService, changeService, listServices } from './service.service.ts'

export const gateway: Module = { name: 'gateway', routes: serviceRoutes, tasks: [countTask] }
