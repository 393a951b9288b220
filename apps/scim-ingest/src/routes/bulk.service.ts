import { Injectable } from '@nestjs/common';
import { etagOf, goesOn, locationOf, planBulk, readBulk, resolveReferences } from '@gatehouse/scim';
import type { BulkOperation, BulkStep, Dialects } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import { asScimError } from '../http/error-answer.js';
import type { ScimRequest } from '../http/scim-request.js';
import { limits } from './limits.js';
import { ResourceRoutes } from './resource.routes.js';

const responseSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

interface Done {
  readonly method: string | undefined;
  readonly bulkId?: string | undefined;
  readonly status: string;
  readonly location?: string;
  readonly version?: string;
  readonly response?: unknown;
}

/** Many changes in one request (RFC 7644 3.7). Each is a commit of its own and ends as it would have ended alone. */
@Injectable()
export class Bulk {
  constructor(private readonly routes: ResourceRoutes) {}

  async run(request: ScimRequest, dialects: Dialects): Promise<Answer> {
    const bulk = readBulk(request.json(), limits.bulkOperationsMax);
    const ids = new Map<string, string>();
    const operations: Done[] = [];
    let failures = 0;
    for (const step of planBulk(bulk)) {
      if (!goesOn(bulk, failures)) break;
      const done = await this.take(step, ids, request, dialects);
      if (Number(done.status) >= 400) failures += 1;
      operations.push(done);
    }
    return { status: 200, body: { schemas: [responseSchema], Operations: operations } };
  }

  private async take(
    step: BulkStep,
    ids: Map<string, string>,
    request: ScimRequest,
    dialects: Dialects,
  ): Promise<Done> {
    const { method, bulkId } = step.kind === 'do' ? step.operation : step;
    const named = bulkId === undefined ? { method } : { method, bulkId };
    try {
      if (step.kind === 'answer') throw step.error;
      return { ...named, ...(await this.done(resolveReferences(step.operation, ids), ids, request, dialects)) };
    } catch (error) {
      const known = asScimError(error, request.traceId);
      return { ...named, status: String(known.status), response: known.toBody() };
    }
  }

  private async done(
    { method, type, id = '', bulkId, version, data }: BulkOperation,
    ids: Map<string, string>,
    { tenant, traceId, baseUrl }: ScimRequest,
    dialects: Dialects,
  ): Promise<Omit<Done, 'method'>> {
    const writer = this.routes.writer(type);
    const order = { provider: tenant.provider, traceId, ifMatch: version };
    if (method === 'DELETE') {
      await writer.remove(id, order);
      return { status: '204', location: `${baseUrl}${type.endpoint}/${id}` };
    }
    const row =
      method === 'POST'
        ? await writer.create(data, dialects, order)
        : await writer[method === 'PUT' ? 'replace' : 'patch'](id, data, dialects, order);
    if (method === 'POST' && bulkId !== undefined) ids.set(bulkId, String(row['id']));
    const status = method === 'POST' ? '201' : '200';
    return { status, location: locationOf(type, row, baseUrl), version: etagOf(row['version']) };
  }
}
