import { isObject } from './read-body.ts';

/** Which fields of Segment's `context` become properties, under Sensors' preset names. */
const FIELDS: readonly (readonly [group: string, field: string, property: string])[] = [
  ['page', 'url', '$url'],
  ['page', 'path', '$url_path'],
  ['page', 'title', '$title'],
  ['page', 'referrer', '$referrer'],
  ['campaign', 'source', '$utm_source'],
  ['campaign', 'medium', '$utm_medium'],
  ['campaign', 'name', '$utm_campaign'],
  ['campaign', 'term', '$utm_term'],
  ['campaign', 'content', '$utm_content'],
  ['library', 'name', '$lib'],
  ['library', 'version', '$lib_version'],
  ['app', 'version', '$app_version'],
  ['device', 'model', '$model'],
  ['os', 'name', '$os'],
  ['os', 'version', '$os_version'],
];

/** Properties out of a Segment context; text only. */
export function contextProperties(context: Record<string, unknown>): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const [group, field, property] of FIELDS) {
    const holder = context[group];
    if (!isObject(holder)) continue;
    const value = holder[field];
    if (typeof value === 'string' && value !== '') properties[property] = value;
  }
  if (typeof context.locale === 'string') properties.$locale = context.locale;
  return properties;
}
