import { groups, people } from './facts.js';
import type { History } from './history.js';
import type { JiraPeople } from './jira-hands.js';
import { wrongOfPeople } from './judge-people.js';
import type { Play } from './play.js';
import { readTables } from './tables.js';
import type { Tables } from './tables.js';
import { describe } from './wire.js';
import type { World } from './world.js';

/** The invariants after quiet time, as lines that say what is wrong; none: they hold. */
export async function violations(play: Play, world: World): Promise<readonly string[]> {
  const jira = await world.jira.state();
  const tables = await readTables(world);
  const told = [
    ...play.wrong,
    ...(await unsettled(world)),
    ...wrongOfPeople(play.history, jira, tables),
    ...wronglyHeld(play.history, tables),
    ...wronglyEnded(play.history, tables),
    ...foreign(jira),
    ...tooManyWrites(play),
    ...(play.wire.afterOvertaking > 0 ? [`I4 ${play.wire.afterOvertaking} writes beside another worker`] : []),
    ...(await untold(play, world)),
  ];
  const writes = play.wire.writes.length;
  await play.rest.lookAgain();
  const more = play.wire.writes.slice(writes).filter(({ didSomething }) => didSomething);
  return [...told, ...more.map((write) => `I2 at rest and yet: ${describe(write)}`)];
}

/** I1 */
async function unsettled(world: World): Promise<string[]> {
  const rows = await world.dataSource.query<{ event: string; state: string; outcome: string | null }[]>(
    `select event, state, outcome from messaging.outbox where state <> 'settled' or outcome is null or outcome = 'parked'`,
  );
  return rows.map(({ event, state, outcome }) => `I1 ${event} is ${state}, ${outcome ?? 'without an outcome'}`);
}

/** I3, X51: what an administrator approved is gone, and nothing waits for one whom no configuration calls. */
function wronglyHeld({ configurations }: History, { waiting, stuck }: Tables): string[] {
  const isEverHolding = configurations.some(({ perGroupMax }) => perGroupMax === 0);
  return [
    ...stuck.map((what) => `X51 ${what} is approved and still held`),
    ...(isEverHolding ? [] : [...waiting].map((what) => `X51 ${what} is held for nothing`)),
  ];
}

/** I7 the other way round. */
function wronglyEnded({ deactivation }: History, { sessions }: Tables): string[] {
  return people.flatMap((person) => {
    if (deactivation.hasEverDeactivated(person) || deactivation.hasEverGoneUnused(person)) return [];
    const ended = sessions.some((one) => one.person === person && one.reason === 'deactivated');
    return ended ? [`I6 a session of ${person} was ended for nobody's word`] : [];
  });
}

/** I3 */
function foreign({ users }: JiraPeople): string[] {
  const dave = users.find(({ name }) => name === 'dave');
  const is = JSON.stringify([dave?.groups, dave?.active, dave?.emailAddress]);
  return is === '[["alpha","by-hand"],true,"dave@example.com"]' ? [] : [`I3 dave is ${is}`];
}

/** I5: a call that found nothing to do is one that a kill, a freeze, a lost answer or a hand made superfluous. */
function tooManyWrites({ wire, crew, history, refused }: Play): string[] {
  // A group that Jira does not have is asked for again by every run.
  const known = wire.writes.filter(({ group }) => group === undefined || (groups as readonly string[]).includes(group));
  const idle = known.filter(({ didSomething, isLate }) => !didSomething && !isLate).length;
  const allowed = 4 * crew.cutShort + wire.lost + history.byHand.length + refused;
  return idle > allowed ? [`I5 ${idle} writes for nothing, ${allowed} allowed`] : [];
}

/** I8: each membership that was changed is told as often as Jira changed it. */
async function untold({ wire, history }: Play, world: World): Promise<string[]> {
  const rows = await world.dataSource.query<{ name: string; kind: string; group: string; told: number }[]>(toldChanges);
  const told = new Map(rows.map(({ name, kind, group, told: count }) => [`${name}/${kind}/${group}`, count]));
  return people.flatMap((person) =>
    groups.flatMap((group) => {
      const all = wire.writes.filter((write) => write.person === person && write.group === group);
      // A hand on the very membership, or a call that landed after its worker's death, leaves nothing to tell them apart by.
      if (
        all.some(({ isLate }) => isLate) ||
        history.byHand.some((one) => one.person === person && one.group === group)
      )
        return [];
      return (['add', 'remove'] as const).flatMap((kind) => {
        const made = all.filter((write) => write.kind === kind && write.didSomething).length;
        const idle = all.filter((write) => write.kind === kind && !write.didSomething).length;
        const count = told.get(`${person}/${kind}/${group}`) ?? 0;
        return count < made || count > made + idle
          ? [`I8 ${person} ${kind} ${group}: made ${made}, told ${count}`]
          : [];
      });
    }),
  );
}

const toldChanges = `
select account.name_folded as name, change ->> 'kind' as kind, change ->> 'group' as "group", count(*)::integer as told
from sync.reconcile_run as run join mapping.account as account on account.id = run.account_id
cross join jsonb_array_elements(run.plan -> 'changes') as change
where change ->> 'kind' in ('add', 'remove') group by 1, 2, 3`;
