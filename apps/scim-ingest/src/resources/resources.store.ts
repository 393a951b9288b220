import { Injectable } from '@nestjs/common';
import { beside, besideNull, statement, Statements } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { countStatement, groupType, mergedStatement, pageStatement, userType } from '@gatehouse/scim';
import type { ListRequest, Membership, Paging, ResourceType, Row, SortedRequest } from '@gatehouse/scim';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

type Queries = Pick<EntityManager, 'query'>;

/** All ids of ours are random ones (RFC 9562 5.4): nothing else is asked for, or told to anybody. */
const randomUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** An id as we write it, or undefined for a text that is none of ours. */
export function idOf(text: string): string | undefined {
  const id = text.toLowerCase();
  return randomUuid.test(id) ? id : undefined;
}

interface MembershipRow extends Membership {
  readonly owner: string;
}

/** Reads users and groups of one provider. Whatever is asked for, no statement leaves the provider. */
@Injectable()
export class Resources {
  private readonly statements: Statements;
  private readonly usual = new Map<string, Statement<Row>>();

  constructor(private readonly dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  /** @returns undefined when this provider has none of this id, whoever else has (C74) */
  async find(type: ResourceType, provider: string, id: string): Promise<Row | undefined> {
    const known = idOf(id);
    return known === undefined ? undefined : this.statements.first(one[type.name], [known, provider]);
  }

  /** The same, and nobody else changes it before the caller's transaction ends. */
  async lock(manager: EntityManager, type: ResourceType, provider: string, id: string): Promise<Row | undefined> {
    const known = idOf(id);
    if (known === undefined) return undefined;
    const [row] = await manager.query<Row[]>(`${one[type.name].text} for update of r`, [known, provider]);
    return row;
  }

  /** A total that a page tells by itself is not counted: of the usual question by name there is one answer or none. */
  async page(request: ListRequest, paging: Paging): Promise<{ total: number; rows: readonly Row[] }> {
    const isIndex = paging.kind === 'index';
    const { text, values } = pageStatement(request, paging);
    const rows = isIndex && paging.count === 0 ? [] : await this.rows(request, paging, { text, values });
    if (isIndex && paging.startIndex === 1 && rows.length < paging.count) return { total: rows.length, rows };
    return { total: await this.count(request), rows };
  }

  /** One page of several types in one order. `place` is that of its request; who was removed meanwhile is left out. */
  async merged(
    requests: readonly SortedRequest[],
    paging: { readonly startIndex: number; readonly count: number },
  ): Promise<{ total: number; rows: readonly { readonly place: number; readonly row: Row }[] }> {
    const { text, values } = mergedStatement(requests, paging);
    const places = await this.dataSource.query<{ place: number; id: string }[]>(text, [...values]);
    const byId = new Map<string, Row>();
    let total = 0;
    for (const [place, request] of requests.entries()) {
      const ids = places.filter((one) => one.place === place).map(({ id }) => id);
      for (const row of await this.ofIds(request, ids)) byId.set(String(row['id']), row);
      total += await this.count(request);
    }
    const rows = places.flatMap(({ place, id }) => {
      const row = byId.get(id);
      return row ? [{ place, row }] : [];
    });
    return { total, rows };
  }

  /** No more rows than one beyond the bound are looked at, however many these have. */
  async haveMoreMembershipsThan(max: number, type: ResourceType, ids: readonly string[]): Promise<boolean> {
    const counting = countOfMemberships(type.name === 'User' ? 'member_id' : 'group_id');
    const [counted] = await this.dataSource.query<{ count: number }[]>(counting, [ids, max + 1]);
    return counted!.count > max;
  }

  /** Of a person the groups they are in, of a group its members. */
  async memberships(
    type: ResourceType,
    ids: readonly string[],
    queries: Queries = this.dataSource,
  ): Promise<ReadonlyMap<string, readonly Membership[]>> {
    const byOwner = new Map<string, Membership[]>();
    if (ids.length === 0) return byOwner;
    const rows = await queries.query<MembershipRow[]>(type.name === 'User' ? groupsOfUsers : membersOfGroups, [ids]);
    for (const { owner, id, kind, display } of rows) {
      const known = byOwner.get(owner);
      if (known) known.push({ id, kind, display });
      else byOwner.set(owner, [{ id, kind, display }]);
    }
    return byOwner;
  }

  private async count(request: ListRequest): Promise<number> {
    const { text, values } = countStatement(request);
    const [counted] = await this.dataSource.query<{ total: number }[]>(text, [...values]);
    return counted!.total;
  }

  private ofIds({ type, provider }: ListRequest, ids: readonly string[]): Promise<Row[]> {
    const columns = type.columns.map((column) => `r.${column}`).join(', ');
    const text = `select ${columns} from ${type.table} r where r.id = any($1::uuid[]) and r.provider = $2 and ${type.visible}`;
    return this.dataSource.query<Row[]>(text, [ids, provider]);
  }

  private rows(
    request: ListRequest,
    paging: Paging,
    { text, values }: ReturnType<typeof pageStatement>,
  ): Promise<Row[]> {
    if (!isUsual(request, paging)) return this.dataSource.query<Row[]>(text, [...values]);
    let prepared = this.usual.get(text);
    if (!prepared) this.usual.set(text, (prepared = statement<Row>(text)));
    return this.statements.rows(prepared, values);
  }
}

/**
 * What every provider asks before it creates: is there one of this name, or of this id of its own? No more texts than
 * attributes in columns, so that what a client thinks up is never kept by a connection.
 */
function isUsual({ filter, sort }: ListRequest, { kind }: Paging): boolean {
  const isEquality =
    filter?.kind === 'compare' && filter.operator === 'eq' && filter.attribute.storage.kind === 'column';
  return isEquality && !sort && kind === 'index';
}

/** Of one row by its id. */
export const one = { User: oneOf(userType), Group: oneOf(groupType) };

function oneOf({ columns, memberships, table }: ResourceType): Statement<Row> {
  const read = columns.map((column) => `r.${column}`);
  if (memberships) read.push(`${memberships} as memberships`);
  const ours = `${beside('r.provider', '$2')} and ${besideNull('r.deleted_at')}`;
  return statement(`select ${read.join(', ')} from ${table} r where r.id = $1 and ${ours}`);
}

const groupsOfUsers = `
select m.member_id as owner, g.id, 'group' as kind, g.display_name as display
from directory.directory_member m join directory.directory_group g on g.id = m.group_id and g.deleted_at is null
where m.member_id = any($1::uuid[]) order by m.member_id, g.id`;

const countOfMemberships = (owner: 'member_id' | 'group_id') => `
select count(*)::int as count
from (select from directory.directory_member m where m.${owner} = any($1::uuid[]) limit $2) as looked_at`;

const membersOfGroups = `
select m.group_id as owner, m.member_id as id, m.member_kind as kind,
  coalesce(u.resource ->> 'displayName', u.user_name, g.display_name) as display
from directory.directory_member m
left join directory.directory_user u on m.member_kind = 'user' and u.id = m.member_id
left join directory.directory_group g on m.member_kind = 'group' and g.id = m.member_id
where m.group_id = any($1::uuid[]) and coalesce(u.id, g.id) is not null and coalesce(u.deleted_at, g.deleted_at) is null order by m.group_id, m.member_id`;
