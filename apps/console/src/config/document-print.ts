import type { ConfigExport } from '@gatehouse/contracts';

/** Of equal documents with equal secrets the same text, whatever the order of keys and whether it was YAML or JSON. */
export function documentPrint(document: ConfigExport, secretFingerprints: ReadonlyMap<string, string>): string {
  const secrets = [...secretFingerprints].sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([inOrder(document), secrets]);
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, inner]) => [key, inOrder(inner)]);
}
