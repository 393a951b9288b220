import { Inject, Injectable } from '@nestjs/common';
import { Encryption } from '@gatehouse/database';
import {
  badRequest,
  groupType,
  listResponse,
  openCursor,
  readListQuery,
  readSearch,
  sealCursor,
  userType,
} from '@gatehouse/scim';
import type { Dialects, ListQuery, ListRequest, Paging, ResourceType, Row } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import type { ScimRequest } from '../http/scim-request.js';
import { Resources } from '../resources/resources.store.js';
import { limits } from './limits.js';
import { Presenter } from './presenter.service.js';
import { queryFields } from './query-fields.js';

/** Of people: what the largest directories have groups, times this, is what a list has at most. */
const rowsWithMemberships = 100;

type Shown = Awaited<ReturnType<Presenter['all']>>[number];

const everyType: readonly ResourceType[] = [userType, groupType];

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
    return this.page(type, readListQuery(type, queryFields(request.query), limits, dialects), request);
  }

  async search(type: ResourceType, request: ScimRequest, dialects: Dialects): Promise<Answer> {
    return this.page(type, readSearch(type, request.json(), limits, dialects), request);
  }

  /**
   * People first, then groups, unless what both have is sorted by. What only one of them has is without a value in the
   * other (RFC 7644 3.4.2.1).
   */
  async everything(request: ScimRequest, dialects: Dialects): Promise<Answer> {
    const read = (type: ResourceType) =>
      request.method === 'POST'
        ? readSearch(type, request.json(), limits, dialects, everyType)
        : readListQuery(type, queryFields(request.query), limits, dialects, everyType);
    const queries = inSortOrder(everyType.map((type) => ({ type, query: read(type) })));
    const { paging } = queries[0]!.query;
    if (paging.kind === 'cursor') throw badRequest('invalidCursor', 'Page through both kinds by startIndex.');
    const { startIndex } = paging;
    const sorted = queries.flatMap(({ type, query }) =>
      query.sort ? [{ ...questionOf(type, query, request), sort: query.sort }] : [],
    );
    const page =
      sorted.length === queries.length
        ? await this.merged(queries, await this.resources.merged(sorted, paging), request)
        : await this.inTurn(queries, paging, request);
    return { status: 200, body: listResponse({ ...page, startIndex }) };
  }

  private async merged(
    queries: readonly QueryOfType[],
    { total, rows }: Awaited<ReturnType<Resources['merged']>>,
    request: ScimRequest,
  ) {
    const shown = new Map<Row, Shown>();
    for (const [place, { type, query }] of queries.entries()) {
      const own = rows.filter((one) => one.place === place).map(({ row }) => row);
      const resources = await this.shown(type, own, query, request);
      for (const [index, row] of own.entries()) shown.set(row, resources[index]!);
    }
    return { total, resources: rows.map(({ row }) => shown.get(row)!) };
  }

  private async inTurn(
    queries: readonly QueryOfType[],
    paging: { readonly startIndex: number; readonly count: number },
    request: ScimRequest,
  ) {
    const resources: Shown[] = [];
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
    return { total, resources };
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

function questionOf(
  type: ResourceType,
  { filter, sort, projection, paging }: ListQuery,
  { tenant }: ScimRequest,
): ListRequest {
  // On a long page they are read once they are known to be few enough.
  const withMemberships = projection.needsMemberships && paging.count <= rowsWithMemberships;
  return { type, provider: tenant.provider, withMemberships, ...(filter && { filter }), ...(sort && { sort }) };
}

interface QueryOfType {
  readonly type: ResourceType;
  readonly query: ListQuery;
}

/** RFC 7644 3.4.2.3: without a value last, or first when descending; so is all of a kind that has no such attribute. */
function inSortOrder(queries: readonly QueryOfType[]): readonly QueryOfType[] {
  const sorted = queries.filter(({ query }) => query.sort);
  const others = queries.filter(({ query }) => !query.sort);
  return sorted[0]?.query.sort?.descending ? [...others, ...sorted] : [...sorted, ...others];
}
