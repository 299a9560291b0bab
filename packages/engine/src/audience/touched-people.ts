/** Which people's values changed, and when: numbers of touches, in the order of commits. */
export class TouchedPeople {
  private readonly ofAll = new Map<number, number>();
  private readonly ofTag = new Map<string, Map<number, number>>();
  size = 0;

  /** A touch of one tag, or of all of them (null). */
  note({ touch, tag_id: tagId, people }: { touch: number; tag_id: string | null; people: number[] }): void {
    let known = this.ofAll;
    if (tagId !== null) {
      known = this.ofTag.get(tagId) ?? new Map<number, number>();
      this.ofTag.set(tagId, known);
    }
    this.size -= known.size;
    for (const person of people) known.set(person, touch);
    this.size += known.size;
  }

  /** The newest touch of a person's value; 0: none. */
  newest(tagId: string, personId: number): number {
    if (this.size === 0) return 0;
    return Math.max(this.ofAll.get(personId) ?? 0, this.ofTag.get(tagId)?.get(personId) ?? 0);
  }

  clear(): void {
    this.ofAll.clear();
    this.ofTag.clear();
    this.size = 0;
  }
}
