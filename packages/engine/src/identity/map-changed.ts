/**
 * The map changed under a batch in a way that it cannot take in. Carries PostgreSQL's code of a
 * serialisation failure, which makes `database.transaction` run the whole work again.
 */
export class MapChanged extends Error {
  readonly code = '40001';

  constructor(what: string) {
    super(`the identity map changed meanwhile: ${what}`);
    this.name = 'MapChanged';
  }
}
