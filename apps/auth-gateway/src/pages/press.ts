import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';

export interface Press {
  /** Whom a person waits for, as the middle of a sentence. */
  readonly target: string;
  /** Left out: on the way to the target. */
  readonly going?: string;
  readonly contact: string | undefined;
}

/** What a pressed button says while the browser is on its way, for the script of the page (E06). */
export function press({ target, going = `Going to ${target}…`, contact }: Press): Html {
  const help = contact === undefined ? '' : ` Who can help: ${contact}`;
  const late = `There is no answer from ${target} yet. When it comes, this page moves on. You can also try again now, or in a few minutes.${help}`;
  return html`data-going="${going}" data-still="Still waiting for ${target}…" data-late="${late}" data-again="Try again"`;
}

export function toJira({ contact }: Pick<Press, 'contact'>): Html {
  return press({ target: 'Jira', contact });
}

/** On the way to another page of ours. */
export function toUs({ contact }: Pick<Press, 'contact'>, going: string): Html {
  return press({ target: 'the sign-in service', going, contact });
}
