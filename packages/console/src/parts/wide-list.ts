import type { SelectProps } from 'antd';

type Placements = NonNullable<SelectProps['builtinPlacements']>;

/** Pixels between the field and its list. */
const GAP = 4;

/** Corners of the list and of its field that meet; a list that would leave the screen is moved along. */
const placed = (list: string, field: string): Placements[string] => ({
  points: [list, field],
  offset: [0, field.startsWith('b') ? GAP : -GAP],
  overflow: { adjustX: true, adjustY: true, shiftX: true, shiftY: true },
  htmlRegion: 'visible',
  dynamicInset: true,
});

/**
 * The list of a Select as wide as its words rather than as its field, and inside the screen: on a phone it is moved
 * aside, while Ant Design only turns it to the other edge of its field, which leaves the beginning of names off the screen.
 */
export const wideList: Pick<SelectProps, 'popupMatchSelectWidth' | 'builtinPlacements'> = {
  popupMatchSelectWidth: false,
  builtinPlacements: {
    bottomLeft: placed('tl', 'bl'),
    bottomRight: placed('tr', 'br'),
    topLeft: placed('bl', 'tl'),
    topRight: placed('br', 'tr'),
  },
};
