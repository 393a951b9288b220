/** Markup that is safe to send as it stands. Only `html` makes it. */
export class Html {
  constructor(readonly text: string) {}
}

type Fragment = Html | string | number | undefined | false | readonly Fragment[];

/** Everything that is not markup of ours is escaped, in text and in quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...values: Fragment[]): Html {
  const text = parts.reduce((before, part, index) => before + render(values[index - 1]) + part);
  return new Html(text);
}

function render(value: Fragment): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => escapes[character]!);
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
