import type { ExplainedGroups } from '@gatehouse/contracts';
import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';

const rowsMax = 100;

type Claimed = ExplainedGroups['claimed'][number];
type Rule = ExplainedGroups['rules'][number];

/** What became of each group that the provider named, and which rules nothing matched (P14). */
export function groupsPart({ claimed, rules }: ExplainedGroups): Html {
  const unmatched = rules.filter((rule) => rule.claimed.length === 0);
  const rows = [
    ...claimed.map((one) => [one.claimed, outcomeOf(one, rules)] as const),
    ...unmatched.map((rule) => [`Rule ${rule.rule + 1}`, `${nameOf(rule)} was not claimed, so no ${rule.to}`] as const),
  ];
  if (rows.length === 0) return html``;
  return html`<h2>What becomes of each group</h2>
    <table>
      ${rows.slice(0, rowsMax).map(
        ([name, text]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${text}</td>
          </tr>`,
      )}
    </table>
    ${rows.length > rowsMax && html`<p>And ${rows.length - rowsMax} more.</p>`}`;
}

function outcomeOf({ name, outcome, pattern, gives }: Claimed, rules: readonly Rule[]): string {
  const read = name === undefined ? '' : `Read as ${name}. `;
  switch (outcome) {
    case 'mapped':
      return read + gives.map((grant) => givenText(grant, rules)).join('; ');
    case 'not-mapped':
      return `${read}No rule matches it.`;
    case 'excluded':
      return `${read}Excluded by ${pattern!}.`;
    case 'not-allowed':
      return `${read}Not among those that onTheFly.only allows.`;
    case 'unusable':
      return `${read}No group of Jira can have this name.`;
  }
}

function givenText({ group, rule, withheld }: Claimed['gives'][number], rules: readonly Rule[]): string {
  const matched = rules.find((one) => one.rule === rule);
  const by = rule === undefined ? 'by its name' : `by rule ${rule + 1}${matched ? ` (${nameOf(matched)})` : ''}`;
  return withheld ? `${group} ${by}, but administrators need a rule with an exact name` : `${group} ${by}`;
}

function nameOf({ from, pattern }: Rule): string {
  return from ?? `names like ${pattern!}`;
}
