import { config } from 'zod';

/**
 * zod compiles schemas with `new Function` where it may; our content security policy forbids that, and
 * every try is a complaint in the browser. Imported before anything that makes a schema.
 */
config({ jitless: true });
