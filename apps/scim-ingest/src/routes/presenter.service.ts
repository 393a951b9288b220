import { Injectable } from '@nestjs/common';
import { badRequest, locationOf, present } from '@gatehouse/scim';
import type { Membership, Projection, ResourceType, Row } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import { tagOf } from '../resources/preconditions.js';
import { Resources } from '../resources/resources.store.js';

interface Shown {
  readonly type: ResourceType;
  readonly projection: Projection;
  readonly baseUrl: string;
}

/**
 * Of one list. A page of a thousand large groups, or of people who are in all groups, would be more than the process has
 * memory for. Who is alone on a page is answered as by their id.
 */
const membershipsOfListMax = 200_000;

/** Rows as clients see them. Memberships are read only where the answer has them. */
@Injectable()
export class Presenter {
  constructor(private readonly resources: Resources) {}

  async one(status: 200 | 201, row: Row, shown: Shown): Promise<Answer> {
    const [body] = await this.all([row], shown);
    const headers = {
      ETag: tagOf(shown.type, row, shown.projection),
      Location: locationOf(shown.type, row, shown.baseUrl),
    };
    return { status, body, headers };
  }

  async all(
    rows: readonly Row[],
    { type, projection, baseUrl }: Shown,
  ): Promise<readonly ReturnType<typeof present>[]> {
    const missing = projection.needsMemberships ? rows.filter((row) => row['memberships'] === undefined) : [];
    const ids = missing.map((row) => String(row['id']));
    if (ids.length > 1) await this.assertFew(type, ids);
    const read = await this.resources.memberships(type, ids);
    return rows.map((row) => {
      if (!projection.needsMemberships) return present(type, row, { projection, baseUrl });
      const memberships = (row['memberships'] as Membership[] | null | undefined) ?? read.get(String(row['id'])) ?? [];
      return present(type, row, { projection, baseUrl, memberships });
    });
  }

  /** RFC 7644 3.12. */
  private async assertFew(type: ResourceType, ids: readonly string[]): Promise<void> {
    if (!(await this.resources.haveMoreMembershipsThan(membershipsOfListMax, type, ids))) return;
    const name = type.name === 'User' ? 'groups' : 'members';
    const detail = `They have more than ${membershipsOfListMax} ${name} together: ask with excludedAttributes=${name} or a smaller count.`;
    throw badRequest('tooMany', detail);
  }
}
