import type { ServiceDefinition } from '@gatehouse/runtime';
import { AuthGatewayModule } from './auth-gateway.module.js';
import { GatewayFront } from './gateway.front.js';

export const authGateway: ServiceDefinition = {
  name: 'auth-gateway',
  module: AuthGatewayModule,
  front: (app) => app.get(GatewayFront),
};
