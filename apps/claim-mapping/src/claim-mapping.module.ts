import { Module } from '@nestjs/common';
import { AccountsStore } from './accounts.store.js';
import { DesiredAccessStore } from './desired-access.store.js';
import { IdentityPlacement } from './identity-placement.service.js';
import { MapClaimsHandler } from './map-claims.handler.js';
import { RemapProviderHandler } from './remap-provider.handler.js';
import { RemapsStore } from './remaps.store.js';
import { TidyMessagingHandler } from './tidy-messaging.handler.js';

@Module({
  controllers: [MapClaimsHandler, RemapProviderHandler, TidyMessagingHandler],
  providers: [AccountsStore, DesiredAccessStore, IdentityPlacement, RemapsStore],
})
export class ClaimMappingModule {}
