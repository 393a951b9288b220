import { people, seatGroup } from './facts.js';
import type { Person } from './facts.js';
import type { History } from './history.js';
import { wanted } from './reference-model.js';
import { voicesOf } from './voices.js';
import type { World } from './world.js';

/**
 * P02, P04: everything that can be done was done, and the licence is as the schedule left it. Who waits for a seat is not
 * let in to see nothing, and waiting is no failure that an operator has to look at.
 */
export async function letInWithoutSeat(history: History, world: World): Promise<string[]> {
  const failures = await world.dataSource.query<{ key: string }[]>(
    `select key from messaging.parked_job where code = 'jira.licence_full'`,
  );
  const parked = failures.map(({ key }) => `P04 ${key} is parked, and only waits for a seat`);
  if (!(await world.jira.isFull())) return parked;
  const rows = await world.dataSource.query<{ name: Person }[]>(usable);
  const usableNow = new Set(rows.map(({ name }) => name));
  const { users } = await world.jira.state();
  const unseated = people.filter((person) => {
    const user = users.find(({ name }) => name === person);
    const isHandled = history.byHand.some((one) => one.person === person && one.group === seatGroup);
    if (!user || isHandled || user.groups.includes(seatGroup) || !usableNow.has(person)) return false;
    return wanted(voicesOf(history, person), seatGroup);
  });
  return [...parked, ...unseated.map((person) => `P02 ${person} is let in without a seat`)];
}

/** Without those whose job an operator has to look at: a refused change leaves them in. */
const usable = `
select account.name_folded as name from sync.jira_account as known join mapping.account as account on account.id = known.account_id
where known.state = 'ready' and known.active and not exists (
  select 1 from messaging.parked_job as parked where parked.key = known.account_id::text and parked.resolved_at is null)`;
