import { Module } from '@nestjs/common';
import { DirectoryPeople, MembershipChanges } from '@gatehouse/directory';
import { Commits } from '@gatehouse/messaging';
import { AccountDecision } from './account-decision.service.js';
import { AccountFactsStore } from './account-facts.store.js';
import { AccountsStore } from './accounts.store.js';
import { AcquaintancesStore } from './acquaintances.store.js';
import { DecideAccountHandler } from './decide-account.handler.js';
import { DesiredAccessStore } from './desired-access.store.js';
import { DirectoryLinksStore } from './directory-links.store.js';
import { DirectoryMeetings } from './directory-meetings.store.js';
import { DirectoryPlacement } from './directory-placement.service.js';
import { FanOutGroupHandler } from './fan-out-group.handler.js';
import { InactiveAccountsStore } from './inactive-accounts.store.js';
import { Linking } from './linking.service.js';
import { MapClaimsHandler } from './map-claims.handler.js';
import { MapDirectoryUserHandler } from './map-directory-user.handler.js';
import { PlacedPeopleStore } from './placed-people.store.js';
import { AccountPlacement } from './placement.service.js';
import { RemapProviderHandler } from './remap-provider.handler.js';
import { RemapsStore } from './remaps.store.js';
import { SweepInactivityHandler } from './sweep-inactivity.handler.js';
import { TidyMessagingHandler } from './tidy-messaging.handler.js';

@Module({
  controllers: [
    MapClaimsHandler,
    MapDirectoryUserHandler,
    DecideAccountHandler,
    SweepInactivityHandler,
    FanOutGroupHandler,
    RemapProviderHandler,
    TidyMessagingHandler,
  ],
  providers: [
    ...[AccountsStore, AccountFactsStore, AcquaintancesStore, DirectoryLinksStore, DesiredAccessStore, RemapsStore],
    ...[InactiveAccountsStore, PlacedPeopleStore, Commits],
    ...[AccountPlacement, DirectoryPlacement, DirectoryMeetings, Linking, AccountDecision],
    ...[DirectoryPeople, MembershipChanges],
  ],
})
export class ClaimMappingModule {}
