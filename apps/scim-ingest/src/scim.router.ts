import { Injectable } from '@nestjs/common';
import { ScimError } from '@gatehouse/scim';
import type { Dialects } from '@gatehouse/scim';
import type { Answer } from './http/answer.js';
import { methodNotAllowed } from './http/http-error.js';
import type { ScimRequest } from './http/scim-request.js';
import { DialectsReader } from './resources/dialects.reader.js';
import { Bulk } from './routes/bulk.service.js';
import { discovery } from './routes/discovery.js';
import { Lists } from './routes/lists.service.js';
import { ResourceRoutes, typesByEndpoint } from './routes/resource.routes.js';

/** Every address below `/scim/v2`. */
@Injectable()
export class ScimRouter {
  constructor(
    private readonly dialects: DialectsReader,
    private readonly resources: ResourceRoutes,
    private readonly lists: Lists,
    private readonly bulk: Bulk,
  ) {}

  async answer(request: ScimRequest): Promise<Answer> {
    return discovery(request) ?? this.dispatch(request, await this.dialects.of(request.tenant.provider));
  }

  private dispatch(request: ScimRequest, dialects: Dialects): Promise<Answer> {
    const [endpoint = '', id, ...rest] = request.segments;
    if (rest.length > 0) throw unknownAddress();
    const type = typesByEndpoint.get(endpoint);
    if (type && id === '.search') return post(request, () => this.lists.search(type, request, dialects));
    if (type && id !== undefined) return this.resources.item(type, id, request, dialects);
    if (type) return this.resources.collection(type, request, dialects);
    if (id !== undefined) throw unknownAddress();
    switch (endpoint) {
      case '':
        if (request.method !== 'GET') throw methodNotAllowed('GET, HEAD');
        return this.lists.everything(request, dialects);
      case '.search':
        return post(request, () => this.lists.everything(request, dialects));
      case 'Bulk':
        return post(request, () => this.bulk.run(request, dialects));
      case 'Me':
        // RFC 7644 3.11: a token stands for a provider, and so for nobody in its directory.
        throw new ScimError(501, undefined, 'A token stands for a provider and not for a person.');
      default:
        throw unknownAddress();
    }
  }
}

function post(request: ScimRequest, run: () => Promise<Answer>): Promise<Answer> {
  if (request.method !== 'POST') throw methodNotAllowed('POST');
  return run();
}

function unknownAddress(): ScimError {
  return new ScimError(404, undefined, 'There is nothing at this address.');
}
