import { Injectable } from '@nestjs/common';
import { etagOf, groupType, readProjectionQuery, userType } from '@gatehouse/scim';
import type { Dialects, Projection, ResourceType, Row } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import { methodNotAllowed } from '../http/http-error.js';
import type { ScimRequest } from '../http/scim-request.js';
import { Groups } from '../resources/groups.service.js';
import { assertConditions, isKnown, notFound, tagOf } from '../resources/preconditions.js';
import { Resources } from '../resources/resources.store.js';
import { Users } from '../resources/users.service.js';
import type { WriteOrder } from '../resources/write-order.js';
import { Lists } from './lists.service.js';
import { Presenter } from './presenter.service.js';
import { queryFields } from './query-fields.js';

/** `/Users` and `/Groups` (RFC 7644 section 3). */
@Injectable()
export class ResourceRoutes {
  constructor(
    private readonly users: Users,
    private readonly groups: Groups,
    private readonly resources: Resources,
    private readonly lists: Lists,
    private readonly presenter: Presenter,
  ) {}

  async collection(type: ResourceType, request: ScimRequest, dialects: Dialects): Promise<Answer> {
    switch (request.method) {
      case 'GET':
        return this.lists.list(type, request, dialects);
      case 'POST': {
        const projection = projectionOf(type, request);
        const row = await this.writer(type).create(request.json(), dialects, orderOf(request));
        return this.presenter.one(201, row, { type, projection, baseUrl: request.baseUrl });
      }
      default:
        throw methodNotAllowed('GET, HEAD, POST');
    }
  }

  async item(type: ResourceType, id: string, request: ScimRequest, dialects: Dialects): Promise<Answer> {
    const projection = projectionOf(type, request);
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const order = { ...orderOf(request), ifMatch, ifNoneMatch };
    switch (request.method) {
      case 'GET':
        return this.read(type, id, request, projection);
      case 'PUT': {
        const row = await this.writer(type).replace(id, request.json(), dialects, order);
        return this.presenter.one(200, row, { type, projection, baseUrl: request.baseUrl });
      }
      case 'PATCH':
        return this.patched(
          type,
          await this.writer(type).patch(id, request.json(), dialects, order),
          request,
          projection,
        );
      case 'DELETE':
        await this.writer(type).remove(id, order);
        return { status: 204 };
      default:
        throw methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE');
    }
  }

  /** For bulk operations too, which have the methods in common. */
  writer(type: ResourceType): Users | Groups {
    return type.name === 'User' ? this.users : this.groups;
  }

  private async read(type: ResourceType, id: string, request: ScimRequest, projection: Projection): Promise<Answer> {
    const row = await this.resources.find(type, request.tenant.provider, id);
    if (!row) throw notFound();
    assertConditions(row, { ifMatch: request.headers['if-match'] });
    if (isKnown(type, row, request.headers, projection))
      return { status: 304, headers: { ETag: tagOf(type, row, projection) } };
    return this.presenter.one(200, row, { type, projection, baseUrl: request.baseUrl });
  }

  /** A changed group answers without itself (E11), unless attributes are asked for: its members would have to be read. */
  private patched(
    type: ResourceType,
    row: Row,
    request: ScimRequest,
    projection: Projection,
  ): Promise<Answer> | Answer {
    const isAsked = [...request.query.keys()].some((name) => name.toLowerCase() === 'attributes');
    if (type.name === 'Group' && !isAsked) return { status: 204, headers: { ETag: etagOf(row['version']) } };
    return this.presenter.one(200, row, { type, projection, baseUrl: request.baseUrl });
  }
}

export const typesByEndpoint: ReadonlyMap<string, ResourceType> = new Map([
  ['Users', userType],
  ['Groups', groupType],
]);

function projectionOf(type: ResourceType, { query }: ScimRequest): Projection {
  return readProjectionQuery(type, queryFields(query));
}

function orderOf({ tenant, traceId }: ScimRequest): WriteOrder {
  return { provider: tenant.provider, traceId };
}
