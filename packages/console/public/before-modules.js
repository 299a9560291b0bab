// zod compiles schemas with `new Function` where it may; the console's content security policy forbids that,
// and every try is a complaint in the browser. Read by zod when its first module is evaluated.
globalThis.__zod_globalConfig = { jitless: true };
