/**
 * The configuration document, key by key.
 * @param schema JSON Schema of what is applied
 */
export function documentPage(schema, { notice, table, code }) {
  const rows = membersOf(schema, [], undefined);
  const parts = [...new Set(rows.map(({ path }) => path[0]))];
  return [
    notice('libs/contracts/src/config-document.ts, provider.ts, mapping.ts and group-mapping.ts'),
    '# The configuration document\n\n',
    'One document in YAML or JSON, given as `CONFIG_FILE` at start or sent with `PUT /_sso/api/v1/config`. An unknown key is refused with its path, never ignored. All mistakes are told at once, with path, line where it is YAML, and what to write instead. ',
    '`<key>` is a name of your choice, the same for a provider and its mapping; `[]` is each entry of a list. A default of `-` means that the key may be left out.\n\n',
    ...parts.flatMap((part) => [
      `## ${part}\n\n`,
      table(
        ['path', 'type', 'default', 'meaning'],
        rows
          .filter(({ path }) => path[0] === part)
          .map(({ path, type, fallback, meaning }) => [code(path.join('.')), type, shown(fallback, code), meaning]),
      ),
    ]),
  ].join('');
}

/** @param preset what stands there when the whole object is left out */
function membersOf(schema, path, preset) {
  const required = new Set(preset === undefined ? (schema.required ?? []) : []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const fallback = preset?.[name] ?? member.default;
    return rowsOf(member, [...path, name], required.has(name) ? 'required' : { value: fallback });
  });
}

function rowsOf(schema, path, fallback) {
  const inside = insideOf(schema, path, fallback);
  if (inside.length > 0 && schema.description === undefined) return inside;
  return [{ path, type: typeOf(schema), fallback, meaning: schema.description ?? '' }, ...inside];
}

function insideOf(schema, path, fallback) {
  if (schema.properties) return membersOf(schema, path, fallback.value);
  if (schema.items?.properties) return membersOf(schema.items, [...path, '[]'], undefined);
  if (schema.additionalProperties?.properties)
    return membersOf(schema.additionalProperties, [...path, '<key>'], undefined);
  return [];
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(', or ');
  switch (schema.type) {
    case 'array':
      return `list of ${typeOf(schema.items)}`;
    case 'object':
      return objectType(schema);
    case 'integer':
      return `whole number, ${schema.minimum} to ${schema.maximum}`;
    case 'string':
      return schema.format === 'uri' ? 'address' : 'text';
    default:
      return schema.type === 'boolean' ? 'yes or no' : schema.type;
  }
}

function objectType({ properties, additionalProperties }) {
  if (properties) return `\`{ ${Object.keys(properties).join(', ')} }\``;
  return additionalProperties?.type ? `name to ${typeOf(additionalProperties)}` : 'object';
}

function shown(fallback, code) {
  if (fallback === 'required') return 'required';
  return fallback.value === undefined ? '-' : code(JSON.stringify(fallback.value));
}
