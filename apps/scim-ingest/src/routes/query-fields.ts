/** A parameter that is given twice: the first counts, but for lists of names, which add up. Names are not case-exact. */
export function queryFields(query: URLSearchParams): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [given, value] of query) {
    const name = given.toLowerCase();
    const known = fields.get(name);
    if (known === undefined) fields.set(name, value);
    else if (name.endsWith('attributes')) fields.set(name, `${known},${value}`);
  }
  return Object.fromEntries(fields);
}
