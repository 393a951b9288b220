import { Module } from '@nestjs/common';
import { AccountsStore } from './accounts.store.js';
import { DesiredAccessStore } from './desired-access.store.js';
import { IdentityPlacement } from './identity-placement.service.js';
import { MapClaimsHandler } from './map-claims.handler.js';
import { TidyMessagingHandler } from './tidy-messaging.handler.js';

@Module({
  controllers: [MapClaimsHandler, TidyMessagingHandler],
  providers: [AccountsStore, DesiredAccessStore, IdentityPlacement],
})
export class ClaimMappingModule {}
