import { filters, Liquid, type Template } from 'liquidjs';
import type { Clock } from '../platform/index.ts';

/** How values are made safe where they are put in. */
export type Escaping = 'text' | 'html' | 'json';

/** Renders Liquid templates; parsed templates are kept. */
export interface TemplateRenderer {
  /** @throws Error with the reason (unknown variable, filter, limit), in words of the template's author */
  render(template: string, context: Readonly<Record<string, unknown>>, escaping?: Escaping): string;
  /** Variables a template reads, each as a path, e.g. `['person', 'name']`. @throws Error when it cannot be parsed */
  variablesOf(template: string): string[][];
}

const PARSE_LIMIT_CHARACTERS = 20_000;
// A message renders in well under a millisecond; only a runaway loop meets these.
const RENDER_LIMIT_MS = 200;
const MEMORY_LIMIT = 1_000_000;
const OUTPUT_LIMIT_CHARACTERS = 200_000;
const KEPT_TEMPLATES = 2_000;

/**
 * Liquid with the doors shut: no files, no prototypes, bounded time and memory. A missing variable
 * is an error, so that nobody receives "尊敬的，您好"; `default` and `if` allow for it on purpose.
 */
export function createTemplateRenderer(clock: Clock, timeZone: string): TemplateRenderer {
  const engines: Record<Escaping, Liquid> = {
    text: createEngine(clock, timeZone),
    html: createEngine(clock, timeZone, 'escape'),
    json: createEngine(clock, timeZone, escapeJson),
  };
  const kept = new Map<string, Template[]>();

  const parse = (template: string, escaping: Escaping): Template[] => {
    const key = `${escaping}\u0000${template}`;
    let parsed = kept.get(key);
    if (parsed === undefined) {
      parsed = engines[escaping].parse(template);
      if (kept.size >= KEPT_TEMPLATES) kept.delete(kept.keys().next().value!);
      kept.set(key, parsed);
    }
    return parsed;
  };

  return {
    render(template, context, escaping = 'text') {
      if (!template.includes('{{') && !template.includes('{%')) return template;
      const output = String(engines[escaping].renderSync(parse(template, escaping), context));
      if (output.length > OUTPUT_LIMIT_CHARACTERS) throw new Error('the rendered text is too long');
      return output;
    },
    variablesOf(template) {
      return engines.text
        .globalVariableSegmentsSync(parse(template, 'text'))
        .map((segments) => segments.filter((segment): segment is string => typeof segment === 'string'));
    },
  };
}

function createEngine(
  clock: Clock,
  timeZone: string,
  outputEscape?: 'escape' | ((value: unknown) => string),
): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    timezoneOffset: timeZone,
    locale: 'zh-CN',
    dateFormat: '%Y-%m-%d',
    parseLimit: PARSE_LIMIT_CHARACTERS,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    outputEscape,
  });
  const date = filters.date as (this: unknown, value: unknown, ...rest: unknown[]) => unknown;
  liquid.registerFilter('date', function (value: unknown, ...rest: unknown[]) {
    // Liquid's own 'now' reads the machine's clock, which is not ours.
    return date.call(this, value === 'now' || value === 'today' ? new Date(clock.now()) : value, ...rest);
  });
  liquid.registerFilter('yuan', (value: unknown) => formatNumber(value, 2));
  liquid.registerFilter('wan', (value: unknown) => formatNumber(Number(value) / 10_000, 0, 2));
  liquid.registerFilter(
    'percent',
    (value: unknown, digits = 2) => `${formatNumber(Number(value) * 100, Number(digits))}%`,
  );
  liquid.registerFilter('tail', (value: unknown, count = 4) => String(value).slice(-Number(count)));
  return liquid;
}

/** `1234.5` → `1,234.50`. */
function formatNumber(value: unknown, digits: number, maximumDigits = digits): string {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new Error(`not a number: ${typeof value}`);
  return number.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: maximumDigits,
  });
}

/** Text inside a JSON string: the template writes the quotes. */
function escapeJson(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  return JSON.stringify(value);
}
