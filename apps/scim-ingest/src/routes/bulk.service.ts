import { Injectable } from '@nestjs/common';
import {
  goesOn,
  locationOf,
  planBulk,
  readBulk,
  resolveId,
  resolveReferences,
  withoutReferences,
} from '@gatehouse/scim';
import type { BulkOperation, BulkStep, Dialects } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import { asScimError } from '../http/error-answer.js';
import type { ScimRequest } from '../http/scim-request.js';
import { tagOf } from '../resources/preconditions.js';
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

/** What can be said again as a part of an address. */
const pathShape = /^\/[\w.~!$&'()*+,;=:@%/-]{0,500}$/;

/** Many changes in one request (RFC 7644 3.7). Each is a commit of its own and ends as it would have ended alone. */
@Injectable()
export class Bulk {
  constructor(private readonly routes: ResourceRoutes) {}

  async run(request: ScimRequest, dialects: Dialects): Promise<Answer> {
    const bulk = readBulk(request.json(), limits.bulkOperationsMax);
    const ids = new Map<string, string>();
    const results = new Map<BulkStep['operation'], Done>();
    let failures = 0;
    for (const step of planBulk(bulk)) {
      // What is made is completed also where nothing more is begun.
      const made = step.kind === 'complete' ? results.get(step.operation) : undefined;
      if (step.kind === 'complete' ? made?.status !== '201' : !goesOn(bulk, failures)) continue;
      const done = await this.take(step, ids, request, dialects);
      if (Number(done.status) >= 400) failures += 1;
      results.set(step.operation, { ...done, ...(made?.location && { location: made.location }) });
    }
    return { status: 200, body: { schemas: [responseSchema], Operations: [...results.values()] } };
  }

  private async take(
    step: BulkStep,
    ids: Map<string, string>,
    request: ScimRequest,
    dialects: Dialects,
  ): Promise<Done> {
    const { method, bulkId } = step.operation;
    const named = bulkId === undefined ? { method } : { method, bulkId };
    try {
      if (step.kind === 'answer') throw step.error;
      return { ...named, ...(await this.done(doable(step, ids), ids, request, dialects)) };
    } catch (error) {
      const known = asScimError(error, request.traceId);
      const location = addressOf(step.operation, ids, request.baseUrl);
      return { ...named, ...(location && { location }), status: String(known.status), response: known.toBody() };
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
      method === 'POST' && id === ''
        ? await writer.create(data, dialects, order)
        : await writer[method === 'PATCH' ? 'patch' : 'replace'](id, data, dialects, order);
    if (method === 'POST' && bulkId !== undefined) ids.set(bulkId, String(row['id']));
    const status = method === 'POST' ? '201' : '200';
    return { status, location: locationOf(type, row, baseUrl), version: tagOf(type, row) };
  }
}

/** Completed, a POST replaces what it has made: the same content, with all of its references. */
function doable(step: Exclude<BulkStep, { kind: 'answer' }>, ids: ReadonlyMap<string, string>): BulkOperation {
  if (step.kind === 'do') return resolveReferences(withoutReferences(step.operation, step.without), ids);
  return { ...resolveReferences(step.operation, ids), id: ids.get(step.operation.bulkId!), version: undefined };
}

/**
 * RFC 7644 3.7: every result says what it is about, but for a POST that failed. Where nothing is, that is what was sent:
 * there are clients to which an answer without it is none.
 */
function addressOf(
  operation: BulkStep['operation'],
  ids: ReadonlyMap<string, string>,
  baseUrl: string,
): string | undefined {
  const { method, type, id } = operation;
  if (method === 'POST') return undefined;
  const known = type && id !== undefined ? `${type.endpoint}/${resolveId(id, ids) ?? id}` : undefined;
  const path = known ?? (operation.kind === 'refused' && operation.path?.replace(/^\/*/, '/'));
  return path && pathShape.test(path) ? baseUrl + path : undefined;
}
