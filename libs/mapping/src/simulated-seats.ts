import type { ConfigDocument, SimulatedSignIn } from '@gatehouse/contracts';
import { foreseePerson, groupsOnRecord } from './foresee-person.js';
import type { PersonOnRecord } from './foresee-person.js';
import { foreseeSeats } from './foresee-seats.js';
import type { SeatQuestion } from './foresee-seats.js';
import { foldedSet } from './ledger.js';
import { foldName } from './names.js';
import type { Identity } from './provider-of.js';

interface Question {
  readonly person: PersonOnRecord;
  readonly identities: readonly Identity[];
  readonly config: ConfigDocument;
  /** Undefined: Jira did not tell. */
  readonly applications: SeatQuestion['applications'] | undefined;
}

/** What a sign-in would mean for the licences (P04). Jira is not asked for the person: it is what our tables know. */
export function simulatedSeats({ person, identities, config, applications }: Question): SimulatedSignIn['seats'] {
  if (!applications) return { state: 'unknown', because: 'Jira is away, or does not tell its licences' };
  const { plan } = foreseePerson(person, { config, identities, signsIn: true });
  if (!plan)
    return { state: 'unknown', because: 'the sign-in would be refused, or only Jira can tell what becomes of it' };
  const { key, active } = person.jira;
  const known = key === undefined ? [] : groupsOnRecord(person);
  const gone = foldedSet(plan.remove);
  const after = [...known.filter((group) => !gone.has(foldName(group))), ...plan.add];
  return { state: 'known', applications: foreseeSeats({ applications, before: active === false ? [] : known, after }) };
}
