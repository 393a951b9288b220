import { Injectable } from '@nestjs/common';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { JiraAddress } from './jira.address.js';
import { jiraClientId } from './op-configuration.js';
import { OpLogout } from './op-logout.service.js';

/** The one client. Its address comes from Jira, so it appears as soon as Jira has answered once. */
@Injectable()
export class OpClient {
  constructor(
    private readonly jira: JiraAddress,
    private readonly logout: OpLogout,
  ) {}

  adapter(secret: string): Adapter {
    const nothing = () => Promise.resolve(undefined);
    return {
      find: (id) => (id === jiraClientId ? this.metadata(secret) : nothing()),
      upsert: nothing,
      findByUid: nothing,
      findByUserCode: nothing,
      consume: nothing,
      destroy: nothing,
      revokeByGrantId: nothing,
    };
  }

  private async metadata(secret: string): Promise<AdapterPayload | undefined> {
    const jiraUrl = await this.jira.find();
    if (jiraUrl === undefined) return undefined;
    return {
      client_id: jiraClientId,
      client_secret: secret,
      client_name: 'Jira',
      redirect_uris: [`${jiraUrl}/plugins/servlet/oidc/callback`],
      post_logout_redirect_uris: [...(await this.logout.addresses())],
      token_endpoint_auth_method: 'client_secret_basic', // The library accepts the secret in the body as well.
      id_token_signed_response_alg: 'RS256',
    };
  }
}
