import { Injectable } from '@nestjs/common';
import { badRequest, etagOf, locationOf, present } from '@gatehouse/scim';
import type { Membership, Projection, ResourceType, Row } from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import { Resources } from '../resources/resources.store.js';

interface Shown {
  readonly type: ResourceType;
  readonly projection: Projection;
  readonly baseUrl: string;
}

/**
 * Of one list. A page of a thousand large groups would be more than the process has memory for. A group that is alone on
 * its page is answered as it is by its id.
 */
const membersOfListMax = 200_000;

/** Rows as clients see them. Memberships are read only where the answer has them. */
@Injectable()
export class Presenter {
  constructor(private readonly resources: Resources) {}

  async one(status: 200 | 201, row: Row, shown: Shown): Promise<Answer> {
    const [body] = await this.all([row], shown);
    const location = locationOf(shown.type, row, shown.baseUrl);
    return { status, body, headers: { etag: etagOf(row['version']), location } };
  }

  async all(
    rows: readonly Row[],
    { type, projection, baseUrl }: Shown,
  ): Promise<readonly ReturnType<typeof present>[]> {
    const missing = projection.needsMemberships ? rows.filter((row) => row['memberships'] === undefined) : [];
    const ids = missing.map((row) => String(row['id']));
    if (type.name === 'Group' && ids.length > 1) await this.assertMembersMax(ids);
    const read = await this.resources.memberships(type, ids);
    return rows.map((row) => {
      const memberships = (row['memberships'] as Membership[] | null | undefined) ?? read.get(String(row['id'])) ?? [];
      return present(type, row, { projection, baseUrl, memberships });
    });
  }

  /** RFC 7644 3.12. */
  private async assertMembersMax(groupIds: readonly string[]): Promise<void> {
    if (!(await this.resources.haveMoreMembersThan(membersOfListMax, groupIds))) return;
    const detail = `These groups have more than ${membersOfListMax} members: ask with excludedAttributes=members or a smaller count.`;
    throw badRequest('tooMany', detail);
  }
}
