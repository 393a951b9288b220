import {
  decideAccount,
  fanOutGroup,
  mapClaims,
  mapDirectoryUser,
  remapProvider,
  sweepInactivity,
} from '@gatehouse/contracts';
import type { LiveConfigReader } from '@gatehouse/database';
import { DirectoryPeople, MembershipChanges } from '@gatehouse/directory';
import { Commits } from '@gatehouse/messaging';
import type { JobContext, Outbox } from '@gatehouse/messaging';
import type { DataSource } from 'typeorm';
import { AccountDecision } from '../../../apps/claim-mapping/src/account-decision.service.js';
import { AccountFactsStore } from '../../../apps/claim-mapping/src/account-facts.store.js';
import { AccountsStore } from '../../../apps/claim-mapping/src/accounts.store.js';
import { AcquaintancesStore } from '../../../apps/claim-mapping/src/acquaintances.store.js';
import { DecideAccountHandler } from '../../../apps/claim-mapping/src/decide-account.handler.js';
import { DesiredAccessStore } from '../../../apps/claim-mapping/src/desired-access.store.js';
import { DirectoryMeetings } from '../../../apps/claim-mapping/src/directory-meetings.store.js';
import { DirectoryPlacement } from '../../../apps/claim-mapping/src/directory-placement.service.js';
import { DirectoryLinksStore } from '../../../apps/claim-mapping/src/directory-links.store.js';
import { FanOutGroupHandler } from '../../../apps/claim-mapping/src/fan-out-group.handler.js';
import { InactiveAccountsStore } from '../../../apps/claim-mapping/src/inactive-accounts.store.js';
import { Linking } from '../../../apps/claim-mapping/src/linking.service.js';
import { MapClaimsHandler } from '../../../apps/claim-mapping/src/map-claims.handler.js';
import { MapDirectoryUserHandler } from '../../../apps/claim-mapping/src/map-directory-user.handler.js';
import { PlacedPeopleStore } from '../../../apps/claim-mapping/src/placed-people.store.js';
import { AccountPlacement } from '../../../apps/claim-mapping/src/placement.service.js';
import { RemapProviderHandler } from '../../../apps/claim-mapping/src/remap-provider.handler.js';
import { RemapsStore } from '../../../apps/claim-mapping/src/remaps.store.js';
import { SweepInactivityHandler } from '../../../apps/claim-mapping/src/sweep-inactivity.handler.js';

/** By the name of the job. */
export type Handlers = Readonly<Record<string, { handle(payload: never, context: JobContext): Promise<void> }>>;

/** Those of claim-mapping that have to do with people. */
export function mappingHandlers(dataSource: DataSource, config: LiveConfigReader, outbox: Outbox): Handlers {
  const people = new DirectoryPeople();
  const [accounts, links] = [new AccountsStore(), new DirectoryLinksStore(people)];
  const facts = new AccountFactsStore(people);
  const [acquaintances, meetings] = [new AcquaintancesStore(), new DirectoryMeetings()];
  const directory = new DirectoryPlacement(accounts, facts, acquaintances, meetings);
  const placement = new AccountPlacement(accounts, links, facts, acquaintances, directory);
  const linking = new Linking(accounts, links, meetings, placement);
  const decision = new AccountDecision(facts, new DesiredAccessStore(new Commits(dataSource)), outbox);
  const placed = new PlacedPeopleStore(dataSource, facts, config);
  return {
    [mapClaims.name]: new MapClaimsHandler(dataSource, config, accounts, linking, decision, placed),
    [mapDirectoryUser.name]: new MapDirectoryUserHandler(dataSource, config, links, linking, decision, placed),
    [decideAccount.name]: new DecideAccountHandler(dataSource, config, accounts, decision),
    [fanOutGroup.name]: new FanOutGroupHandler(dataSource, new MembershipChanges(), outbox),
    [sweepInactivity.name]: new SweepInactivityHandler(
      dataSource,
      config,
      new InactiveAccountsStore(),
      accounts,
      decision,
    ),
    [remapProvider.name]: new RemapProviderHandler(dataSource, new RemapsStore(), outbox),
  };
}
