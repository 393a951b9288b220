import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, visit } from 'yaml';
import type { CST, Document, ErrorCode as YamlErrorCode, Node } from 'yaml';
import type { DocumentProblem } from '@gatehouse/contracts';
import { ConfigInvalidError } from './config-invalid.js';

export type Path = readonly (string | number)[];

/** A document before validation, and where its parts were written. */
export interface ConfigSource {
  readonly value: unknown;
  /** What is wrong with the text though a value can be read from it. */
  readonly problems: readonly DocumentProblem[];
  /** Line of the part at this path, or of the nearest part around it; undefined when lines are not known. */
  readonly lineOf: (path: Path) => number | undefined;
}

/** Enough for a document that repeats a few lists; aliases of aliases multiply against it. */
const aliasesMax = 50;
/** In the whole text. */
const aliasesTotalMax = 1_000;
const tooManyAliases = {
  path: '',
  message: `the document uses too many aliases (at most ${aliasesMax} of one anchor)`,
};

/** Far more than the document has. */
const tokenDepthMax = 200;

/** Our words instead of the parser's: its messages quote the source, which may be a secret. */
const syntaxMessages: Partial<Record<YamlErrorCode, string>> = {
  BAD_INDENT: 'the indentation does not fit: align it with what is around it',
  NON_STRING_KEY: 'keys must be text',
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'tags are not allowed',
};

export function sourceOfJson(value: unknown): ConfigSource {
  return { value, problems: [], lineOf: () => undefined };
}

/**
 * YAML 1.2, and with it JSON: unique text keys, no tags of its own, a bounded number of aliases.
 * @throws ConfigInvalidError naming the lines
 */
export function parseConfigText(text: string): ConfigSource {
  const lines = new LineCounter();
  const [document, second] = compose(text, lines);
  const problems = document ? [...problemsIn(document, lines)] : [];
  if (second)
    problems.push({ path: '', message: 'only one document is allowed', line: lineAt(lines, second.range[0]) });
  if (problems.length > 0) throw new ConfigInvalidError(problems);
  if (!document) return sourceOfJson(undefined);
  return {
    value: valueOf(document),
    problems: duplicateKeys(document, lines),
    lineOf: (path) => lineOf(document.contents, lines, path),
  };
}

function compose(text: string, lines: LineCounter): readonly Document.Parsed[] {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    strict: true,
    stringKeys: true,
    resolveKnownTags: false,
    uniqueKeys: false, // Looked at below: the composer compares every key of a map with every other one.
  });
  return [...composer.compose(shallowTokens(text, lines), true, text.length)];
}

/**
 * The composer recurses, and a text of 400,000 brackets ends the whole process in it. The parser before it keeps a
 * stack of its own, so the depth is known before anything recurses.
 */
function* shallowTokens(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > tokenDepthMax) {
      throw new ConfigInvalidError([{ path: '', message: 'the document is nested too deeply' }]);
    }
  }
  yield* parser.end();
}

/** With which no value can be read from the text. */
function problemsIn(document: Document.Parsed, lines: LineCounter): readonly DocumentProblem[] {
  const ofSyntax = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    path: '',
    message: syntaxMessages[code] ?? 'this is not valid YAML',
    line: lineAt(lines, pos[0]),
  }));
  return ofSyntax.length > 0 ? ofSyntax : aliasProblems(document, lines);
}

function duplicateKeys(document: Document.Parsed, lines: LineCounter): readonly DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          problems.push({
            path: '',
            message: 'this key is there twice: leave one of them out',
            line: lineAt(lines, key.range?.[0] ?? 0),
          });
        seen.add(key.value);
      }
    },
  });
  return problems;
}

/** One walk in the order of the text. Asking each alias what it names would walk the document once for each of them. */
function aliasProblems(document: Document.Parsed, lines: LineCounter): readonly DocumentProblem[] {
  const anchors = new Map<string, Node>();
  const problems: DocumentProblem[] = [];
  let count = 0;
  visit(document, {
    Node: (_key, node, ancestors) => {
      if (!isAlias(node)) {
        if (node.anchor) anchors.set(node.anchor, node);
        return undefined;
      }
      count += 1;
      const line = lineAt(lines, node.range?.[0] ?? 0);
      const target = anchors.get(node.source);
      if (!target) problems.push({ path: '', message: 'an alias must name an anchor that comes before it', line });
      else if (ancestors.includes(target))
        problems.push({ path: '', message: 'an alias must not stand inside what it names', line });
      return count > aliasesTotalMax ? visit.BREAK : undefined;
    },
  });
  return count > aliasesTotalMax ? [tooManyAliases] : problems;
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasesMax });
  } catch {
    throw new ConfigInvalidError([tooManyAliases]);
  }
}

function lineOf(root: Node | null, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const segment of path) {
    const next = child(node, segment);
    if (!next) break;
    node = next.value;
    offset = next.offset ?? offset;
  }
  return offset === undefined ? undefined : lineAt(lines, offset);
}

function lineAt(lines: LineCounter, offset: number): number {
  return lines.linePos(offset).line;
}

function child(node: unknown, segment: string | number): { value: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(segment));
    return pair && { value: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
  }
  if (isSeq(node) && typeof segment === 'number') {
    const item = node.items[segment];
    return item === undefined ? undefined : { value: item, offset: (item as Node).range?.[0] };
  }
  return undefined;
}
