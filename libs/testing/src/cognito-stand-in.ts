import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInUser {
  readonly sub: string;
  readonly Username: string;
  readonly Enabled: boolean;
  readonly UserStatus: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export type Listing = 'ListUsers' | 'ListGroups' | 'ListUsersInGroup';

/** What is answered instead of the truth. */
type Fault = 'throttle' | 'lose-the-answer' | { readonly status: number; readonly body: string };

interface Asked {
  readonly UserPoolId?: unknown;
  readonly Limit?: unknown;
  readonly Filter?: unknown;
  readonly GroupName?: unknown;
  readonly PaginationToken?: unknown;
  readonly NextToken?: unknown;
}

class Refusal extends Error {
  constructor(
    readonly type: string,
    readonly status = 400,
  ) {
    super(type);
  }
}

const pageMax = 60;

/**
 * The three listings of Cognito's user pools as they are documented, and strict: signatures are checked, a page token is
 * good for one use by the very query it was given to, and no page is longer than was asked for.
 */
export class CognitoStandIn {
  static readonly credentials = {
    accessKeyId: 'AKIAQWERTYUIOPASDFGH',
    secretAccessKey: 'a-secret-of-the-stand-in-0123',
  };

  readonly users = new Map<string, StandInUser>();
  /** Names with the subs of their members. */
  readonly groups = new Map<string, Set<string>>();
  /** Answered listings, in their order. */
  readonly answered: Listing[] = [];
  /** Taken from the front, one for each request. */
  readonly faults: Fault[] = [];
  /** Fewer than asked for is allowed. */
  pageSize = pageMax;
  delayMs = 0;
  private readonly tokens = new Map<string, string>();

  private constructor(
    private readonly server: Server,
    readonly userPoolId: string,
    readonly region: string,
  ) {}

  static async start({ port = 0 } = {}): Promise<CognitoStandIn> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const standIn = new CognitoStandIn(server, 'eu-central-1_StandIn01', 'eu-central-1');
    server.on('request', (request, response) => void standIn.take(request, response));
    return standIn;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  add(Username: string, more: Partial<Omit<StandInUser, 'Username'>> = {}): StandInUser {
    const sub = more.sub ?? randomUUID();
    const attributes = { email: `${Username}@example.com`, email_verified: 'true', name: `The ${Username}` };
    const user = { Enabled: true, UserStatus: 'CONFIRMED', attributes, ...more, sub, Username };
    this.users.set(sub, user);
    return user;
  }

  remove({ sub }: Pick<StandInUser, 'sub'>): void {
    this.users.delete(sub);
    for (const members of this.groups.values()) members.delete(sub);
  }

  count(listing: Listing): number {
    return this.answered.filter((one) => one === listing).length;
  }

  /** As after an hour. */
  forgetTokens(): void {
    this.tokens.clear();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const fault = this.faults.shift();
    try {
      const listing = this.listingOf(request, body);
      if (fault === 'throttle') throw new Refusal('TooManyRequestsException');
      const answer = this.answer(listing, JSON.parse(body.toString()) as Asked);
      if (fault === 'lose-the-answer') {
        request.socket.destroy();
        return;
      }
      this.answered.push(listing);
      if (fault) send(response, fault.status, fault.body);
      else send(response, 200, JSON.stringify(answer));
    } catch (error) {
      const { type, status } = error instanceof Refusal ? error : new Refusal('InternalErrorException', 500);
      send(response, status, JSON.stringify({ __type: type, message: `refused: ${type}` }));
    }
  }

  private listingOf(request: IncomingMessage, body: Buffer): Listing {
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/x-amz-json-1.1')
      throw new Refusal('SerializationException');
    if (!isSigned(request, body, this.region)) throw new Refusal('InvalidSignatureException');
    const target = String(request.headers['x-amz-target']);
    const listing = (['ListUsers', 'ListGroups', 'ListUsersInGroup'] as const).find(
      (name) => target === `AWSCognitoIdentityProviderService.${name}`,
    );
    if (!listing) throw new Refusal('UnknownOperationException');
    return listing;
  }

  private answer(listing: Listing, asked: Asked): object {
    if (asked.UserPoolId !== this.userPoolId) throw new Refusal('ResourceNotFoundException');
    const limit = typeof asked.Limit === 'number' ? asked.Limit : pageMax;
    if (limit > pageMax) throw new Refusal('InvalidParameterException');
    const { PaginationToken, NextToken, ...query } = asked;
    const key = JSON.stringify([listing, query]);
    const token = listing === 'ListUsers' ? PaginationToken : NextToken;
    const after = token === undefined ? '' : this.redeem(token, key);
    const all = this.all(listing, asked).filter(([place]) => place > after);
    const page = all.slice(0, Math.min(limit, this.pageSize));
    const next = page.length < all.length ? { [tokenName(listing)]: this.tokenFor(key, page.at(-1)![0]) } : {};
    return { [listing === 'ListGroups' ? 'Groups' : 'Users']: page.map(([, item]) => item), ...next };
  }

  private redeem(token: unknown, key: string): string {
    if (typeof token !== 'string') throw new Refusal('InvalidParameterException');
    const stored = this.tokens.get(token);
    this.tokens.delete(token);
    const [query, place] = JSON.parse(stored ?? '[]') as [string?, string?];
    if (query !== key) throw new Refusal('InvalidParameterException');
    return place!;
  }

  private tokenFor(key: string, place: string): string {
    const token = randomUUID();
    this.tokens.set(token, JSON.stringify([key, place]));
    return token;
  }

  /** In a stable order, each with what it is sorted by. */
  private all(listing: Listing, { Filter, GroupName }: Asked): [string, object][] {
    if (listing === 'ListGroups')
      return [...this.groups.keys()].sort().map((name) => [name, { GroupName: name, UserPoolId: this.userPoolId }]);
    const members = listing === 'ListUsersInGroup' ? this.groups.get(String(GroupName)) : undefined;
    if (listing === 'ListUsersInGroup' && !members) throw new Refusal('ResourceNotFoundException');
    const wanted = typeof Filter === 'string' ? /^sub = "([^"]*)"$/.exec(Filter)?.[1] : undefined;
    if (Filter !== undefined && wanted === undefined) throw new Refusal('InvalidParameterException');
    return [...this.users.values()]
      .filter(({ sub }) => (members?.has(sub) ?? true) && (wanted === undefined || wanted === sub))
      .sort((one, other) => (one.sub < other.sub ? -1 : 1))
      .map((user) => [user.sub, shown(user)]);
  }
}

function shown({ sub, Username, Enabled, UserStatus, attributes }: StandInUser): object {
  const all = Object.entries({ sub, ...attributes });
  return { Username, Enabled, UserStatus, Attributes: all.map(([Name, Value]) => ({ Name, Value })) };
}

function tokenName(listing: Listing): string {
  return listing === 'ListUsers' ? 'PaginationToken' : 'NextToken';
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
}

/** Signature Version 4, of this one service and key: what was signed is what arrived. */
function isSigned({ method, url, headers }: IncomingMessage, body: Buffer, region: string): boolean {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/cognito-idp\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!found) return false;
  const [, accessKeyId, day, signedRegion, names, signature] = found as unknown as string[];
  const { credentials } = CognitoStandIn;
  const signed = names!.split(';');
  if (accessKeyId !== credentials.accessKeyId || signedRegion !== region || !signed.includes('host')) return false;
  const canonical = [
    ...[method, url, '', ...signed.map((name) => `${name}:${String(headers[name]).trim()}`), '', names],
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const scope = `${day}/${region}/cognito-idp/aws4_request`;
  const hashed = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hashed].join('\n');
  const key = [day!, region, 'cognito-idp', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex') === signature;
}
