import { expect } from '@jest/globals';

export const scim = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  entraGroup: 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
} as const;

/** What tests look at of an answer, whichever of RFC 7644's messages it is. */
export interface ScimBody {
  readonly id: string;
  readonly active: boolean;
  readonly title?: string;
  readonly name: { readonly givenName: string; readonly familyName: string };
  readonly phoneNumbers: readonly unknown[];
  readonly members?: readonly { readonly value: string }[];
  readonly meta: { readonly location: string };
  readonly [scim.enterprise]?: { readonly employeeNumber?: string; readonly manager?: unknown };
  readonly totalResults: number;
  readonly Resources: readonly ScimBody[];
  readonly status: string;
  readonly scimType?: string;
  readonly detail: string;
}

export interface ScimReply {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined without content. */
  readonly body: ScimBody | undefined;
}

/** What one identity provider says in its headers, whatever the request is. */
export interface Habits {
  readonly token: string;
  readonly userAgent: string;
  readonly contentType: string;
  /** Entra writes spaces of a query as plus signs, Okta as `%20`. */
  readonly space?: '+' | '%20';
  /** After our address, as an administrator entered it: Entra takes flags of a tenant there. */
  readonly flags?: string;
}

/** An identity provider's end of SCIM: it sends what a conversation says and keeps nothing. */
export class ScimClient {
  constructor(
    private readonly base: string,
    private readonly habits: Habits,
  ) {}

  async send(method: string, path: string, body?: unknown): Promise<ScimReply> {
    const { token, userAgent, contentType, flags } = this.habits;
    const url = `${this.base}/scim/v2${path}${flags === undefined ? '' : (path.includes('?') ? '&' : '?') + flags}`;
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'user-agent': userAgent,
        accept: contentType,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const read = text === '' ? undefined : (JSON.parse(text) as ScimBody);
    return { status: answer.status, headers: answer.headers, body: read };
  }

  /** The same, where only one answer lets the conversation go on. @returns its body */
  async must(status: number, method: string, path: string, body?: unknown): Promise<ScimBody> {
    const reply = await this.send(method, path, body);
    expect({ request: `${method} ${path}`, status: reply.status, said: reply.status === status || reply.body }).toEqual(
      {
        request: `${method} ${path}`,
        status,
        said: true,
      },
    );
    return reply.body!;
  }

  /** @returns the resources that a filter finds; no match is an empty list and never an error */
  async find(type: 'Users' | 'Groups', filter: string, more = ''): Promise<readonly ScimBody[]> {
    const encoded = encodeURIComponent(filter).replaceAll('%20', this.habits.space ?? '%20');
    const list = await this.must(200, 'GET', `/${type}?filter=${encoded}${more}`);
    expect(list).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: list.Resources.length,
    });
    return list.Resources;
  }

  /** @returns what a change of that resource answered: Okta and Entra take 200 and 204 */
  async patch(path: string, ...operations: readonly unknown[]): Promise<void> {
    const reply = await this.send('PATCH', path, { schemas: [scim.patch], Operations: operations });
    expect([path, reply.status, reply.body?.detail]).toEqual([path, reply.status === 204 ? 204 : 200, undefined]);
  }
}

export const okta: Habits = {
  token: 'sandbox-scim-token',
  userAgent: 'Okta SCIM Client 1.0.0',
  contentType: 'application/scim+json; charset=utf-8',
  space: '%20',
};

export const entra: Habits = {
  token: 'sandbox-scim-token',
  userAgent: 'Mozilla/5.0 (compatible; provisioning)',
  contentType: 'application/scim+json; charset=utf-8',
  space: '+',
};
