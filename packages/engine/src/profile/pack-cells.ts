import type { Cells, Register, Stored } from './fold-attributes.ts';

/**
 * Cells as they lie on disk. A record sets many attributes at one time, so values that were only ever set stand
 * under their time once: half the bytes of a register each.
 */
export type PackedCells = Record<string, PackedSource>;

interface PackedSource {
  /** Time of the `set` (epoch ms) → attribute → value. */
  set?: Record<string, Record<string, Stored>>;
  /** Attributes of which more is known than one `set`. */
  more?: Record<string, Register>;
}

export function packCells(cells: Cells): PackedCells {
  const packed: PackedCells = {};
  for (const [sourceId, attributes] of Object.entries(cells)) {
    const source: PackedSource = {};
    for (const [attribute, register] of Object.entries(attributes)) {
      if (register.set && Object.keys(register).length === 1) {
        const [value, at] = register.set;
        source.set ??= {};
        (source.set[at] ??= {})[attribute] = value;
      } else {
        source.more ??= {};
        source.more[attribute] = register;
      }
    }
    packed[sourceId] = source;
  }
  return packed;
}

export function unpackCells(packed: PackedCells): Cells {
  const cells: Cells = {};
  for (const [sourceId, source] of Object.entries(packed)) {
    const attributes: Record<string, Register> = { ...source.more };
    for (const [at, values] of Object.entries(source.set ?? {})) {
      for (const [attribute, value] of Object.entries(values))
        attributes[attribute] = { set: [value, Number(at)] };
    }
    cells[sourceId] = attributes;
  }
  return cells;
}
