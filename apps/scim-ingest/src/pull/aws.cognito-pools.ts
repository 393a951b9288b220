import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { pullSyncAddress, pullSyncSecret } from '@gatehouse/contracts';
import type { ProviderConfig, PullSync } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { reachOf } from '@gatehouse/relying-party';
import type * as Sdk from '@aws-sdk/client-cognito-identity-provider';
import { TokenBuckets } from '../access/token-bucket.js';
import { cognitoError } from './cognito-errors.js';
import { CognitoPool } from './cognito-pool.js';
import { GuardedHttpHandler } from './guarded.http-handler.js';
import { pageSize, readGroupsPage, readUsersPage } from './read-page.js';
import type { CognitoUser, Page } from './read-page.js';

/** Of one pool Cognito lists groups five times a second (UserPoolResourceRead), whoever asks. */
const groupListsPerSecond = 2;
/** The SDK repeats what was throttled, waiting longer each time and sending less afterwards. */
const attemptsMax = 4;

/** Pools over the AWS SDK, which is loaded by the first one: whoever has none does not pay for it. */
@Injectable()
export class CognitoPools {
  private readonly buckets = new TokenBuckets();

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async open(
    key: string,
    { allowedHosts }: Pick<ProviderConfig, 'allowedHosts'>,
    pullSync: PullSync,
    secrets: ReadonlyMap<string, string>,
  ): Promise<CognitoPool> {
    const sdk = await import('@aws-sdk/client-cognito-identity-provider');
    const { region, endpoint, accessKeyId } = pullSync;
    const secretAccessKey = secrets.get(['providers', key, ...pullSyncSecret].join('.'));
    if (accessKeyId !== undefined && secretAccessKey === undefined)
      throw new TerminalError('cognito.credentials_refused', 'No secret access key is stored for this provider.');
    const reach = reachOf({ issuer: pullSyncAddress(pullSync), allowedHosts }, this.config.production);
    const client = new sdk.CognitoIdentityProviderClient({
      region,
      requestHandler: new GuardedHttpHandler(reach),
      retryMode: 'adaptive',
      maxAttempts: attemptsMax,
      ...(endpoint === undefined ? {} : { endpoint }),
      // Undefined would be the default chain as well, but never by mistake.
      ...(accessKeyId === undefined ? {} : { credentials: { accessKeyId, secretAccessKey: secretAccessKey! } }),
    });
    const turn = (group: string, perSecond: number) => this.turn(`${key}/${group}`, perSecond);
    return new AwsCognitoPool(sdk, client, pullSync, turn);
  }

  /** One sync of a provider runs at a time, in whatever process, so this is the rate of the provider. */
  private async turn(bucket: string, perSecond: number): Promise<void> {
    const limits = { perSecond, burst: 1 };
    for (let wait = this.buckets.take(bucket, limits); wait > 0; wait = this.buckets.take(bucket, limits))
      await delay(wait);
  }
}

class AwsCognitoPool extends CognitoPool {
  constructor(
    private readonly sdk: typeof Sdk,
    private readonly client: Sdk.CognitoIdentityProviderClient,
    private readonly asked: PullSync,
    private readonly turn: (kind: string, perSecond: number) => Promise<void>,
  ) {
    super();
  }

  async users(token: string | undefined): Promise<Page<CognitoUser>> {
    const { Users, PaginationToken } = await this.send('people', token, () =>
      this.client.send(new this.sdk.ListUsersCommand({ ...this.page, PaginationToken: token })),
    );
    return readUsersPage({ Users, token: PaginationToken }, token);
  }

  async groups(token: string | undefined): Promise<Page<string>> {
    const { Groups, NextToken } = await this.send('groups', token, () =>
      this.client.send(new this.sdk.ListGroupsCommand({ ...this.page, NextToken: token })),
    );
    return readGroupsPage({ Groups, token: NextToken }, token);
  }

  async members(group: string, token: string | undefined): Promise<Page<CognitoUser> | undefined> {
    try {
      const { Users, NextToken } = await this.send('people', token, () =>
        this.client.send(new this.sdk.ListUsersInGroupCommand({ ...this.page, GroupName: group, NextToken: token })),
      );
      return readUsersPage({ Users, token: NextToken }, token);
    } catch (error) {
      // Of the pool it was just asked for, so it is the group.
      if (error instanceof TerminalError && error.code === 'cognito.pool_missing') return undefined;
      throw error;
    }
  }

  async userBySub(sub: string): Promise<CognitoUser | undefined> {
    const quoted = sub.replace(/["\\]/g, '\\$&');
    const { Users, PaginationToken } = await this.send('people', undefined, () =>
      this.client.send(new this.sdk.ListUsersCommand({ ...this.page, Filter: `sub = "${quoted}"` })),
    );
    const { items, next } = readUsersPage({ Users, token: PaginationToken }, undefined);
    const found = items.find(({ Attributes }) => Attributes.some(({ Name, Value }) => Name === 'sub' && Value === sub));
    // Others than who was asked for, or more to come: the filter was not understood, and nobody is missing by that.
    if (!found && (items.length > 0 || next !== undefined))
      throw new TerminalError('cognito.answer_malformed', 'A question for one person was answered with others.');
    return found;
  }

  close(): void {
    this.client.destroy();
  }

  private get page() {
    return { UserPoolId: this.asked.userPoolId, Limit: pageSize };
  }

  private async send<Answer>(
    kind: 'people' | 'groups',
    token: string | undefined,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    const { requestsPerSecond } = this.asked;
    await this.turn(kind, kind === 'groups' ? Math.min(groupListsPerSecond, requestsPerSecond) : requestsPerSecond);
    try {
      return await ask();
    } catch (error) {
      throw cognitoError(error, { pageToken: token !== undefined });
    }
  }
}
