/** Content negotiation between two: JSON unless YAML is named and wanted more (RFC 9110 section 12.5.1). */
export function prefersYaml(accept: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const range of (accept ?? '').toLowerCase().split(',').slice(0, 50)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    weights.set(type, Number.isNaN(weight) ? 0 : weight);
  }
  const yaml = weights.get('application/yaml') ?? 0;
  const json = weights.get('application/json') ?? 0;
  return yaml > json;
}
