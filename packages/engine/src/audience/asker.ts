/** Who asks: decides what may be named and what it may cost. Absent: the system itself. */
export interface Asker {
  readonly userId: string;
  readonly permissions: ReadonlySet<string>;
  /** Role of the user; absent: of none, so that what is shared with roles is not seen. */
  readonly role?: string;
  /** The expression is kept and run later, when nobody asks: `$viewer` has no value in it. */
  readonly runsLater?: boolean;
}
