import { Inject, Injectable } from '@nestjs/common';
import { Encryption } from '@gatehouse/database';
import {
  badRequest,
  groupType,
  listResponse,
  openCursor,
  readListQuery,
  readSearch,
  ScimError,
  sealCursor,
  userType,
} from '@gatehouse/scim';
import type { Dialects, ListQuery, ListRequest, Paging, ResourceType, Row } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import type { ScimRequest } from '../http/scim-request.js';
import { Resources } from '../resources/resources.store.js';
import { limits } from './limits.js';
import { Presenter } from './presenter.service.js';

/** Queries: a page of one kind of resource, or of both from the root (RFC 7644 3.4.2 and 3.4.3, RFC 9865). */
@Injectable()
export class Lists {
  private readonly cursorSecret: Buffer;

  constructor(
    @Inject(Encryption) encryption: Encryption,
    private readonly resources: Resources,
    private readonly presenter: Presenter,
  ) {
    this.cursorSecret = Buffer.from(encryption.fingerprint('cursors of SCIM'));
  }

  async list(type: ResourceType, request: ScimRequest, dialects: Dialects): Promise<Answer> {
    return this.page(type, readListQuery(type, single(request.query), limits, dialects), request);
  }

  async search(type: ResourceType, request: ScimRequest, dialects: Dialects): Promise<Answer> {
    return this.page(type, readSearch(type, request.json(), limits, dialects), request);
  }

  /** People first, then groups. A filter by an attribute that only one of them has is about that one. */
  async everything(request: ScimRequest, dialects: Dialects): Promise<Answer> {
    const read = (type: ResourceType) =>
      request.method === 'POST'
        ? readSearch(type, request.json(), limits, dialects)
        : readListQuery(type, single(request.query), limits, dialects);
    const queries = readForBoth(read);
    const { paging } = queries[0]!.query;
    if (paging.kind === 'cursor') throw badRequest('invalidCursor', 'Page through both kinds by startIndex.');
    const resources: unknown[] = [];
    let total = 0;
    for (const { type, query } of queries) {
      const startIndex = Math.max(1, paging.startIndex - total);
      const count = Math.max(0, paging.count - resources.length);
      const found = await this.resources.page(questionOf(type, query, request), { kind: 'index', startIndex, count });
      // Where the page begins further on than this kind goes, none of it belongs to the page.
      const isReached = paging.startIndex <= total + found.total;
      if (isReached) resources.push(...(await this.shown(type, found.rows, query, request)));
      total += found.total;
    }
    return { status: 200, body: listResponse({ total, resources: resources as never, startIndex: paging.startIndex }) };
  }

  private async page(type: ResourceType, query: ListQuery, request: ScimRequest): Promise<Answer> {
    const question = questionOf(type, query, request);
    const { total, rows } = await this.resources.page(question, this.pagingOf(query, question));
    if (query.paging.kind === 'index') {
      const resources = await this.shown(type, rows, query, request);
      return { status: 200, body: listResponse({ total, resources, startIndex: query.paging.startIndex }) };
    }
    const page = rows.slice(0, query.paging.count);
    const resources = await this.shown(type, page, query, request);
    const next = rows.length > page.length && page.length > 0 ? { nextCursor: this.after(page, query, question) } : {};
    return { status: 200, body: listResponse({ total, resources, ...next }) };
  }

  private shown(type: ResourceType, rows: readonly Row[], { projection }: ListQuery, { baseUrl }: ScimRequest) {
    return this.presenter.all(rows, { type, projection, baseUrl });
  }

  private pagingOf({ paging }: ListQuery, question: ListRequest): Paging {
    if (paging.kind === 'index') return paging;
    const { cursor, count } = paging;
    return {
      kind: 'cursor',
      count,
      after: cursor === undefined ? undefined : openCursor(cursor, question, this.seal()),
    };
  }

  private after(page: readonly Row[], { sort }: ListQuery, question: ListRequest): string {
    const last = page.at(-1)!;
    const key = sort && typeof last['sort_key'] === 'string' ? last['sort_key'] : null;
    return sealCursor({ id: String(last['id']), key }, question, this.seal());
  }

  private seal() {
    return { secret: this.cursorSecret, now: new Date(), timeoutSeconds: limits.cursorTimeoutSeconds };
  }
}

function questionOf(type: ResourceType, { filter, sort, projection }: ListQuery, { tenant }: ScimRequest): ListRequest {
  const withMemberships = projection.needsMemberships;
  return { type, provider: tenant.provider, withMemberships, ...(filter && { filter }), ...(sort && { sort }) };
}

/** @throws ScimError when neither kind of resource has what is asked for */
function readForBoth(read: (type: ResourceType) => ListQuery): { type: ResourceType; query: ListQuery }[] {
  const problems: ScimError[] = [];
  const queries = [userType, groupType].flatMap((type) => {
    try {
      return [{ type, query: read(type) }];
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      problems.push(error);
      return [];
    }
  });
  if (queries.length === 0) throw problems[0]!;
  return queries;
}

/** A parameter that is given twice: the first counts, but for lists of names, which add up. */
function single(query: URLSearchParams): Record<string, unknown> {
  const fields = new Map<string, string>();
  for (const [given, value] of query) {
    const name = given.toLowerCase();
    const known = fields.get(name);
    if (known === undefined) fields.set(name, value);
    else if (name.endsWith('attributes')) fields.set(name, `${known},${value}`);
  }
  return Object.fromEntries(fields);
}
