import type { z } from 'zod';

/** Methods of the public REST API. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One operation of the public API: the single source from which the server validates,
 * the console calls, and the OpenAPI document is generated.
 *
 * Times in requests and responses are ISO 8601 strings in UTC unless a field says otherwise.
 */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> {
  /** operationId in OpenAPI: camelCase verb and noun, e.g. `listSegments`. */
  readonly name: string;
  readonly method: HttpMethod;
  /** Path with `:name` parameters, e.g. `/api/v1/people/:personId`. */
  readonly path: string;
  /** OpenAPI tag: the room. */
  readonly room: string;
  readonly summary: { readonly en: string; readonly zh: string };
  /** Permission needed, e.g. `segment.read`; `public` needs no login; `session` any logged-in user. */
  readonly permission: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly response: Response;
  /** Codes of this operation's own errors (the common ones need not be listed). */
  readonly errors?: readonly string[];
  /** Largest body in bytes; default 1 MiB. */
  readonly bodyLimitBytes?: number;
}

/** Declares an endpoint; only here for type inference. */
export function endpoint<
  Response extends z.ZodType,
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: Endpoint<Params, Query, Body, Response>): Endpoint<Params, Query, Body, Response> {
  return definition;
}

/** What a handler or caller sees of an endpoint's parts, after parsing. */
export type ParamsOf<E> = E extends Endpoint<infer P, z.ZodType, z.ZodType, z.ZodType> ? z.output<P> : never;
export type QueryOf<E> = E extends Endpoint<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.output<Q> : never;
export type BodyOf<E> = E extends Endpoint<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.output<B> : never;
export type ResponseOf<E> =
  E extends Endpoint<z.ZodType, z.ZodType, z.ZodType, infer R> ? z.output<R> : never;
/** What a caller passes, before defaults are filled in. */
export type QueryInputOf<E> =
  E extends Endpoint<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.input<Q> : never;
export type BodyInputOf<E> =
  E extends Endpoint<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.input<B> : never;
