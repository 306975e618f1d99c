/**
 * Holds calls and webhook bodies against LINE's OpenAPI documents. The documents spell polymorphism the old way
 * (a discriminator on the base, `allOf` in the kinds), which JSON Schema does not know: every reference to such a base is
 * turned into "one of the mapped kinds, by its discriminator, and no property beyond theirs", as LINE refuses unknown ones.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const FOLDER = new URL('../../../shared/line-openapi/', import.meta.url);

export interface OutgoingCall {
  method: string;
  /** Without host and query. */
  path: string;
  headers: Record<string, string>;
  /** Parsed JSON; undefined without a body. */
  body: unknown;
}

export interface LineContract {
  /** @returns violations of a call to the Messaging API; none = fine. */
  call(call: OutgoingCall): string[];
  /** @returns violations of a webhook body. */
  webhook(body: unknown): string[];
  readonly checked: number;
  readonly violations: number;
}

/** @returns null, and prints why, where the documents are absent. */
export function openLineContract(): LineContract | null {
  const files = ['messaging-api.yml', 'webhook.yml'].map((name) => new URL(name, FOLDER));
  if (!files.every((file) => existsSync(file))) {
    console.log("LINE's OpenAPI documents are absent (../shared/line-openapi): calls are not held against them");
    return null;
  }
  const [api, hook] = files.map((file) => parse(readFileSync(file, 'utf8')) as Document);
  const operations = compileOperations(api!);
  const webhook = compiler(hook!)('CallbackRequest');
  let checked = 0;
  let violations = 0;
  const counted = (found: string[]): string[] => {
    checked++;
    violations += found.length;
    return found;
  };
  return {
    call: (call) => counted(checkCall(operations, call)),
    webhook: (body) => counted(problems(webhook, body)),
    get checked() {
      return checked;
    },
    get violations() {
      return violations;
    },
  };
}

type Schema = { [key: string]: unknown };
interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Checks {
  headers: Set<string>;
  body: ValidateFunction | null;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu;

function compileOperations(document: Document): Map<string, Checks> {
  const compile = compiler(document);
  const operations = new Map<string, Checks>();
  for (const [path, methods] of Object.entries(document.paths)) {
    if (!/^\/v2\/bot\/(?:message|profile|chat|info)/u.test(path)) continue;
    for (const [method, operation] of Object.entries(methods)) {
      const schema = operation.requestBody?.content['application/json']?.schema;
      const headers = (operation.parameters ?? [])
        .filter((one) => one.in === 'header')
        .map((one) => one.name.toLowerCase());
      operations.set(`${method.toUpperCase()} ${path}`, {
        headers: new Set(headers),
        body: schema?.$ref ? compile(schema.$ref.split('/').at(-1)!) : null,
      });
    }
  }
  return operations;
}

function checkCall(operations: Map<string, Checks>, call: OutgoingCall): string[] {
  const checks = operations.get(`${call.method} ${call.path}`);
  if (!checks) return [`no such operation: ${call.method} ${call.path}`];
  const headers = Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const found: string[] = [];
  if (!/^Bearer \S+$/u.test(headers.authorization ?? '')) found.push('header authorization: no bearer token');
  const key = headers['x-line-retry-key'];
  if (key !== undefined && !checks.headers.has('x-line-retry-key'))
    found.push('header x-line-retry-key: not taken here');
  if (key !== undefined && !UUID.test(key)) found.push('header x-line-retry-key: no UUID');
  if (!checks.body) return call.body === undefined ? found : [...found, 'a body where none is taken'];
  if (!/^application\/json\b/u.test(headers['content-type'] ?? '')) found.push('header content-type: not JSON');
  return [...found, ...problems(checks.body, call.body)];
}

function problems(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.keyword} ${error.message ?? ''}`);
}

/** @returns a function that compiles one named schema. */
function compiler(document: Document): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  const { schemas } = document.components;
  const isBase = (name: string): boolean => schemas[name]?.discriminator !== undefined;
  const defs: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    // `name` may be extended; `name!` is a value that stands alone.
    defs[name] = translate(schema, false);
    defs[`${name}!`] = isBase(name) ? kindsOf(schema) : { $ref: `#/$defs/${name}`, unevaluatedProperties: false };
  }
  ajv.addSchema({ $id: 'line', $defs: defs });
  return (name) => ajv.compile({ $ref: `line#/$defs/${name}!` });

  function kindsOf(base: Schema): Schema {
    const { propertyName, mapping } = base.discriminator as { propertyName: string; mapping: Record<string, string> };
    return {
      type: 'object',
      required: [propertyName],
      properties: { [propertyName]: { enum: Object.keys(mapping) } },
      allOf: Object.entries(mapping).map(([value, reference]) => ({
        if: { properties: { [propertyName]: { const: value } }, required: [propertyName] },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
        then: { $ref: `#/$defs/${reference.split('/').at(-1)}`, unevaluatedProperties: false },
      })),
    };
  }

  /** @param extends true right below `allOf`, where a reference means the base itself. */
  function translate(value: unknown, extended: boolean): Schema {
    const out: Schema = {};
    for (const [key, part] of Object.entries(value as Schema)) {
      if (key === '$ref') out.$ref = `#/$defs/${String(part).split('/').at(-1)}${extended ? '' : '!'}`;
      else if (key === 'allOf') out.allOf = (part as Schema[]).map((one) => translate(one, true));
      else if (key === 'items' || key === 'additionalProperties')
        out[key] = part === Object(part) ? translate(part, false) : part;
      else if (key === 'properties') {
        const entries = Object.entries(part as Schema).map(([name, one]) => [name, translate(one, false)]);
        out.properties = Object.fromEntries(entries);
      } else if (!['discriminator', 'externalDocs', 'description', 'example', 'nullable', 'deprecated'].includes(key)) {
        out[key] = part;
      }
    }
    if ((value as Schema).nullable === true) return { anyOf: [out, { type: 'null' }] };
    return out;
  }
}
